"""What an alert does when its time has come: it is said again, comes back, or wakes a case that was snoozed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from bot.agenda import Act, appoint
from bot.cases import lifecycle
from bot.cases.deeds import ACK_EXPIRES, REMIND, WAKE, raise_alarm, wake
from bot.cases.models import Case, Escalation, EventKind, Message, ReasonKind, Sending, Status
from bot.cases.records import latest_event_of, load, record
from bot.cases.rules import Reason, Rules, span

log = structlog.get_logger(__name__)


class AlarmClock:
    """The acts of the agenda that concern escalations; each judges again, for much may have happened meanwhile."""

    def __init__(self, desk_rules: Rules) -> None:
        self._rules = desk_rules

    @property
    def acts(self) -> Mapping[str, Act]:
        """The acts by the kind of their appointments."""
        return {REMIND: self.remind, ACK_EXPIRES: self.expire, WAKE: self.wake}

    def remind(self, session: Session, subject: str, now: datetime) -> None:
        """Say again that nobody has acknowledged an alert, and do so again after a while."""
        escalation, case = _under_lock(session, subject)
        if escalation.settled_at is not None or case.status == Status.CLOSED or self._rules.remind_after is None:
            return
        record(session, lifecycle.remind(case, now), escalation=escalation)
        appoint(session, REMIND, subject, now + self._rules.remind_after, now)
        log.info("alert repeated", case=case.case_id)

    def expire(self, session: Session, subject: str, now: datetime) -> None:
        """Escalate anew what was acknowledged and then answered by nobody."""
        escalation, case = _under_lock(session, subject)
        if escalation.settled_at is None or escalation.outcome != "acknowledged" or case.snoozed_until is not None:
            return
        if _answered_since(session, case, escalation.settled_at):
            return
        ago = span(now - escalation.settled_at)
        words = f"acknowledged by {escalation.settled_by} {ago} ago, and not answered since"
        raise_alarm(session, case, [Reason(ReasonKind.ACK_EXPIRED, words, now)], now, self._rules)

    def wake(self, session: Session, subject: str, now: datetime) -> None:
        """End a case's rest; the alert that the snooze stopped comes back."""
        case = load(session, subject)
        if case.status == Status.CLOSED or case.snoozed_until is None or case.snoozed_until > now:
            return
        snoozed = latest_event_of(session, case, [EventKind.SNOOZED])
        wake(session, case, lifecycle.SYSTEM, now)
        if snoozed is not None and snoozed.detail.get("alerted"):
            words = f"snoozed by {snoozed.actor_name} {span(now - snoozed.at)} ago, and still open"
            raise_alarm(session, case, [Reason(ReasonKind.SNOOZE_OVER, words, now)], now, self._rules)


def _under_lock(session: Session, subject: str) -> tuple[Escalation, Case]:
    escalation = session.get_one(Escalation, int(subject))
    case = load(session, escalation.case_id)
    session.refresh(escalation)  # as it stands now that nobody else can move the case
    return escalation, case


def _answered_since(session: Session, case: Case, since: datetime) -> bool:
    """Return whether the customer got an answer, or one is on its way."""
    seen = select(Message.id).where(
        Message.case_id == case.case_id,
        col(Message.is_admin).is_(True),
        col(Message.internal).is_(False),
        Message.sending != Sending.FAILED,
        Message.timestamp > since,
    )
    return session.exec(seen.limit(1)).first() is not None
