"""History from elsewhere: a conversation that is over, as a closed case of which nobody is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.cases import lifecycle
from bot.cases.announcements import IMPORTED
from bot.cases.inbound import Author, Inbound
from bot.cases.models import Case, CaseEvent, EventKind, Message, Status
from bot.cases.records import attach, next_case_id, record


def take_past(session: Session, customer: Author, said: Sequence[Inbound], by: Author, now: datetime) -> Case:
    """Store a conversation, in the order of its time, as a case that was closed with its last message.

    Rules judge nothing of it and no clock runs. Its facts bear the times of their mails, and that they were imported.
    """
    first, last = said[0], said[-1]
    case = Case(
        case_id=next_case_id(session),
        customer_identifier=customer.identity,
        customer_name=customer.name,
        status=Status.CLOSED,
        source=first.source,
        subject=first.subject,
        verdict=next((one.verdict for one in said if one.author == customer), ""),
        created_at=first.at,
        last_message_at=first.at,
        closed_at=last.at,
        closed_by=by.signature,
    )
    session.add(case)
    session.flush()
    _take_in(session, case, said, now, opening=True)
    case.version += 1
    _record(session, lifecycle.fact(case, EventKind.CLOSED, by, last.at, reason=""), now)
    return case


def add_past(session: Session, case: Case, said: Sequence[Inbound], now: datetime) -> None:
    """Store further messages of a conversation in its case, whose row is locked; open or closed, it stays as it is."""
    _take_in(session, case, said, now)


def _take_in(session: Session, case: Case, said: Sequence[Inbound], now: datetime, *, opening: bool = False) -> None:
    for place, one in enumerate(said):
        message = _message(case, one)
        if message.internal:
            event = lifecycle.note(case, message, one.at)
        else:
            # Not `answer`: what was said then restarts no clock of a case that is open now.
            event = lifecycle.receive(case, message, one.at)
            event.kind = EventKind.ANSWERED if one.author.is_admin else EventKind.RECEIVED
        if opening and place == 0:
            event.kind = EventKind.OPENED
        _record(session, event, now, message)
        attach(session, message, one.attachments)


def _record(session: Session, event: CaseEvent, now: datetime, message: Message | None = None) -> None:
    event.detail = {**event.detail, IMPORTED: now.isoformat()}
    record(session, event, message=message)


def _message(case: Case, said: Inbound) -> Message:
    """Return a message; what one of the team wrote is a note, unless the customer got it."""
    reaches = case.customer_identifier in said.readers
    return Message(
        case_id=case.case_id,
        sender=said.author.identity,
        sender_name=said.author.name,
        is_admin=said.author.is_admin,
        internal=said.author.is_admin and not reaches,
        body=said.text,
        full_body=said.full_text,
        subject=said.subject,
        timestamp=said.at,
        source=said.source,
        place=said.place,
        external_id=said.external_id,
        reference=said.reference,
        raw_mail_id=said.raw_mail_id,
        verdict=said.verdict,
        readers=sorted(said.readers),
    )
