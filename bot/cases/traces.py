"""What is kept of one customer, wherever he wrote: counted before it is erased or handed out to him."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.cases.announcements import Kind
from bot.cases.errors import NoSuchCase
from bot.cases.lifecycle import ERASED
from bot.cases.models import Attachment, Case, Message, Status
from bot.cases.placing import case_numbered
from bot.outbox.models import Receipt


class MailRoom(Protocol):
    """What the core asks of whoever keeps raw mails."""

    def kept_of(self, session: Session, customer: str, cases: Collection[str]) -> Sequence[int]:
        """Return the ids of the raw mails that he sent or that ended in these cases."""
        ...

    def forget(self, session: Session, raw_mail_ids: Sequence[int], now: datetime) -> int:
        """Remove these raw mails in the caller's transaction; returns how many there were."""
        ...


@dataclass(frozen=True, slots=True)
class Trace:
    """A customer's cases, the open ones among them, and other people's cases in which he wrote too (`others`).

    `messages` are all of his own cases, and his in those of others. `posted` counts the files that Casebot put into
    Slack: there they stay. `mails` are raw mails, by their ids.
    """

    customer: str
    name: str
    cases: Sequence[str]
    open: Sequence[str]
    others: Sequence[str]
    messages: int
    files: int
    posted: int
    mails: Sequence[int]


def customer_meant(session: Session, words: str) -> str:
    """Return the customer whom a mail address, a Slack user id or one of his cases (CASE-42) means, as we know him."""
    words = words.strip()
    if (case_id := case_numbered(words)) is not None:
        case = session.get(Case, case_id)
        if case is None:
            raise NoSuchCase(f"There is no {case_id}.")
        if case.customer_identifier.startswith(ERASED):
            raise NoSuchCase(f"The customer of {case_id} is erased already.")
        return case.customer_identifier
    return words.lower() if "@" in words else words.upper()


def trace_of(session: Session, customer: str, mail_room: MailRoom) -> Trace:
    """Find everything that is kept of a customer; NoSuchCase where that is nothing."""
    own = session.exec(_in_order(select(Case).where(Case.customer_identifier == customer))).all()
    cases = [case.case_id for case in own]
    elsewhere = select(Message.case_id).where(Message.sender == customer, col(Message.case_id).not_in(cases))
    others = session.exec(elsewhere.distinct().order_by(col(Message.case_id))).all()
    said = words_of_customer(customer, cases)
    mails = {*mail_room.kept_of(session, customer, cases)}
    mails |= {mail for mail in session.exec(select(Message.raw_mail_id).where(said)) if mail is not None}
    if not cases and not others and not mails:
        raise NoSuchCase(f"Nothing is kept of {customer}. Customers are mail addresses or Slack user ids (U…).")
    return Trace(
        customer=customer,
        name=own[-1].customer_name if own else customer,
        cases=cases,
        open=[case.case_id for case in own if case.status == Status.OPEN],
        others=others,
        messages=session.exec(select(func.count()).select_from(Message).where(said)).one(),
        files=session.exec(select(func.count()).select_from(Attachment).where(_of_messages(said))).one(),
        posted=session.exec(select(func.count()).select_from(Receipt).where(_posted(cases))).one(),
        mails=sorted(mails),
    )


def words_of_customer(customer: str, cases: Collection[str]) -> ColumnElement[bool]:
    """Return the condition of the messages that tell of a customer: all of his cases, and his own in any other."""
    return or_(col(Message.case_id).in_(cases), col(Message.sender) == customer)


def _of_messages(said: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Attachment.message_id).in_(select(Message.id).where(said))


def _posted(cases: Collection[str]) -> ColumnElement[bool]:
    return and_(col(Receipt.case_id).in_(cases), col(Receipt.kind) == Kind.FILE)


def _in_order(cases: SelectOfScalar[Case]) -> SelectOfScalar[Case]:
    return cases.order_by(col(Case.created_at), col(Case.case_id))
