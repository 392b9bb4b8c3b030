"""Escalations whose alert Slack was not told yet, and that nobody was mailed about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, cast, literal
from sqlmodel import Session, col, select

from bot.alarm.models import Alarm
from bot.cases.announcements import Kind
from bot.cases.models import Case, Escalation
from bot.outbox.models import Delivery, unsettled

AT_ONCE = 20


def unheard(session: Session, before: datetime) -> Sequence[tuple[Escalation, Case]]:
    """Return pending escalations raised before then, the oldest first, at most twenty."""
    told = select(Alarm.id).where(
        Alarm.subject == literal("escalation:") + col(Delivery.subject), col(Alarm.told_at).is_not(None)
    )
    waiting = (
        select(Escalation, Case)
        .join(Delivery, col(Delivery.subject) == cast(col(Escalation.id), String))
        .join(Case, col(Case.case_id) == col(Escalation.case_id))
        .where(unsettled(), Delivery.kind == Kind.ALERT, col(Delivery.redraw).is_(False))
        .where(col(Escalation.settled_at).is_(None), Escalation.raised_at <= before, ~told.exists())
    )
    return session.exec(waiting.order_by(col(Escalation.id)).limit(AT_ONCE)).all()


def subject_of(escalation: Escalation) -> str:
    """Return what an escalation's alarm is kept under."""
    return f"escalation:{escalation.id}"
