"""Whether what is said in Slack reaches us: a look at history where the socket has been quiet."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.slack.hearing import Hearing, order
from bot.slack.history import History, Place

log = structlog.get_logger(__name__)

LOOK_SECONDS = 30.0
# What stood there unheard at two looks that far apart was not merely on its way.
PATIENCE_SECONDS = 20.0
RENEW_SECONDS = 300.0
LONGEST_RENEW_SECONDS = 3600.0
_DEAF = "Slack sends no events for what is said; it is read from history, a minute late. "
_NO_EVENTS = "Look at your app's Event Subscriptions"
_NO_CALLS = (
    "Look at your app's Event Subscriptions: are they on (Slack switches them off after an hour of failures), does "
    "their Request URL lead here (proxy, certificate, firewall), and is SLACK_SIGNING_SECRET this app's?"
)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A message that stands in history and was not heard, and when that was noticed."""

    place: Place
    ts: str
    noticed: float


class Patrol:
    """Asks for the newest message of one conversation at a time, the first one at every second look.

    Our own posts come back to us as events too, so the support channel alone shows after each post whether we hear.
    `heard_elsewhere` knows by a ts what another process of ours was told: Slack tells each event to one of them.
    Costs two calls a minute of conversations.history, and none while events come in.
    """

    def __init__(
        self,
        history: History,
        hearing: Hearing,
        renew: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
        heard_elsewhere: Callable[[str], bool] = lambda _ts: False,
        *,
        renewable: bool = True,
    ) -> None:
        self._history = history
        self._hearing = hearing
        self._renew = renew
        self._heard_elsewhere = heard_elsewhere
        self._renewable = renewable
        self._monotonic = monotonic
        self._looked_at = monotonic()
        self._looks = 0
        self._suspicion: Suspicion | None = None
        self._renewed_at: float | None = None
        self._rest = RENEW_SECONDS
        self._deaf_times = 0

    @property
    def problem(self) -> str:
        """What to tell when a new socket did not help, or there is none to open; empty otherwise."""
        if self._deaf_times < (2 if self._renewable else 1):
            return ""
        return _DEAF + (_NO_EVENTS if self._renewable else _NO_CALLS)

    def look(self, places: Sequence[Place]) -> bool:
        """Look at one conversation if it is time; True if the line proves deaf, and its gap is noted."""
        if not places or self._monotonic() - self._looked_at < LOOK_SECONDS:
            return False
        quiet_for = self._hearing.age("event")
        if quiet_for is not None and quiet_for < LOOK_SECONDS:
            self._suspicion, self._deaf_times = None, 0
            return False
        self._looked_at = self._monotonic()
        place = self._suspicion.place if self._suspicion else self._next(places)
        return self._judge(place, self._history.newest(place.channel))

    def _next(self, places: Sequence[Place]) -> Place:
        self._looks += 1
        others = places[1:] or places
        return others[self._looks // 2 % len(others)] if self._looks % 2 else places[0]

    def _judge(self, place: Place, newest: str) -> bool:
        if order(newest) <= order(self._hearing.newest_in(place.channel)) or self._heard_elsewhere(newest):
            self._suspicion = None
            return False
        if self._suspicion is None:
            self._suspicion = Suspicion(place, newest, self._monotonic())
            return False
        if self._monotonic() - self._suspicion.noticed < PATIENCE_SECONDS:
            return False
        self._suspicion = None
        self._call_deaf(place)
        return True

    def _call_deaf(self, place: Place) -> None:
        """Read what was missed; and renew the road, unless that was no help a short time ago."""
        self._hearing.missed()
        now = self._monotonic()
        if self._renewed_at is not None and now - self._renewed_at < self._rest:
            return
        if self._renewed_at is not None and now - self._renewed_at > 2 * LONGEST_RENEW_SECONDS:
            self._rest = RENEW_SECONDS
        elif self._renewed_at is not None:
            self._rest = min(2 * self._rest, LONGEST_RENEW_SECONDS)
        self._renewed_at = now
        self._deaf_times += 1
        if self._renewable:
            log.warning(
                "the socket is deaf; opening another", channel=place.channel, connections=self._hearing.connections
            )
        else:
            log.warning("slack's calls do not reach us; reading history", channel=place.channel)
        self._renew()
