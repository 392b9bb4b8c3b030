"""How facts are written down: one place that stores a fact together with everything it makes us say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.cases.announcements import announce, hand_over
from bot.cases.chain import digest_of
from bot.cases.errors import NoSuchCase
from bot.cases.inbound import DESK, Attached, Source
from bot.cases.models import (
    Attachment,
    Case,
    CaseEvent,
    CaseNumber,
    Escalation,
    EventKind,
    Message,
    Question,
    is_open,
)
from bot.db import queue_up


def record(
    session: Session,
    event: CaseEvent,
    *,
    message: Message | None = None,
    escalation: Escalation | None = None,
    question: Question | None = None,
) -> CaseEvent:
    """Store a fact and its deliveries in the caller's transaction, sealed behind the facts before it.

    The case's row is locked first, so that no two facts follow the same one; it is stored already.
    """
    before = _locked_digest(session, event.case_id)
    session.add_all(row for row in (message, escalation, question) if row is not None)
    session.flush()
    event.message_id = message.id if message else None
    event.escalation_id = escalation.id if escalation else None
    event.question_id = question.id if question else None
    if verdict := _verdict_on_actor(session, event, message, question):
        event.detail = {**event.detail, "verdict": verdict}
    event.digest = digest_of(before, event)
    session.get_one(Case, event.case_id).last_digest = event.digest
    session.add(event)
    session.flush()
    session.add_all(announce(event, message))
    return event


def attach(session: Session, message: Message, attached: Iterable[Attached]) -> list[Attachment]:
    """Store the files of a message in the caller's transaction; the message is stored already."""
    attachments = [
        Attachment(
            case_id=message.case_id,
            message_id=message.id or 0,
            name=one.name,
            content_type=one.content_type,
            size=one.size,
            held=one.held,
            withheld=one.withheld,
        )
        for one in attached
    ]
    session.add_all(attachments)
    session.flush()
    return attachments


def attach_incoming(
    session: Session, message: Message, attached: Iterable[Attached], at: datetime, *, quiet: bool = False
) -> None:
    """Store the files that came with a message, and have those that may be passed on posted in the case's thread.

    The files of a quiet backlog are only kept.
    """
    for attachment in attach(session, message, attached):
        if not attachment.withheld and not quiet:
            session.add(hand_over(attachment, at))


def next_case_id(session: Session) -> str:
    """Give out the next case number; openings queue up for it until the transaction ends."""
    queue_up(session, "case number")  # a lock on the row would not hold the very first ones: there is no row yet
    row = session.exec(select(CaseNumber).where(CaseNumber.id == 1)).first() or CaseNumber()
    row.last += 1
    session.add(row)
    session.flush()
    return f"CASE-{row.last}"


def load(session: Session, case_id: str) -> Case:
    """Return a case with its row locked, so that the moves of one case pass one at a time; NoSuchCase if none is."""
    case = session.exec(select(Case).where(Case.case_id == case_id).with_for_update()).first()
    if case is None:
        raise NoSuchCase(f"There is no {case_id}. `/case list` shows the open cases.")
    return case


def open_case_of(session: Session, customer: str) -> Case | None:
    """Return the customer's open case with its row locked, or None."""
    open_one = select(Case).where(Case.customer_identifier == customer, is_open())
    return session.exec(open_one.with_for_update()).first()


def pending_of(session: Session, case: Case) -> Escalation | None:
    """Return the escalation of the case that nobody acknowledged yet, or None."""
    pending = select(Escalation).where(Escalation.case_id == case.case_id, col(Escalation.settled_at).is_(None))
    return session.exec(pending).first()


def latest_escalation_of(session: Session, case: Case) -> Escalation | None:
    """Return the escalation that was raised last, settled or not."""
    raised = select(Escalation).where(Escalation.case_id == case.case_id)
    return session.exec(raised.order_by(col(Escalation.raised_at).desc(), col(Escalation.id).desc()).limit(1)).first()


def latest_of_customer(session: Session, case: Case, before: Message | None = None) -> Message | None:
    """Return the newest message that the customer wrote in a place of his own, where he can be answered; or None.

    With `before`, of those that we knew when that one was written, so that an answer goes to one place at each try.
    """
    said = select(Message).where(
        Message.case_id == case.case_id,
        col(Message.is_admin).is_(False),
        col(Message.internal).is_(False),
        Message.place != DESK,
    )
    if before is not None:
        said = said.where(col(Message.id) < (before.id or 0))
    return session.exec(said.order_by(col(Message.timestamp).desc(), col(Message.id).desc()).limit(1)).first()


def latest_event_of(session: Session, case: Case, kinds: Iterable[EventKind], after: int = 0) -> CaseEvent | None:
    """Return the newest fact of these kinds that left the case in a version above `after`, or None."""
    facts = select(CaseEvent).where(
        CaseEvent.case_id == case.case_id, col(CaseEvent.kind).in_(list(kinds)), CaseEvent.version > after
    )
    return session.exec(facts.order_by(col(CaseEvent.id).desc()).limit(1)).first()


def recorded_under(session: Session, key: str) -> CaseEvent | None:
    """Return the fact that was recorded under this key already, or None."""
    return session.exec(select(CaseEvent).where(CaseEvent.key == key)).first()


def mails_since(session: Session, case: Case, since: datetime, limit: int = 1000) -> int:
    """Count the customer's mails since then (by their own time), at most `limit`."""
    recent = select(Message.id).where(
        Message.case_id == case.case_id,
        Message.timestamp > since,
        Message.source == Source.EMAIL,
        Message.sender == case.customer_identifier,
    )
    return session.exec(select(func.count()).select_from(recent.limit(limit).subquery())).one()


def flood_since(session: Session, case: Case, since: datetime) -> str | None:
    """Return the name of the flood that went on since then (the id of its first message), or None."""
    latest = (
        select(CaseEvent.detail)
        .join(Message, col(CaseEvent.message_id) == col(Message.id))
        .where(CaseEvent.case_id == case.case_id, CaseEvent.kind == EventKind.FLOODED, Message.timestamp > since)
    )
    detail = session.exec(latest.order_by(col(CaseEvent.id).desc()).limit(1)).first()
    return str(detail["flood"]) if detail else None


def unanswered_messages(session: Session, case: Case, limit: int = 1000) -> int:
    """Count the customer's messages since the clock was restarted (by their own time), at most `limit`."""
    unanswered = select(Message.id).where(
        Message.case_id == case.case_id, col(Message.is_admin).is_(False), col(Message.internal).is_(False)
    )
    if case.clock_restarted_at is not None:
        unanswered = unanswered.where(Message.timestamp > case.clock_restarted_at)
    return session.exec(select(func.count()).select_from(unanswered.limit(limit).subquery())).one()


def _locked_digest(session: Session, case_id: str) -> str:
    """Return the digest of a case's newest fact, with the case's row locked.

    Before anything is written that refers to the case: on PostgreSQL two writers that each hold a reference would
    wait for one another's lock.
    """
    with session.no_autoflush:
        return session.exec(select(Case.last_digest).where(Case.case_id == case_id).with_for_update()).first() or ""


def _verdict_on_actor(session: Session, event: CaseEvent, message: Message | None, question: Question | None) -> str:
    """Return what was found about the sender of the mail by which somebody acts here; empty for who acts in Slack."""
    if "@" not in event.actor:
        return ""
    if question is not None:
        return str(question.inbound.get("verdict", ""))
    if message is not None and message.sender == event.actor:
        return message.verdict
    latest = select(Message.verdict).where(Message.case_id == event.case_id, Message.sender == event.actor)
    return session.exec(latest.order_by(col(Message.id).desc()).limit(1)).first() or ""
