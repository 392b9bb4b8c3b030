"""A desk in a test: a database, a clock that stands still, and the rooms that know no edge."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest
from sqlalchemy import inspect
from sqlmodel import SQLModel, select

from bot.agenda import Agenda
from bot.cases.inbound import Author, Inbound, Revision, Source, Taken
from bot.cases.intake import Intake
from bot.cases.models import Case, CaseEvent, Escalation, Message, Question
from bot.cases.queries import CaseQueries
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.cases.service import CaseService
from bot.db import Database
from bot.escalation.alarm_clock import AlarmClock
from bot.escalation.sweep import Sweep
from bot.outbox.models import Delivery, Receipt

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHOP = "C_SHOP"
SUPPORT = "C_SUPPORT"
MAILBOX = "support@desk.example"

ADA = Author("U_ADA", "Ada")
BEN = Author("U_BEN", "Ben")
CARA = Author("cara@customer.example", "Cara")
MIA = Author("U_MIA", "Mia", is_admin=True)
NOA = Author("noa@desk.example", "Noa", is_admin=True)
DOUBTFUL_NOA = Author("noa@desk.example", "Noa", claims_admin=True)

PHRASE = "I'm closing this case."

_Row = TypeVar("_Row", bound=SQLModel)
_Result = TypeVar("_Result")


class StillClock:
    """Time that passes only when a test says so."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by


class Desk:
    """The core, on a real database; `says` is the edges' part of the work."""

    def __init__(self, database: Database, rules: Rules | None = None) -> None:
        self.database = database
        self.clock = StillClock()
        self.rules = rules or Rules()
        self.replies = Replies(database, self.clock, self.rules, mail_leaves=True)
        self.intake = Intake(database, self.clock, self.rules, self.replies)
        self.service = CaseService(database, self.clock, self.intake, self.replies, self.rules)
        self.agenda = Agenda(database, self.clock, AlarmClock(self.rules).acts)
        self.sweep = Sweep(database, self.clock, self.rules)
        self.queries = CaseQueries(database)
        self._said = 0

    def says(self, author: Author, text: str, **more: Any) -> Taken:
        return self.intake.receive(self.inbound(author, text, **more))

    def inbound(self, author: Author, text: str, **more: Any) -> Inbound:
        """An inbound as the edge of the author's channel makes it: said now, under a name of its own."""
        self._said += 1
        source = Source.EMAIL if "@" in author.identity else Source.SLACK
        given: dict[str, Any] = {
            "source": source,
            "place": SHOP if source is Source.SLACK else MAILBOX,
            "external_id": f"m{self._said}",
            "at": self.clock.now(),
        }
        return Inbound(author=author, text=text, **(given | more))

    def in_card_thread(self, author: Author, text: str, case_id: str = "CASE-1") -> Taken:
        """Words in the case's own thread in the support channel, under the card that stands there."""
        with self.database.writers.begin() as session:
            card = select(Receipt).where(Receipt.kind == "card", Receipt.subject == case_id)
            if session.exec(card).first() is None:
                session.add(_card(case_id, self.clock.now()))
        return self.says(author, text, place=SUPPORT, thread=f"card-{case_id}", inside=True)

    def edits(self, author: Author, external_id: str, text: str | None, *, at: datetime | None = None) -> bool:
        """A new wording, or with None a deletion, of a message in the shop's channel."""
        revision = Revision(
            source=Source.SLACK,
            place=SHOP,
            external_id=external_id,
            author=author,
            text=text,
            at=at or self.clock.now(),
        )
        return self.intake.revise(revision)

    def passes(self, **span: float) -> datetime:
        self.clock.advance(timedelta(**span))
        return self.clock.now()

    def case(self, case_id: str = "CASE-1") -> Case:
        [case] = [case for case in self.rows(Case) if case.case_id == case_id]
        return case

    def standing(self, case_id: str = "CASE-1") -> dict[str, Any]:
        """All of a case but the seal of its timeline, which each fact moves."""
        return self.case(case_id).model_dump(exclude={"last_digest"})

    def pending(self, case_id: str = "CASE-1") -> Escalation | None:
        waiting = [e for e in self.rows(Escalation) if e.case_id == case_id and e.settled_at is None]
        assert len(waiting) <= 1
        return waiting[0] if waiting else None

    def reasons(self, case_id: str = "CASE-1") -> list[str]:
        """The kinds of reason in the pending escalation, in the order they came."""
        pending = self.pending(case_id)
        return [reason["kind"] for reason in pending.reasons] if pending else []

    def timeline(self, case_id: str = "CASE-1") -> list[str]:
        return [event.kind for event in self.rows(CaseEvent) if event.case_id == case_id]

    def deliveries(self) -> list[tuple[str, str, str]]:
        """What is to be said: (kind, place, subject), in the order it was stored."""
        return [(d.kind, d.place, d.subject) for d in self.rows(Delivery)]

    def messages(self) -> Sequence[Message]:
        return self.rows(Message)

    def questions(self) -> Sequence[Question]:
        return self.rows(Question)

    def rows(self, table: type[_Row]) -> Sequence[_Row]:
        """All rows of a table in the order of its key."""
        with self.database.readers.begin() as session:
            return session.exec(select(table).order_by(*inspect(table).primary_key)).all()

    def snapshot(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, to claim that nothing at all was changed."""
        with self.database.readers.begin() as session:
            return {
                table.name: sorted((tuple(row) for row in session.connection().execute(table.select())), key=repr)
                for table in SQLModel.metadata.sorted_tables
            }


def _card(case_id: str, at: datetime) -> Receipt:
    return Receipt(
        kind="card", subject=case_id, case_id=case_id, place=SUPPORT, external_id=f"card-{case_id}", said_at=at
    )


def together(*acts: Callable[[], _Result]) -> list[_Result]:
    """Do all acts at the same moment, each in a thread of its own; the first failure is raised."""
    line = Barrier(len(acts))

    def act_at_once(act: Callable[[], _Result]) -> _Result:
        line.wait(timeout=20)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(act_at_once, act) for act in acts]]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
