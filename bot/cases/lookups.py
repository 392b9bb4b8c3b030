"""Finding a case from the outside: by a message in Slack, by its customer, by what somebody types; reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import not_, or_
from sqlmodel import col, select

from bot.cases.announcements import Kind
from bot.cases.errors import NoSuchCase
from bot.cases.models import Case, Message, Status, is_open
from bot.cases.placing import case_numbered
from bot.cases.records import latest_of_customer
from bot.cases.replies import way_to_customer
from bot.db import Database
from bot.outbox.models import Receipt

OFFERED = 20


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets an answer, and where; `said` is the newest message he wrote himself, if any."""

    case: Case
    said: Message | None
    place: str


class CaseLookups:
    """Leads from what a person points at to the case that he means."""

    def __init__(self, database: Database) -> None:
        self._readers = database.readers

    def addressee(self, case_id: str) -> Addressee:
        """Return who would get an answer in this case."""
        with self._readers.begin() as session:
            case = session.get(Case, case_id)
            if case is None:
                raise NoSuchCase(f"There is no {case_id}.")
            said = latest_of_customer(session, case)
            return Addressee(case, said, way_to_customer(case, said)[0])

    def case_at(self, place: str, ts: str) -> str | None:
        """Return the case that a message in Slack means: what we said, somebody's words, or the parent of a thread."""
        ours = select(Receipt.case_id).where(Receipt.place == place, Receipt.external_id == ts)
        said = select(Message.case_id).where(Message.place == place, Message.external_id == ts)
        under = select(Message.case_id).where(Message.place == place, Message.thread == ts)
        newest = under.order_by(col(Message.timestamp).desc())
        with self._readers.begin() as session:
            found = (session.exec(question.limit(1)).first() for question in (ours, said, newest))
            return next((case_id for case_id in found if case_id), None)

    def copy_sent(self, place: str, ts: str) -> int | None:
        """Return the answer (its message id) as which a note in Slack was sent to the customer, or None."""
        note = select(Message.id).where(Message.place == place, Message.external_id == ts).scalar_subquery()
        with self._readers.begin() as session:
            return session.exec(select(Message.id).where(Message.copy_of == note)).first()

    def cards(self, case_ids: Collection[str]) -> Sequence[Receipt]:
        """Return where the cards of these cases stand; those that were never posted are left out."""
        if not case_ids:
            return ()
        posted = select(Receipt).where(Receipt.kind == Kind.CARD, col(Receipt.subject).in_(case_ids))
        with self._readers.begin() as session:
            return session.exec(posted).all()

    def first_words(self, case_id: str) -> Message | None:
        """Return the message with which a case's customer began it."""
        said = select(Message).where(
            Message.case_id == case_id, not_(col(Message.internal)), not_(col(Message.is_admin))
        )
        with self._readers.begin() as session:
            return session.exec(said.order_by(col(Message.timestamp), col(Message.id)).limit(1)).first()

    def open_case_of(self, customer: str) -> Case | None:
        """Return a customer's open case, or None."""
        with self._readers.begin() as session:
            return session.exec(select(Case).where(Case.customer_identifier == customer, is_open())).first()

    def cases_like(self, typed: str, limit: int = OFFERED) -> Sequence[Case]:
        """Return the case of that number, or else the open cases of customers so called, those moved last at first."""
        words = typed.strip()
        number = case_numbered(words)
        # `status` beside the partial index's own condition: see the index.
        chosen = select(Case).where(Case.status == Status.OPEN, is_open())
        if words:
            called = (
                col(Case.customer_name).icontains(words, autoescape=True),
                col(Case.customer_identifier).icontains(words, autoescape=True),
            )
            chosen = chosen.where(or_(*called))
        with self._readers.begin() as session:
            exact = session.get(Case, number) if number else None
            if exact is not None:
                return [exact]
            return session.exec(chosen.order_by(col(Case.last_message_at).desc()).limit(limit)).all()
