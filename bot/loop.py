"""A loop: one act, and something that repeats it until told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.clock import Clock

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a loop is doing: when it last succeeded and, if it fails now, since when and why."""

    running: bool
    succeeded_at: datetime | None = None
    failing_since: datetime | None = None
    reason: str = ""


class Loop:
    """Repeats `act` in a thread of its own: at once while there was something to do, else after `every()` seconds.

    An act that raises is logged once per kind of failure and repeated after a growing pause, so no failure ends it.
    Who is woken from its pause takes a `breath` first (seconds), so that many who wake it cause one act.
    """

    def __init__(
        self,
        name: str,
        act: Callable[[], int],
        every: Callable[[], float],
        clock: Clock,
        breath: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.name = name
        self._act = act
        self._every = every
        self._clock = clock
        self._breath = breath
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._pulse = Pulse(running=False)
        self._thread = threading.Thread(target=self._repeat, name=name, daemon=True)

    @property
    def pulse(self) -> Pulse:
        """How the loop is doing right now."""
        return Pulse(self._thread.is_alive(), self._pulse.succeeded_at, self._pulse.failing_since, self._pulse.reason)

    @property
    def stopping(self) -> bool:
        """Whether the loop was told to stop; long acts look at it between steps."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin repeating."""
        self._thread.start()

    def nudge(self) -> None:
        """Repeat now instead of at the end of the pause."""
        self._wake.set()

    def stop(self, timeout: float = 5.0) -> None:
        """Finish the act in hand, at most `timeout` seconds, and end the thread."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _repeat(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            # In this order: a stop that comes in between is seen, and its wake-up is not wiped away.
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                busy = self._act() > 0
            except Exception as error:  # noqa: BLE001 - a loop outlives whatever its act meets
                self._failed(error)
                self._wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                continue
            pause = FIRST_PAUSE_SECONDS
            self._pulse = Pulse(running=True, succeeded_at=self._clock.now())
            if not busy:
                self._wait(self._every())

    def _wait(self, seconds: float) -> None:
        if self._wake.wait(seconds) and (rest := self._breath()):
            self._stopping.wait(rest)

    def _failed(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        if self._pulse.reason != reason:
            log.warning("loop failing", loop=self.name, reason=reason, exc_info=_unexpected(error))
        since = self._pulse.failing_since or self._clock.now()
        self._pulse = Pulse(running=True, succeeded_at=self._pulse.succeeded_at, failing_since=since, reason=reason)


def _unexpected(error: Exception) -> bool:
    """A lost line, a database that is away, busy or read-only: facts of life. All else deserves its traceback."""
    return not isinstance(error, OSError | OperationalError | InternalError | PoolTimeout)
