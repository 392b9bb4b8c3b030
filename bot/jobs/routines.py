"""What is done again and again, by one process at a time: each routine is a row with a due time.

A new one (a retention, a digest) is a `Routine` in the list that `wiring` hands to `Routines`; nothing else is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.agenda import AGAIN_SECONDS, WAITING, Appointment
from bot.clock import Clock
from bot.db import Database, queue_up

log = structlog.get_logger(__name__)

# Longer than any act should take: one that hangs is as good as not done.
LONGEST_ACT_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Routine:
    """`act` is done, and is due anew `every` after it ended; `name` is unique and kept in the database.

    An act has transactions of its own and may take its time and use the network. It must bear to be done twice: a
    process may die, or lose its turn, between the act's end and the note of it. `at_once` tells whether it is due at
    the first start ever, or `every` later.
    """

    name: str
    every: timedelta
    act: Callable[[], object]
    at_once: bool = True


class Routines:
    """Keeps routines where `ours` says that it is this process's turn.

    That turn, a lease renewed while the process lives, is the claim, so no row is locked during an act. A routine
    that was interrupted by a death is still due, and done by whoever has the turn next. What fell due while nobody
    ran is done once, at the start.
    """

    def __init__(
        self, database: Database, clock: Clock, routines: Sequence[Routine], ours: Callable[[], bool] = lambda: True
    ) -> None:
        self.all = tuple(routines)
        self._database = database
        self._clock = clock
        self._ours = ours
        self._at_work: dict[str, float] = {}
        self._failing: dict[str, str] = {}
        self._kept_at: dict[str, datetime] = {}

    def keep(self, routine: Routine) -> int:
        """Do a routine if it is due and our turn; returns 1 if it was done. Raises the database's error."""
        if not self._ours() or not self._is_due(routine):
            return 0
        self._at_work[routine.name] = time.monotonic()
        try:
            routine.act()
        except Exception as fault:  # noqa: BLE001 - whatever an act meets, it is tried again, and told meanwhile
            self._put_off(routine, fault)
            return 0
        else:
            self._done(routine)
            return 1
        finally:
            self._at_work.pop(routine.name, None)

    @property
    def problem(self) -> str:
        """Which routines failed last time, and why; empty while all is well."""
        return "; ".join(f"{name}: {reason}" for name, reason in sorted(self._failing.items()))

    def kept_at(self, name: str) -> datetime | None:
        """Return when this process last did a routine."""
        return self._kept_at.get(name)

    def in_hand(self, name: str) -> bool:
        """Return whether a routine is none of our business, or being done by us, for no unlikely time, right now."""
        if name not in {routine.name for routine in self.all}:
            return False
        began = self._at_work.get(name)
        return not self._ours() or (began is not None and time.monotonic() - began < LONGEST_ACT_SECONDS)

    def _is_due(self, routine: Routine) -> bool:
        now = self._clock.now()
        with self._database.readers.begin() as session:
            row = session.exec(_row_of(routine)).first()
        if row is not None:
            due_at = row.due_at
        else:
            due_at = now if routine.at_once else now + routine.every
            self._move(routine, due_at)
        # Later than one interval from now: the clock was set back, or the interval was shortened.
        return due_at <= now or due_at > now + routine.every

    def _done(self, routine: Routine) -> None:
        now = self._clock.now()
        self._failing.pop(routine.name, None)
        self._kept_at[routine.name] = now
        self._move(routine, now + routine.every)

    def _put_off(self, routine: Routine, fault: Exception) -> None:
        reason = f"{type(fault).__name__}: {fault}".splitlines()[0][:200]
        if self._failing.get(routine.name) != reason:
            log.warning("routine failed", routine=routine.name, reason=reason)
        self._failing[routine.name] = reason
        self._move(routine, self._clock.now() + min(routine.every, timedelta(seconds=AGAIN_SECONDS)), reason)

    def _move(self, routine: Routine, due_at: datetime, error: str = "") -> None:
        with self._database.writers.begin() as session:
            row = _locked(session, routine) or Appointment(
                kind=routine.name, subject="", due_at=due_at, made_at=self._clock.now()
            )
            row.due_at, row.error = due_at, error
            row.attempts = row.attempts + 1 if error else 0
            session.add(row)


def _row_of(routine: Routine) -> SelectOfScalar[Appointment]:
    return select(Appointment).where(WAITING, Appointment.kind == routine.name, Appointment.subject == "")


def _locked(session: Session, routine: Routine) -> Appointment | None:
    queue_up(session, f"routine:{routine.name}")
    return session.exec(_row_of(routine).with_for_update()).first()
