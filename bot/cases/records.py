"""How facts are written down: one place that stores a fact together with everything it makes us say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, col, select

from bot.cases import search_index
from bot.cases.announcements import announce, hand_over
from bot.cases.chain import digest_of
from bot.cases.errors import NoSuchCase
from bot.cases.foresight import foreseen
from bot.cases.inbound import DESK, Attached
from bot.cases.inquiries import case_under_lock, digest_under_lock, held_case, hold
from bot.cases.models import Attachment, Case, CaseEvent, Escalation, EventKind, Message, Question
from bot.rows import changes, insert, insert_all, put, save


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
    before = digest_under_lock(session, event.case_id)
    for row in (message, escalation, question):
        if row is not None:
            store(session, row)
    event.message_id = message.id if message else None
    event.escalation_id = escalation.id if escalation else None
    event.question_id = question.id if question else None
    if verdict := _verdict_on_actor(session, event, message, question):
        event.detail = {**event.detail, "verdict": verdict}
    event.digest = digest_of(before, event)
    _seal(session, event)
    put(session, event)
    insert_all(session, announce(event, message))
    return event


def store(session: Session, row: SQLModel) -> None:
    """Write a new row at once; a message can be found by its words from then on."""
    if isinstance(row, Escalation):
        foreseen(session).escalated(row)
    if not inspect(row).transient:
        return
    insert(session, row)
    if isinstance(row, Message):
        foreseen(session).stored(row)
        search_index.follow(session, row)
    elif isinstance(row, Question):
        foreseen(session).asked(row)


def open_books(session: Session, case: Case) -> None:
    """Store a new case; its row is the transaction's own."""
    insert(session, case)
    hold(session, case)
    foreseen(session).opened(case)


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
    for one in attachments:
        put(session, one)
    return attachments


def attach_incoming(
    session: Session, message: Message, attached: Iterable[Attached], at: datetime, *, quiet: bool = False
) -> None:
    """Store the files that came with a message, and have those that may be passed on posted in the case's thread.

    The files of a quiet backlog are only kept.
    """
    attachments = attach(session, message, attached)
    insert_all(session, [hand_over(one, at) for one in attachments if not one.withheld and not quiet])


def load(session: Session, case_id: str) -> Case:
    """Return a case with its row locked, so that the moves of one case pass one at a time; NoSuchCase if none is."""
    case = case_under_lock(session, case_id)
    if case is None:
        raise NoSuchCase(f"There is no {case_id}. `/case list` shows the open cases.")
    return case


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


def _seal(session: Session, event: CaseEvent) -> None:
    """Put the fact's digest on its case, and write what the fact changed."""
    case = held_case(session, event.case_id) or session.get_one(Case, event.case_id)
    case.last_digest = event.digest
    others = session.new or any(row is not case for row in session.dirty)
    if others or changes(case, *search_index.KEPT_OF_CASE, "status"):
        session.flush()  # the index of words listens to it
    else:
        save(session, case)
    hold(session, case)


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
