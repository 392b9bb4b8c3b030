"""What is done to a case together with all that follows from it, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.agenda import appoint
from bot.cases import lifecycle
from bot.cases.inbound import Author
from bot.cases.inquiries import pending_of
from bot.cases.models import Case, Escalation, EventKind, Message, Status
from bot.cases.records import latest_escalation_of, record
from bot.cases.rules import Reason, Rules

log = structlog.get_logger(__name__)

# The agenda's acts; see bot/escalation/alarm_clock.py for what they do.
REMIND = "remind"
ACK_EXPIRES = "ack_expires"
WAKE = "wake"


def raise_alarm(
    session: Session,
    case: Case,
    reasons: Sequence[Reason],
    now: datetime,
    desk_rules: Rules,
    by: Author = lifecycle.SYSTEM,
) -> bool:
    """Escalate an open case for these reasons, or join them to the pending escalation; False if nothing is new."""
    if not reasons or case.status == Status.CLOSED:
        return False
    pending = pending_of(session, case) if case.alerted else None
    escalation, event = lifecycle.escalate(case, pending, reasons, by, now)
    if event is None or escalation is None:
        return False
    record(session, event, escalation=escalation)
    if event.kind == EventKind.ESCALATED and desk_rules.remind_after:
        appoint(session, REMIND, str(escalation.id), now + desk_rules.remind_after, now)
    kinds = [str(reason.kind) for reason in reasons]
    log.info("case escalated", case=case.case_id, reasons=kinds, joined=event.kind == EventKind.REASON_JOINED)
    return True


def acknowledge(
    session: Session, case: Case, escalation: Escalation | None, by: Author, now: datetime, desk_rules: Rules
) -> None:
    """Stop a pending escalation; where acknowledgements expire, this one will."""
    event = lifecycle.acknowledge(case, escalation, by, now, "acknowledged")
    record(session, event, escalation=escalation)
    if desk_rules.ack_expires and escalation is not None:
        appoint(session, ACK_EXPIRES, str(escalation.id), now + desk_rules.ack_expires, now)


def take_answer(session: Session, case: Case, message: Message, by: Author, now: datetime) -> None:
    """Take an answer that the customer can see; it acknowledges a pending escalation that it answers."""
    record(session, lifecycle.answer(case, message, now), message=message)
    pending = pending_of(session, case)
    if pending is not None and case.status == Status.OPEN and lifecycle.settles(pending, message.timestamp):
        record(session, lifecycle.acknowledge(case, pending, by, now, "answered"), escalation=pending)


def end(session: Session, case: Case, by: Author, now: datetime, reason: str = "") -> None:
    """Close a case; its last alert is redrawn with it."""
    event = lifecycle.close(case, pending_of(session, case), by, now, reason)
    record(session, event, escalation=latest_escalation_of(session, case))
    log.info("case closed", case=case.case_id, actor=by.identity)


def wake(session: Session, case: Case, by: Author, now: datetime) -> None:
    """End a case's rest."""
    record(session, lifecycle.wake(case, by, now), escalation=latest_escalation_of(session, case))
