"""What the watch feels: how each part is, and since when one is unwell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

DATABASE, SLACK, MAILBOX, OUTGOING, CLOCK = "database", "slack", "mailbox", "outgoing mail", "clock"
# So long a part must be well before its outage is over: one that comes and goes is one outage.
STEADY_SECONDS = 60.0
SILENCE = "it does not work any more, and does not say why"


@dataclass(frozen=True, slots=True)
class Sense:
    """One part that is watched: `problem` is empty while it works.

    `worked_at` is when it last did its work; if that stands still for longer than `patience`, the part is silent,
    whatever it says of itself. None where nobody keeps that time.
    """

    name: str
    problem: Callable[[], str]
    worked_at: Callable[[], datetime | None] | None = None
    patience: timedelta = timedelta.max


@dataclass(slots=True)
class Ailment:
    """A part that is unwell: since when (by the monotonic clock and by the desk's), why, and what was told of it."""

    began: float
    began_at: datetime
    reason: str
    well_since: float | None = None
    told: bool = False

    def lasts(self, now: float) -> float:
        """Return for how many seconds it has lasted without a break; 0 while the part is well."""
        return now - self.began if self.well_since is None else 0.0

    def is_over(self, now: float) -> bool:
        """Whether the part has been well for long enough."""
        return self.well_since is not None and now - self.well_since >= STEADY_SECONDS


class Feeling:
    """Feels one sense, look by look, and remembers its ailment."""

    def __init__(self, sense: Sense, now: float) -> None:
        self.sense = sense
        self.ailment: Ailment | None = None
        self._worked_at: datetime | None = None
        self._moved = now

    def excuse(self, now: float, now_at: datetime) -> None:
        """Let what ails the part count from now on only: something else was the cause until now."""
        if self.ailment is not None and not self.ailment.told:
            self.ailment.began, self.ailment.began_at = now, now_at

    def feel(self, now: float, now_at: datetime) -> bool:
        """Look once; returns whether the part is well at this moment."""
        worked_at = self.sense.worked_at() if self.sense.worked_at else None
        if worked_at != self._worked_at:
            self._worked_at, self._moved = worked_at, now
        problem = self.sense.problem() or self._silence(now)
        if problem:
            self._ail(problem, now, now_at)
        elif self.ailment is not None and self.ailment.well_since is None:
            self.ailment.well_since = now
        if self.ailment is not None and not self.ailment.told and not problem:
            self.ailment = None
        return not problem

    def _silence(self, now: float) -> str:
        is_silent = self.sense.worked_at is not None and now - self._moved > self.sense.patience.total_seconds()
        return SILENCE if is_silent else ""

    def _ail(self, problem: str, now: float, now_at: datetime) -> None:
        if self.ailment is None:
            since = self._moved if problem == SILENCE else now
            self.ailment = Ailment(since, now_at - timedelta(seconds=now - since), problem)
        self.ailment.well_since = None
        self.ailment.reason = problem
