"""What reached us from Slack, and when something may have missed us: the evidence behind marks and health."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock

# Slack sends again what was not acked, after about 4 seconds; mostly that settles it.
RIPE_SECONDS = 5.0
_TS = re.compile(r"\d{1,11}\.\d{1,6}")


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which words may have missed us. `since` is None for the time before this process heard anything."""

    number: int
    since: datetime | None


class Hearing:
    """Told by lines, or by the door, what they hear; asked by the catch-up whether anything may be missing.

    There is a gap from the start, from the moment a line was last known to work until a line hears again, and where an
    event could not be stored (Slack gives up after three more tries). It stays until a catch-up that began after its
    beginning closes it. Where Slack calls us there is no line to lose: what makes a gap there is told by `Door`. The
    ages are of the machine's monotonic time, which no clock jump moves.
    """

    def __init__(self, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._gap: Gap | None = Gap(1, None)
        self._gaps = 1
        self._ripe_at = 0.0
        self._seen: dict[str, float] = {}
        self._newest = ""
        self._newest_in: dict[str, str] = {}
        self.hears = False
        self.connections = 0
        self.wake: Callable[[], None] = lambda: None

    def greeted(self, connections: int) -> None:
        """Slack said hello on a line; `connections` is how many the app has open now, this one among them."""
        self.connections = connections
        self._saw("hello")
        self.opened()

    def opened(self) -> None:
        """Note that from now on events reach us, as far as anybody can tell; no hello says so where Slack calls us."""
        self.hears = True
        self.wake()

    def called(self) -> None:
        """Slack called us, whatever about."""
        self._saw("call")

    def ponged(self) -> None:
        """Slack answered a ping."""
        self._saw("pong")

    def heard(self, payload: Mapping[str, Any], *, taken: bool) -> None:
        """Note an event; one that was not `taken` in may be lost, for Slack sends it only three times more."""
        event = payload.get("event") or {}
        ts = str(event.get("event_ts") or event.get("ts") or "")
        ts = ts if _TS.fullmatch(ts) else ""
        self._saw("event")
        if not taken:
            self._ripe_at = self._monotonic() + RIPE_SECONDS
            self.missed()
            return
        with self._lock:
            self._newest = max(self._newest, ts, key=order)
        if event.get("type") == "message":
            self.learn(str(event.get("channel")), ts)

    def lost(self, since: datetime | None = None) -> None:
        """Note that the line is gone; `since` is when it was last known to work."""
        self.hears = False
        self.missed(since)

    def missed(self, since: datetime | None = None) -> None:
        """Note that something may have missed us, by default from now on; an open gap keeps its beginning."""
        with self._lock:
            self._gaps += 1
            began = self._gap.since if self._gap else since or self._clock.now()
            self._gap = Gap(self._gaps, began)

    @property
    def gap(self) -> Gap | None:
        """The gap that no catch-up has closed yet, or None while all is known to be heard."""
        return self._gap

    @property
    def ripe(self) -> bool:
        """Whether it is time to look for what is missing."""
        return self.hears and self._gap is not None and self._monotonic() >= self._ripe_at

    def close(self, gap: Gap) -> bool:
        """Close a gap after it was read; False if another one began meanwhile, which then begins now."""
        with self._lock:
            if self._gap == gap:
                self._gap = None
            elif self._gap is not None:
                self._gap = Gap(self._gap.number, self._clock.now())
            return self._gap is None

    @property
    def newest(self) -> str:
        """The ts of the newest event that was heard and taken in; empty before the first."""
        return self._newest

    def newest_in(self, channel: str) -> str:
        """Return the newest ts known of a channel, heard or read; empty where none is."""
        return self._newest_in.get(channel, "")

    def learn(self, channel: str, ts: str) -> None:
        """Note that a channel is known up to this ts."""
        with self._lock:
            self._newest_in[channel] = max(self._newest_in.get(channel, ""), ts, key=order)

    def age(self, what: str) -> float | None:
        """Return how many seconds ago the last `hello`, `pong`, `call` or `event` came; None if none ever did."""
        at = self._seen.get(what)
        return None if at is None else self._monotonic() - at

    def _saw(self, what: str) -> None:
        self._seen[what] = self._monotonic()


def order(ts: str) -> tuple[int, int]:
    """Return a Slack ts as numbers that compare exactly, which floats of it don't; an empty one comes first."""
    seconds, _, fraction = ts.partition(".")
    return int(seconds or 0), int((fraction or "0").ljust(6, "0")[:6])


def earlier(ts: str, seconds: int) -> str:
    """Return the ts so many seconds before."""
    whole, micros = order(ts)
    return f"{max(0, whole - seconds)}.{micros:06d}"
