"""Our line to Slack: who we are, which channels are meant, and the socket over which we hear."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

import structlog
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.clock import Clock
from bot.slack.directory import Directory
from bot.slack.drawings import Drawings
from bot.slack.hearing import Hearing
from bot.slack.identity import BAD_TOKEN, Identity
from bot.slack.line import Line
from bot.slack.places import Places

log = structlog.get_logger(__name__)

KEEP_SECONDS = 5.0
SHORTEST_REST_SECONDS = 0.1
PLACES_AGAIN_SECONDS = 30.0
# Slack answers too many sockets by asking to leave: openings that follow each other closely get slower and slower.
OPEN_AGAIN_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
STEADY_SECONDS = 60.0
HELLO_SECONDS = 5.0
_FAREWELLS = {
    "too_many_websockets": "Slack refuses another connection, for the app has ten; stop other copies of Casebot",
    "link_disabled": "Socket Mode is switched off; switch it on at your app's page, under Socket Mode",
}


class TokenRefused(PermissionError):
    """Slack does not know a token of ours; only a new setting helps."""


class SlackAway(OSError):
    """Slack could not be asked; the next try may succeed."""


class SlackConnection:
    """Brings the line up step by step, and keeps it up: each call of `keep` does what is still missing.

    `wake` is called when there is something to do before the next regular call: a line ended, or must be left.
    """

    def __init__(
        self,
        app: App,
        app_token: str,
        web: WebClient,
        identity: Identity,
        places: Places,
        directory: Directory,
        drawings: Drawings,
        hearing: Hearing,
        clock: Clock,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._web = web
        self._identity = identity
        self._places = places
        self._directory = directory
        self._drawings = drawings
        self._hearing = hearing
        self._clock = clock
        self._line: Line | None = None
        self._opened_at = 0.0
        self._openings = 0
        self._farewell = ""
        self._places_at = 0.0
        self._described = False
        self._problem = "not connected yet"
        self.wake: Callable[[], None] = lambda: None

    @property
    def problem(self) -> str:
        """What is wrong with the line, in words; empty while all is well."""
        if self._problem:
            return self._problem
        unusable = [f"{setting}: {problem}" for setting, problem in self._places.missing.items()]
        if self._places.resolved and not self._hears():
            unusable.append(_FAREWELLS.get(self._farewell, "the socket is down; reconnecting"))
        return "; ".join(unusable)

    @property
    def details(self) -> Mapping[str, float | int | bool]:
        """The evidence for the line: how many seconds ago Slack last spoke, and whether anything may be missing."""
        ages = {f"last_{what}_seconds": self._hearing.age(what) for what in ("hello", "pong", "event")}
        known = {name: round(age, 1) for name, age in ages.items() if age is not None}
        return {**known, "connections": self._hearing.connections, "catching_up": self._hearing.gap is not None}

    def rest(self) -> float:
        """Return after how many seconds `keep` is to be called again, if nothing wakes it sooner."""
        line = self._line
        if line is None or not (line.lost or line.leaving):
            return KEEP_SECONDS
        return max(SHORTEST_REST_SECONDS, min(self._opened_at + self._pause() - time.monotonic(), KEEP_SECONDS))

    def renew(self) -> None:
        """Leave a line that looks open and hears nothing; the next one is opened before it goes."""
        line = self._line
        if line is not None:
            line.leaving = True
        self._hearing.lost()
        self.wake()

    def identify(self) -> None:
        """Ask Slack who we are. TokenRefused if it does not know us; SlackAway if it can't be asked."""
        answer = self._asking(self._web.auth_test)
        self._identity.team_id = answer["team_id"]
        self._identity.user_id = answer["user_id"]
        self._identity.bot_id = answer.get("bot_id") or ""
        self._drawings.know_workspace(answer.get("url") or "")
        log.info("slack knows us", workspace=answer.get("team"), bot=answer.get("user"))

    def keep(self) -> int:
        """Do what is missing on the line; returns 0, for there is never more to do at once."""
        try:
            if not self._identity.known:
                self.identify()
            if not self._places.resolved or (self._places.missing and self._places_due()):
                self._asking(self._places.resolve)
                self._places_at = time.monotonic()
            self._meet_people()
            if self._places.resolved and self._needs_line():
                self._asking(self._change_line)
            # What the last process knew is good enough to begin with: a large workspace takes minutes to list.
            if not self._described:
                self._describe()
        except (SlackAway, TokenRefused) as problem:
            self._problem = str(problem)
            raise
        self._problem = ""
        return 0

    def close(self) -> None:
        """Hang up; what is in hand is finished and acked first."""
        line, self._line = self._line, None
        if line is not None:
            line.hang_up()

    def _meet_people(self) -> None:
        """Before anybody is heard: who may act now, and at the very first start everybody's name."""
        if self._described or self._line is not None:
            return
        if self._directory.is_empty:
            self._describe()
        else:
            self._asking(self._directory.refresh_groups)

    def _describe(self) -> None:
        self._asking(self._directory.refresh)
        self._described = True

    def _places_due(self) -> bool:
        return time.monotonic() - self._places_at > PLACES_AGAIN_SECONDS

    def _hears(self) -> bool:
        return self._line is not None and self._line.hears

    def _needs_line(self) -> bool:
        line = self._line
        if line is not None and not line.lost and not line.leaving:
            return False  # it hears, or is on its way to its hello
        if line is not None and line.lost and self._hearing.hears:
            self._hearing.lost(self._clock.now() - timedelta(seconds=line.silent_for))
        return time.monotonic() - self._opened_at > self._pause()

    def _pause(self) -> float:
        """Return how many seconds must lie between the last opening and the next one."""
        return float(min(OPEN_AGAIN_SECONDS * 2 ** max(0, self._openings - 1), LONGEST_PAUSE_SECONDS))

    def _change_line(self) -> None:
        """Open a line; one that Slack wants us to leave is left when the new one hears."""
        old = self._line
        if old is not None:
            self._farewell = old.farewell
        now = time.monotonic()
        self._openings = 1 if now - self._opened_at > STEADY_SECONDS else self._openings + 1
        self._opened_at = now
        new = Line(self._app, self._app_token, self._web, self._hearing, self.wake)
        try:
            new.open()
        except Exception:
            new.hang_up()
            raise
        if old is not None and not old.lost and not new.greeted.wait(HELLO_SECONDS):
            self._farewell = new.farewell
            new.hang_up()
            return
        self._line = new
        if old is not None and old.lost and not old.ended:
            # Perhaps it still waits for its network; nobody need wait for that.
            threading.Thread(target=old.hang_up, name="goodbye", daemon=True).start()
        elif old is not None:
            old.hang_up()

    def _asking(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except SlackApiError as error:
            reason = str(error.response.get("error") or f"HTTP {error.response.status_code}")
            if reason in BAD_TOKEN:
                raise TokenRefused(_token_advice(reason, at_socket=self._identity.known)) from error
            needed = error.response.get("needed")
            advice = f"; the app needs the scope {needed}: add it and install the app again" if needed else ""
            raise SlackAway(f"Slack answers {reason}{advice}") from error
        except (URLError, OSError, HTTPException) as error:
            cause = getattr(error, "reason", error)
            raise SlackAway(f"Slack can't be reached ({cause}); check the network and SLACK_API_URL") from error


def _token_advice(reason: str, *, at_socket: bool) -> str:
    if at_socket:
        where = "Basic Information → App-Level Tokens (scope connections:write)"
        return f"SLACK_APP_TOKEN is refused by Slack ({reason}). Copy it again from your app's {where}."
    return f"SLACK_BOT_TOKEN is refused by Slack ({reason}). Copy it again from your app's OAuth & Permissions page."
