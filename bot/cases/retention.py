"""Retention: the words of cases that were closed long ago go, their figures stay (RETAIN_CLOSED_DAYS)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.cases.announcements import Kind
from bot.cases.models import WORDS_KEPT, Case
from bot.cases.removal import Removal, clear
from bot.clock import Clock
from bot.db import Database
from bot.outbox.models import Delivery, unsettled

log = structlog.get_logger(__name__)

# In one pass and one transaction; passes come a minute apart, and Slack takes about so many redrawn cards a minute.
BATCH = 50

ForgetMails = Callable[[Session, Sequence[int], datetime], object]


class Retention:
    """Clears cases that were closed more than `days` ago; without `days`, none.

    `forget_mails` removes raw mails, by their ids, in the caller's transaction.
    """

    def __init__(self, database: Database, clock: Clock, days: float | None, forget_mails: ForgetMails) -> None:
        self._database = database
        self._clock = clock
        self._days = days
        self._forget_mails = forget_mails

    def clear_due(self) -> int:
        """Clear what is due, the oldest first and a batch of it at most; returns how many cases were cleared."""
        if self._days is None:
            return 0
        now = self._clock.now()
        due = _due(now - timedelta(days=self._days))
        with self._database.readers.begin() as session:  # looking costs no write lock; mostly there is nothing
            if session.exec(due.limit(1)).first() is None:
                return 0
        removal = Removal(f"removed {self._days:g} days after closing")
        with self._database.writers.begin() as session:
            cases = session.exec(due.limit(BATCH).with_for_update(of=Case, skip_locked=True)).all()
            for case in cases:
                self._forget_mails(session, clear(session, case, removal, now), now)
        log.info("closed cases cleared", cases=len(cases))
        return len(cases)


def _due(closed_before: datetime) -> SelectOfScalar[Case]:
    """Choose closed cases whose words are there, the oldest first; but none of which an answer has yet to leave."""
    leaving = select(Delivery.id).where(Delivery.case_id == Case.case_id, Delivery.kind == Kind.REPLY, unsettled())
    due = select(Case).where(WORDS_KEPT, col(Case.closed_at) < closed_before, ~leaving.exists())
    return due.order_by(col(Case.closed_at))
