"""What is kept of one customer, for himself: a text to read, JSON for programs, and his mails as they came."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import not_
from sqlmodel import Session, col, select

from bot.cases.inbound import Author
from bot.cases.lifecycle import fact
from bot.cases.models import Attachment, Case, Escalation, EventKind, Message
from bot.cases.records import load, record
from bot.cases.search_index import hidden
from bot.cases.traces import Trace, words_of_customer
from bot.clock import Clock
from bot.db import Database
from bot.mail.archive import MailGone, archive_of
from bot.mail.discarding import Discarding
from bot.mail.models import RawMail
from bot.moving.drafts import drafted

_OF_CASE = ("case_id", "status", "subject", "created_at", "last_message_at", "closed_at", "message_count", "escalated")
_OF_MESSAGE = ("id", "timestamp", "sender", "sender_name", "is_admin", "internal", "source", "subject", "body")
_OF_FILE = ("message_id", "name", "content_type", "size", "held")


class Dossier:
    """Writes one customer's data; that it was done is a fact of each of his cases."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._archive = archive_of(database.url)

    def write(self, trace: Trace, file: Path, by: Author, *, notes: bool = False, force: bool = False) -> None:
        """Write the zip; with `notes`, what only the team reads is in it too. MovingRefused where it can't be.

        An answer that has not left, or never will, is the team's.
        """
        now = self._clock.now()
        with drafted(file, force=force) as draft:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as bundle, self._database.readers.begin() as session:
                self._fill(session, bundle, trace, now, notes=notes)
            self._tell(trace.cases, by, now)

    def _fill(self, session: Session, bundle: zipfile.ZipFile, trace: Trace, now: datetime, *, notes: bool) -> None:
        cases = [self._case(session, case_id, notes=notes) for case_id in trace.cases]
        told = {
            "customer": trace.customer,
            "name": trace.name,
            "exported_at": now,
            "cases": cases,
            "in_cases_of_others": [self._words_in(session, case_id, trace.customer) for case_id in trace.others],
        }
        bundle.writestr("customer.json", json.dumps(told, indent=2, ensure_ascii=False, default=_plain))
        bundle.writestr("customer.txt", "\n".join(_readable(trace, cases)))
        self._add_mails(session, bundle, trace.mails if notes else self._his_to_see(session, trace))

    def _his_to_see(self, session: Session, trace: Trace) -> Sequence[int]:
        """Return the mails of messages that he wrote or got, and those of his that ended in no case."""
        seen = select(Message.raw_mail_id).where(words_of_customer(trace.customer, trace.cases), not_(hidden()))
        of_messages = {mail for mail in session.exec(seen) if mail is not None}
        return sorted({*of_messages, *Discarding(self._archive).kept_of(session, trace.customer, ())})

    def _case(self, session: Session, case_id: str, *, notes: bool) -> dict[str, Any]:
        of_case = select(Message).where(Message.case_id == case_id)
        if not notes:
            of_case = of_case.where(not_(hidden()))
        messages = session.exec(of_case.order_by(col(Message.timestamp), col(Message.id))).all()
        shown = {message.id for message in messages}
        files = session.exec(select(Attachment).where(Attachment.case_id == case_id).order_by(col(Attachment.id)))
        raised = session.exec(select(Escalation.raised_at).where(Escalation.case_id == case_id))
        return {
            **_chosen(session.get_one(Case, case_id), _OF_CASE),
            "escalations": sorted(raised),
            "messages": [_chosen(message, _OF_MESSAGE) for message in messages],
            "files": [_chosen(one, _OF_FILE) for one in files if one.message_id in shown],
        }

    def _words_in(self, session: Session, case_id: str, customer: str) -> dict[str, Any]:
        said = select(Message).where(Message.case_id == case_id, Message.sender == customer)
        messages = session.exec(said.order_by(col(Message.timestamp), col(Message.id)))
        return {"case_id": case_id, "messages": [_chosen(message, _OF_MESSAGE) for message in messages]}

    def _add_mails(self, session: Session, bundle: zipfile.ZipFile, mails: Sequence[int]) -> None:
        for number in mails:
            mail = session.get_one(RawMail, number)
            try:
                bundle.writestr(f"mails/{number}.eml", self._archive.read(mail))
            except MailGone as gone:
                bundle.writestr(f"mails/{number}.lost.txt", f"This mail can't be had any more: {gone}\n")
            session.expunge(mail)

    def _tell(self, cases: Sequence[str], by: Author, now: datetime) -> None:
        with self._database.writers.begin() as session:
            for case_id in cases:
                record(session, fact(load(session, case_id), EventKind.EXPORTED, by, now))


def _readable(trace: Trace, cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{trace.name} ({trace.customer}); times are UTC. The mails as they came are in the folder mails."
    for case in cases:
        closed = f", closed {case['closed_at']:%Y-%m-%d %H:%M}" if case["closed_at"] else ""
        yield f"\n{case['case_id']} {case['subject']}\nopened {case['created_at']:%Y-%m-%d %H:%M}{closed}"
        for message in case["messages"]:
            note = ", internal note" if message["internal"] else ""
            yield f"\n  {message['timestamp']:%Y-%m-%d %H:%M}  {message['sender_name']} ({message['source']}{note})"
            yield from (f"    {line}" for line in message["body"].splitlines())
        yield from (
            f"  file: {one['name']} ({one['size']} bytes, {one['held'] or 'not kept'})" for one in case["files"]
        )


def _chosen(row: Case | Message | Attachment, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a dossier can't hold {type(value).__name__}")
