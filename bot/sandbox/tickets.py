"""Short-lived permissions Slack hands out: trigger ids and response URLs."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.clock import SandboxClock
from bot.sandbox.shapes import SlackError

TRIGGER_LIFETIME = timedelta(seconds=3)
RESPONSE_LIFETIME = timedelta(minutes=30)
RESPONSE_USES = 5


class Triggers:
    """Trigger ids: 3 seconds (`lifetime`), one use, for the person who clicked."""

    def __init__(self, clock: SandboxClock) -> None:
        self.lifetime = TRIGGER_LIFETIME
        self._clock = clock
        self._given: dict[str, tuple[str, datetime]] = {}
        self._used: set[str] = set()

    def give(self, user: str) -> str:
        """Return a new trigger id for this person's act."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._given[trigger] = (user, self._clock.now())
        return trigger

    def redeem(self, trigger: str) -> str:
        """Return whose act it was, or refuse as views.open does."""
        if trigger in self._used:
            raise SlackError("exchanged_trigger_id")
        if trigger not in self._given:
            raise SlackError("invalid_trigger_id")
        user, given = self._given[trigger]
        if self._clock.now() - given > self.lifetime:
            raise SlackError("expired_trigger_id")
        self._used.add(trigger)
        return user


@dataclass
class ResponseUrl:
    """The way back to where a person acted; `ts` is the message of a click, if there was one."""

    user: str
    channel: str
    given: datetime
    ts: str = ""
    thread_ts: str = ""
    uses: int = 0


class ResponseUrls:
    """Response URLs: five uses within 30 minutes."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._given: dict[str, ResponseUrl] = {}

    def give(self, user: str, channel: str, ts: str = "", thread_ts: str = "") -> str:
        """Return the path of a new response URL, below the sandbox's address."""
        key = secrets.token_hex(12)
        self._given[key] = ResponseUrl(user, channel, self._clock.now(), ts, thread_ts)
        return f"response/{key}"

    def redeem(self, key: str) -> ResponseUrl:
        """Count one use and return the way back, or refuse."""
        if key not in self._given:
            raise SlackError("expired_url")
        way = self._given[key]
        if self._clock.now() - way.given > RESPONSE_LIFETIME:
            raise SlackError("expired_url")
        if way.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        way.uses += 1
        return way
