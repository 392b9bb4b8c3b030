"""The auditor: looks each minute whether anything that is due was left lying, and says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlmodel import col, or_, select

from bot.agenda import WAITING, Appointment
from bot.cases.rules import span
from bot.clock import Clock
from bot.db import Database
from bot.outbox.queries import heads

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
# What fell due just now is somebody's work at this moment.
GRACE = timedelta(seconds=30)
# An act that failed so often is not a passing fault.
TRIES = 3
# At two looks nobody had touched it; a delivery may have to wait for Slack's patience, so it gets longer.
LEFT_SECONDS = 55.0
LEFT_DELIVERY_SECONDS = 290.0
BATCH = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Something due that nobody has in hand. The same finding at a later look means that nobody touched it since."""

    what: str
    touched: Hashable
    patience: float = LEFT_SECONDS


class Auditor:
    """Asks the database alone, so it sees what every process leaves undone; a look is two small reads.

    `in_hand` tells of a kind of appointment whether somebody is at work on it. Ages are monotonic: a clock that is
    set makes nothing overdue.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        in_hand: Callable[[str], bool] = lambda _kind: False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._in_hand = in_hand
        self._monotonic = monotonic
        self._found: dict[Finding, float] = {}
        self._overdue: dict[str, float] = {}

    def look(self) -> int:
        """Look once; returns 0. Raises the database's error."""
        now = self._monotonic()
        self._found = {finding: self._found.get(finding, now) for finding in self._findings()}
        overdue: dict[str, float] = {}
        for finding, since in self._found.items():
            if now - since >= finding.patience or finding.patience == 0:
                overdue[finding.what] = min(since, overdue.get(finding.what, now))
        for what in overdue.keys() - self._overdue.keys():
            log.error("overdue", what=what)
        for what in self._overdue.keys() - overdue.keys():
            log.info("overdue no more", what=what)
        self._overdue = overdue
        return 0

    @property
    def problem(self) -> str:
        """What is overdue, and for how long at least it has been lying; empty while all is well."""
        now = self._monotonic()
        ages = {what: span(timedelta(seconds=now - since)) for what, since in sorted(self._overdue.items())}
        return "; ".join(f"overdue for {age}: {what}" for what, age in ages.items())

    def _findings(self) -> Iterator[Finding]:
        yield from self._appointments()
        for place, head in heads(self._database, self._clock.now()).items():
            yield Finding(f"what is to be said in {place}", head, LEFT_DELIVERY_SECONDS)

    def _appointments(self) -> Iterator[Finding]:
        late = select(Appointment).where(
            WAITING, or_(Appointment.due_at < self._clock.now() - GRACE, Appointment.attempts >= TRIES)
        )
        with self._database.readers.begin() as session:
            rows = session.exec(late.order_by(col(Appointment.due_at)).limit(BATCH)).all()
        for row in rows:
            if row.attempts >= TRIES:
                yield Finding(f"{row.kind} {row.subject}".strip() + f" ({row.error.splitlines()[0][:120]})", row.id, 0)
            elif not self._in_hand(row.kind):
                yield Finding(row.kind, (row.id, row.due_at))
