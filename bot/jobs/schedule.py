"""What ticks: a few acts, each looking every few seconds for what is due in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from bot.clock import Clock, SystemClock

log = structlog.get_logger(__name__)


class Schedule:
    """Repeats jobs in UTC; a job that is late runs once, not as often as it was missed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._scheduler.add_listener(self._note, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        self._failing: dict[str, str] = {}
        self._succeeded_at: dict[str, datetime] = {}

    def every(self, seconds: float, name: str, act: Callable[[], object], *, at_once: bool = True) -> None:
        """Repeat `act`; the first time at once, or after the first `seconds`."""
        first = _machine_time() + timedelta(seconds=0 if at_once else seconds)
        self._scheduler.add_job(act, "interval", seconds=seconds, id=name, name=name, next_run_time=first)

    def run_now(self, name: str) -> None:
        """Run a job now and let its interval start anew (the clock was moved)."""
        self._scheduler.modify_job(name, next_run_time=_machine_time())

    def start(self) -> None:
        """Begin; what is due at once runs in the scheduler's own threads."""
        self._scheduler.start()

    def stop(self) -> None:
        """Let running jobs finish and end."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    @property
    def running(self) -> bool:
        """Whether the clock ticks."""
        return bool(self._scheduler.running)

    @property
    def problem(self) -> str:
        """Which jobs failed last time, and why; empty while all is well."""
        if not self.running:
            return "the scheduler is stopped"
        return "; ".join(f"{name}: {reason}" for name, reason in sorted(self._failing.items()))

    def succeeded_at(self, name: str) -> datetime | None:
        """Return when a job last succeeded."""
        return self._succeeded_at.get(name)

    def _note(self, event: JobExecutionEvent) -> None:
        if event.exception is None:
            self._failing.pop(event.job_id, None)
            self._succeeded_at[event.job_id] = self._clock.now()
            return
        reason = f"{type(event.exception).__name__}: {event.exception}".splitlines()[0][:200]
        if self._failing.get(event.job_id) != reason:
            log.warning("job failed", job=event.job_id, reason=reason)
        self._failing[event.job_id] = reason


def _machine_time() -> datetime:
    """APScheduler lives by the machine's clock, whatever time the desk's clock shows."""
    return SystemClock().now()
