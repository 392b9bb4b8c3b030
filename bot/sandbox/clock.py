"""The sandbox's clock: the machine's time plus an offset that somebody moves."""

import threading
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Real time that can be moved on, never back; every ts and arrival date of the sandbox comes from it."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset
        self._lock = threading.Lock()

    @property
    def offset(self) -> timedelta:
        """How far ahead of the machine's time this clock is."""
        with self._lock:
            return self._offset

    def now(self) -> datetime:
        """Return the sandbox's time, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def advance(self, by: timedelta) -> None:
        """Move the clock on; a negative step would break the order of Slack's ts and is refused."""
        if by < timedelta(0):
            raise ValueError("the sandbox's clock only moves forward")
        with self._lock:
            self._offset += by
