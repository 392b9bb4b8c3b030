"""The road by Socket Mode: one line at a time, the next one opened before the last one is hung up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from slack_bolt import App
from slack_sdk import WebClient

from bot.clock import Clock
from bot.slack.hearing import Hearing
from bot.slack.line import Line

KEEP_SECONDS = 5.0
SHORTEST_REST_SECONDS = 0.1
# Slack answers too many sockets by asking to leave: openings that follow each other closely get slower and slower.
OPEN_AGAIN_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
STEADY_SECONDS = 60.0
HELLO_SECONDS = 5.0
_FAREWELLS = {
    "too_many_websockets": "Slack refuses another connection, for the app has ten; stop other copies of Casebot",
    "link_disabled": "Socket Mode is switched off; switch it on at your app's page, under Socket Mode",
}


class Sockets:
    """Keeps a line open. `wake` is called when there is something to do before the next regular `keep`."""

    token_setting = "SLACK_APP_TOKEN"  # noqa: S105 - the name of a setting
    renewable = True

    def __init__(self, app: App, app_token: str, web: WebClient, hearing: Hearing, clock: Clock) -> None:
        self._app = app
        self._app_token = app_token
        self._web = web
        self._hearing = hearing
        self._clock = clock
        self._line: Line | None = None
        self._opened_at = 0.0
        self._openings = 0
        self._farewell = ""
        self.wake: Callable[[], None] = lambda: None

    @property
    def begun(self) -> bool:
        """Whether a line was opened already, whatever became of it."""
        return self._line is not None

    @property
    def problem(self) -> str:
        """Why nothing is heard; empty while something would be."""
        if self._line is not None and self._line.hears:
            return ""
        return _FAREWELLS.get(self._farewell, "the socket is down; reconnecting")

    @property
    def evidence(self) -> Mapping[str, float | int | bool | str]:
        """How many sockets the app has, as Slack last told."""
        return {"mode": "socket", "connections": self._hearing.connections}

    def keep(self) -> None:
        """Open a line if one is missing or must be left; raises what the Web API raises."""
        if self._needs_line():
            self._change_line()

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

    def close(self) -> None:
        """Hang up; what is in hand is finished and acked first."""
        line, self._line = self._line, None
        if line is not None:
            line.hang_up()

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
