"""What can go wrong with Slack, on command: rate limits, slowness, errors, lost answers, an outage."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from bot.sandbox.shapes import Call
from bot.sandbox.tiers import Tiers

Kind = Literal["rate_limit", "slow", "late", "status", "error", "reset"]
ANY = "*"


@dataclass
class Fault:
    """One thing that will happen to the next `times` calls that fit."""

    kind: Kind
    method: str
    times: int
    number: float = 0
    """Seconds (rate_limit: Retry-After; slow and late: the delay) or an HTTP status."""
    error: str = ""
    channel: str = ""

    def fits(self, call: Call) -> bool:
        """Whether this call is one of those meant."""
        named = self.method in {ANY, call.method}
        return self.times > 0 and named and self.channel in {"", str(call.arguments.get("channel"))}


class Faults:
    """The switches; thread-safe.

    `method` is a name such as chat.postMessage, or `*` for every one; `channel` is written as the bot does.
    """

    def __init__(self) -> None:
        self.slack_is_away = False
        self._faults: list[Fault] = []
        self._pace = 0.0
        self._last_post: dict[str, float] = {}
        self._tiers: Tiers | None = None
        self._lock = Lock()

    def rate_limit(self, method: str = ANY, *, times: int = 1, retry_after: int = 1, channel: str = "") -> None:
        """Answer 429 with Retry-After (seconds) to the next calls."""
        self._add(Fault("rate_limit", method, times, retry_after, channel=channel))

    def pace_posts(self, seconds: float | None) -> None:
        """Answer 429 to a post that comes sooner than `seconds` after the last one into its channel."""
        with self._lock:
            self._pace = seconds or 0.0
            self._last_post.clear()

    def enforce_limits(self, *, on: bool = True) -> None:
        """Keep to Slack's documented rate limits: calls a minute by tier, one post a second into each channel."""
        with self._lock:
            self._tiers = Tiers() if on else None

    def slow(self, method: str = ANY, seconds: float = 1.0, *, times: int = 1, channel: str = "") -> None:
        """Take this long before the call is carried out."""
        self._add(Fault("slow", method, times, seconds, channel=channel))

    def answer_late(self, method: str = ANY, seconds: float = 12.0, *, times: int = 1, channel: str = "") -> None:
        """Carry the call out, and take this long before answering."""
        self._add(Fault("late", method, times, seconds, channel=channel))

    def fail(self, method: str = ANY, *, times: int = 1, status: int = 503) -> None:
        """Answer with an HTTP error; nothing happens."""
        self._add(Fault("status", method, times, status))

    def refuse(self, method: str, error: str, *, times: int = 1) -> None:
        """Answer `ok: false` with this error; nothing happens."""
        self._add(Fault("error", method, times, error=error))

    def reset_after(self, method: str = ANY, *, times: int = 1, channel: str = "") -> None:
        """Carry the call out, then reset the connection instead of answering."""
        self._add(Fault("reset", method, times, channel=channel))

    def clear(self) -> None:
        """Switch everything off."""
        with self._lock:
            self._faults.clear()
            self._pace = 0.0
            self._tiers = None
        self.slack_is_away = False

    def take(self, kind: Kind, call: Call) -> Fault | None:
        """Return the fault of this kind that meets this call, counted down, or None."""
        with self._lock:
            for fault in self._faults:
                if fault.kind == kind and fault.fits(call):
                    fault.times -= 1
                    return fault
        return None

    def too_soon(self, channel: str, now: Callable[[], float] = time.monotonic) -> bool:
        """Whether a post into this channel comes too soon; one that does not is remembered."""
        with self._lock:
            last = self._last_post.get(channel)
            if self._pace and last is not None and now() - last < self._pace:
                return True
            self._last_post[channel] = now()
            return False

    def tier_wait(self, call: Call) -> int:
        """Return the seconds that a call has to wait under `enforce_limits`; 0 where it may pass."""
        with self._lock:
            return self._tiers.wait_of(call.method, str(call.arguments.get("channel"))) if self._tiers else 0

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)
