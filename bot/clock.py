"""What time it is: asked once per transaction and passed down, so that time is an argument everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; the wiring chooses which one the rooms see."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        ...


class SystemClock:
    """The machine's clock: the only one that `casebot run` ever uses."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved by an offset; the demo's 48 hours pass this way."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """Return the machine's time plus the offset."""
        return datetime.now(UTC) + self._offset

    def shift_to(self, offset: timedelta) -> None:
        """Replace the offset (not added to the old one, so that a repeated order does no harm)."""
        self._offset = offset
