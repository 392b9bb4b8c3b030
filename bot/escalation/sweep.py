"""Who is due by the clock: open cases that nobody moved for too long."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlmodel import Session, col, or_, select

from bot.cases import rules
from bot.cases.deeds import raise_alarm
from bot.cases.inquiries import pending_of
from bot.cases.models import Case, Message, Status, is_untold
from bot.cases.records import load
from bot.clock import Clock
from bot.db import Database
from bot.log import correlated

log = structlog.get_logger(__name__)

BATCH = 500


class Sweep:
    """Escalates the cases that are due. It asks the database for those only, never for all open ones."""

    def __init__(self, database: Database, clock: Clock, desk_rules: rules.Rules) -> None:
        self._database = database
        self._clock = clock
        self._rules = desk_rules

    def sweep(self) -> int:
        """Escalate what is due now; returns how many cases were escalated."""
        escalated = 0
        while True:
            due = self._due()
            raised = sum(self._escalate(case_id) for case_id in due)
            escalated += raised
            # A batch in which nothing could be raised was raced by others and would come again and again.
            if len(due) < BATCH or raised == 0:
                break
        if escalated:
            log.info("sweep escalated", cases=escalated)
        return escalated

    def _due(self) -> list[str]:
        cutoff = self._clock.now() - self._rules.after
        due = select(Case.case_id).where(
            is_untold(),
            Case.last_message_at < cutoff,
            or_(col(Case.clock_restarted_at).is_(None), col(Case.clock_restarted_at) < cutoff),
        )
        with self._database.readers.begin() as session:
            return list(session.exec(due.order_by(col(Case.last_message_at)).limit(BATCH)))

    def _escalate(self, case_id: str) -> bool:
        """Judge one case again under its lock: it may have been answered since it was found due."""
        with correlated(), self._database.writers.begin() as session:
            case = load(session, case_id)
            now = self._clock.now()
            if case.snoozed_until is not None:
                return False
            waited = rules.overdue(case.last_message_at, case.clock_restarted_at, now, self._rules.after)
            if case.status == Status.CLOSED or not waited or pending_of(session, case) is not None:
                return False
            return raise_alarm(session, case, [_reason(session, case, now)], now, self._rules)


def _reason(session: Session, case: Case, now: datetime) -> rules.Reason:
    last = select(Message.is_admin).where(Message.case_id == case.case_id, col(Message.internal).is_(False))
    by_admin = session.exec(last.order_by(col(Message.timestamp).desc(), col(Message.id).desc()).limit(1)).first()
    since = max(case.last_message_at, case.clock_restarted_at or case.last_message_at)
    return rules.waiting_reason(since, now, customer_spoke_last=not by_admin)
