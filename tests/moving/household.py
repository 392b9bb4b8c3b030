"""A desk with something in every table: cases by Slack and mail, mails small and large, people, marks, alarms."""

import random
import shutil
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session

from bot.alarm.models import Alarm
from bot.cases.inbound import Attached
from bot.cursors import move
from bot.db import Database
from bot.mail.archive import LARGEST_ROW, archive_of
from bot.mail.models import LedgerEntry, LedgerState, RawMail
from bot.slack.models import GroupMember, Person
from tests.cases.desk import ADA, CARA, DOUBTFUL_NOA, MAILBOX, MIA, START, Desk
from tests.cases.leaving import carried

LARGE = b"Subject: huge\r\n\r\n" + random.Random(7).randbytes(LARGEST_ROW + 50_000)
SMALL = b"From: cara@customer.example\r\nSubject: Printer\r\n\r\nIt smokes. \xff\x00"


def copy_of(home: Path, folder: Path) -> Database:
    """A copy of an SQLite desk that was lived in: quicker than living through it again."""
    shutil.copytree(home, folder)
    return Database(f"sqlite:///{folder}/cases.db")


def back_in(database: Database) -> Desk:
    """The desk of a copy, at the time when it was left."""
    desk = Desk(database)
    desk.passes(minutes=5)
    return desk


def lived_in(database: Database) -> Desk:
    """Two customers: Ada in Slack, whose case is snoozed, and Cara by mail, whose case is closed."""
    desk = Desk(database)
    desk.says(ADA, "Urgent: Größe 4 brennt 🔥", external_id="first")
    desk.service.acknowledge("CASE-1", MIA)
    desk.edits(ADA, "first", "Urgent: it burns")
    desk.replies.reply("CASE-1", "On it", MIA)
    desk.service.note("CASE-1", "She never pays", MIA)
    desk.passes(minutes=5)
    carried(desk)
    with database.writers.begin() as session:
        small, large = (_kept(session, database, raw, uid) for uid, raw in enumerate((SMALL, LARGE), 1))
        for name, mail in (("m1", small), ("m2", large)):
            photo = Attached(name="photo.png", content_type="image/png", size=7, held=f"mail:{mail}:1")
            letter = desk.inbound(
                CARA,
                "My printer smokes",
                subject="Printer",
                external_id=f"<{name}@customer.example>#1",
                reference=f"<{name}@customer.example>",
                readers=frozenset({"dora@customer.example"}),
                verdict="verified: dmarc=pass",
                raw_mail_id=mail,
                attachments=(photo,),
            )
            desk.intake.take(session, letter)
        _entered(session, (small, large))
    desk.says(DOUBTFUL_NOA, "CASE-2 is mine")
    carried(desk)
    desk.service.close("CASE-2", MIA, "solved")
    desk.service.snooze("CASE-1", desk.clock.now() + timedelta(hours=2), MIA)
    _aside(database)
    return desk


def _kept(session: Session, database: Database, raw: bytes, uid: int) -> int:
    kept = archive_of(database.url).keep(raw)
    mail = RawMail(
        mailbox=MAILBOX,
        folder="INBOX",
        uid_validity=7,
        uid=uid,
        received_at=START,
        size=kept.size,
        sha256=kept.sha256,
        content=kept.content,
    )
    session.add(mail)
    session.flush()
    return mail.id or 0


def _entered(session: Session, mails: tuple[int, ...]) -> None:
    for mail in mails:
        session.add(
            LedgerEntry(
                mailbox=MAILBOX,
                folder="INBOX",
                uid_validity=7,
                uid=mail,
                state=LedgerState.OPENED,
                case_id="CASE-2",
                raw_mail_id=mail,
                entered_at=START,
            )
        )


def _aside(database: Database) -> None:
    with database.writers.begin() as session:
        move(session, f"mail:{MAILBOX}/INBOX", "7:2", START)
        session.add(Person(user_id="U_ADA", name="Ada", email="ada@customer.example", seen_at=START))
        session.add(GroupMember(group_id="S_TEAM", user_id="U_MIA"))
        session.add(Alarm(subject="slack", began_at=START, reason="silent", claimed_until=START))
