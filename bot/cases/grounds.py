"""Why a case stands as it does: the desk's rules as arithmetic, from what is stored. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.agenda import Appointment
from bot.cases.announcements import Kind
from bot.cases.deeds import ACK_EXPIRES, REMIND, WAKE
from bot.cases.errors import NoSuchCase
from bot.cases.inquiries import unanswered_messages
from bot.cases.models import Case, CaseEvent, Escalation, EventKind, Message
from bot.outbox.models import Receipt

ALERTS_SHOWN = 5
RESTARTS = (EventKind.ANSWERED, EventKind.ACKNOWLEDGED, EventKind.WOKEN, EventKind.REOPENED)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An escalation, and when its alert was posted; None while it was not."""

    escalation: Escalation
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the rules judge a case by. `alarms` are its newest escalations, the newest first.

    `restarted` is the fact that set the clock anew, `last_by_admin` whether the team spoke last, `due` what the agenda
    holds for the case: (kind, when).
    """

    case: Case
    unanswered: int
    last_by_admin: bool
    restarted: CaseEvent | None
    alarms: Sequence[Alarm]
    due: Sequence[tuple[str, datetime]]


def grounds(session: Session, case_id: str) -> Grounds:
    """Return what the rules judge a case by; NoSuchCase if there is none."""
    case = session.get(Case, case_id)
    if case is None:
        raise NoSuchCase(f"There is no {case_id}.")
    raised = select(Escalation).where(Escalation.case_id == case_id)
    alarms = session.exec(raised.order_by(col(Escalation.raised_at).desc()).limit(ALERTS_SHOWN)).all()
    last = select(Message.is_admin).where(Message.case_id == case_id, col(Message.internal).is_(False))
    return Grounds(
        case=case,
        unanswered=unanswered_messages(session, case),
        last_by_admin=bool(session.exec(last.order_by(col(Message.timestamp).desc()).limit(1)).first()),
        restarted=_restarted(session, case),
        alarms=[Alarm(alarm, _told_at(session, alarm)) for alarm in alarms],
        due=_due(session, case, alarms),
    )


def _restarted(session: Session, case: Case) -> CaseEvent | None:
    if case.clock_restarted_at is None:
        return None
    facts = select(CaseEvent).where(CaseEvent.case_id == case.case_id, col(CaseEvent.kind).in_(RESTARTS))
    return session.exec(facts.order_by(col(CaseEvent.id).desc()).limit(1)).first()


def _told_at(session: Session, alarm: Escalation) -> datetime | None:
    told = select(Receipt.said_at).where(Receipt.kind == Kind.ALERT, Receipt.subject == str(alarm.id))
    return session.exec(told).first()


def _due(session: Session, case: Case, alarms: Sequence[Escalation]) -> Sequence[tuple[str, datetime]]:
    of_alarms = col(Appointment.kind).in_([REMIND, ACK_EXPIRES])
    subjects = [str(alarm.id) for alarm in alarms]
    waiting = select(Appointment.kind, Appointment.due_at).where(
        col(Appointment.settled_at).is_(None),
        (of_alarms & col(Appointment.subject).in_(subjects))
        | ((col(Appointment.kind) == WAKE) & (col(Appointment.subject) == case.case_id)),
    )
    return session.exec(waiting.order_by(col(Appointment.due_at))).all()
