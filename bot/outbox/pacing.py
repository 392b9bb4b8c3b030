"""How fast a place may be spoken to: per place and kind of call, in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# chat.postMessage takes about one a second per channel; chat.update is a tier 3 method (50 a minute and more).
POST_SECONDS = 1.0
REDRAW_SECONDS = 1.2
# A few redraws at once are tolerated, so that a click is answered at once.
REDRAW_BURST = 5
LEAST_PAUSE_SECONDS = 0.01

# A place, and whether something that stands there is drawn again.
Place = tuple[str, bool]


def backoff(failures: int, longest: float) -> float:
    """Return the seconds to wait after so many failures in a row: 1, 2, 4 … up to `longest`."""
    return min(2.0 ** min(failures, 32), longest)


class Pacing:
    """Token buckets for posts and redraws of each place, and holds that a channel asked for."""

    def __init__(
        self,
        post_seconds: float = POST_SECONDS,
        redraw_seconds: float = REDRAW_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spacing = {False: post_seconds, True: redraw_seconds}
        self._burst = {False: 1, True: REDRAW_BURST}
        self._monotonic = monotonic
        self._free_at: dict[Place, float] = {}
        self._all_held_until = 0.0
        self._lock = threading.Lock()

    def spend(self, place: str, *, redraw: bool) -> None:
        """Note that something was said."""
        with self._lock:
            earliest = self._monotonic() - self._spacing[redraw] * (self._burst[redraw] - 1)
            self._free_at[place, redraw] = (
                max(self._free_at.get((place, redraw), 0.0), earliest) + self._spacing[redraw]
            )

    def hold(self, place: str, seconds: float) -> None:
        """Say nothing in this place for a while (Slack's Retry-After)."""
        with self._lock:
            for redraw in (False, True):
                until = self._monotonic() + seconds
                self._free_at[place, redraw] = max(self._free_at.get((place, redraw), 0.0), until)

    def hold_all(self, seconds: float) -> None:
        """Say nothing anywhere for a while: the channel is away."""
        with self._lock:
            self._all_held_until = self._monotonic() + seconds

    @property
    def now(self) -> float:
        """The seconds on its stopwatch: who looks for something to say notes them before, for `pause`."""
        return self._monotonic()

    def crowded(self) -> list[Place]:
        """Return the (place, redraw) pairs that must wait."""
        with self._lock:
            now = self._monotonic()
            return [key for key, free_at in self._free_at.items() if free_at > now]

    def free_at(self, place: str, *, redraw: bool) -> float:
        """Return when it need not wait any longer, on the stopwatch of `now`."""
        with self._lock:
            return self._free_at.get((place, redraw), 0.0)

    @property
    def held(self) -> bool:
        """Whether everything must wait."""
        return self._all_held_until > self._monotonic()

    def pause(self, longest: float, looked_at: float) -> float:
        """Return how many seconds until the next place is free, at most `longest`.

        A place that got free after the look at `looked_at` counts too: the look may have passed it over.
        """
        with self._lock:
            now = self._monotonic()
            waits = [free_at - now for free_at in self._free_at.values() if free_at > looked_at]
            if self._all_held_until > looked_at:
                waits = [self._all_held_until - now]
            return max(LEAST_PAUSE_SECONDS, min([*waits, longest]))
