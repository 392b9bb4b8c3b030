"""Retention: the words of cases that were closed long ago go, their figures stay (RETAIN_CLOSED_DAYS)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, col, select

from bot.agenda import Act, appoint, cancel, is_appointed
from bot.cases.announcements import Kind
from bot.cases.models import WORDS_KEPT, Case
from bot.cases.removal import Removal, clear
from bot.clock import Clock
from bot.db import Database
from bot.outbox.models import Delivery, unsettled

log = structlog.get_logger(__name__)

RETAIN = "retain"
EVERY = timedelta(days=1)
# In one transaction, and a minute apart: Slack takes about so many redrawn cards a minute.
BATCH = 50
BETWEEN = timedelta(minutes=1)

ForgetMails = Callable[[Session, Sequence[int], datetime], object]


class Retention:
    """Once a day, and on and on while there is more, clears cases that were closed more than `days` ago.

    `forget_mails` removes raw mails, by their ids, in the caller's transaction. Without `days`, nothing is cleared.
    """

    def __init__(self, database: Database, clock: Clock, days: float | None, forget_mails: ForgetMails) -> None:
        self._database = database
        self._clock = clock
        self._days = days
        self._forget_mails = forget_mails

    @property
    def acts(self) -> Mapping[str, Act]:
        """The act by the kind of its appointment."""
        return {RETAIN: self.clear_due}

    def keep_appointed(self) -> int:
        """See that the next look is on the agenda, or that none is where nothing is cleared; returns 0."""
        with self._database.writers.begin() as session:
            now = self._clock.now()
            if self._days is None:
                cancel(session, RETAIN, "", now)
            elif not is_appointed(session, RETAIN, ""):
                appoint(session, RETAIN, "", now, now)
        return 0

    def clear_due(self, session: Session, subject: str, now: datetime) -> None:
        """Clear what is due, a batch of it at most, and make the next appointment."""
        if self._days is None:
            return
        removal = Removal(f"removed {self._days:g} days after closing")
        cases = _due(session, now - timedelta(days=self._days))
        for case in cases:
            self._forget_mails(session, clear(session, case, removal, now), now)
        if cases:
            log.info("closed cases cleared", cases=len(cases))
        appoint(session, RETAIN, subject, now + (BETWEEN if len(cases) == BATCH else EVERY), now)


def _due(session: Session, closed_before: datetime) -> Sequence[Case]:
    """Return closed cases whose words are there, the oldest first; but none of which an answer has yet to leave."""
    leaving = select(Delivery.id).where(Delivery.case_id == Case.case_id, Delivery.kind == Kind.REPLY, unsettled())
    due = select(Case).where(WORDS_KEPT, col(Case.closed_at) < closed_before, ~leaving.exists())
    return session.exec(due.order_by(col(Case.closed_at)).limit(BATCH).with_for_update(of=Case, skip_locked=True)).all()
