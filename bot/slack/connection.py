"""Our line to Slack: who we are, which channels are meant, and the socket over which we hear."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.interval_runner import IntervalRunner
from slack_sdk.socket_mode.websocket_client import SocketModeClient

from bot.slack.directory import Directory
from bot.slack.drawings import Drawings
from bot.slack.identity import BAD_TOKEN, Identity
from bot.slack.places import Places

log = structlog.get_logger(__name__)

PLACES_AGAIN_SECONDS = 30.0
# slack_sdk looks at its session once per ping; a lost one is opened anew no later than this.
PING_SECONDS = 5.0
EAGER_SECONDS = 0.02
HANG_UP_SECONDS = 2.0
GOODBYE_SECONDS = 2.0


class TokenRefused(PermissionError):
    """Slack does not know a token of ours; only a new setting helps."""


class SlackAway(OSError):
    """Slack could not be asked; the next try may succeed."""


class SlackConnection:
    """Brings the line up step by step, and keeps it up: each call of `keep` does what is still missing."""

    def __init__(
        self,
        app: App,
        app_token: str,
        web: WebClient,
        identity: Identity,
        places: Places,
        directory: Directory,
        drawings: Drawings,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._web = web
        self._identity = identity
        self._places = places
        self._directory = directory
        self._drawings = drawings
        self._handler: SocketModeHandler | None = None
        self._greeted = False
        self._places_at = 0.0
        self._described = False
        self._problem = "not connected yet"

    @property
    def problem(self) -> str:
        """What is wrong with the line, in words; empty while all is well."""
        if self._problem:
            return self._problem
        unusable = [f"{setting}: {problem}" for setting, problem in self._places.missing.items()]
        if self._places.resolved and not self._hears():
            unusable.append("the socket is down; reconnecting")
        return "; ".join(unusable)

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
            if self._directory.is_empty:
                self._describe()
            if self._handler is not None:
                _watch(self._handler.client)
            elif self._places.resolved:
                self._asking(self._open)
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
        self._greeted = False
        if self._handler is not None:
            _hang_up(self._handler.client)

    def _describe(self) -> None:
        self._asking(self._directory.refresh)
        self._described = True

    def _places_due(self) -> bool:
        return time.monotonic() - self._places_at > PLACES_AGAIN_SECONDS

    def _hears(self) -> bool:
        return self._greeted and self._handler is not None and self._handler.client.is_connected()

    def _open(self) -> None:
        handler = SocketModeHandler(self._app, self._app_token, web_client=self._web, ping_interval=PING_SECONDS)
        handler.client.on_message_listeners.append(self._heard)
        handler.client.on_close_listeners.append(self._hung_up)
        # slack_sdk's monitor would take a session that is still connecting for a lost one; `_watch` starts it later.
        handler.client.current_app_monitor_started = True
        _listen_eagerly(handler.client)
        try:
            handler.client.connect()
        except Exception:
            handler.client.close()
            raise
        self._handler = handler

    def _heard(self, _socket: object, message: str) -> None:
        if not self._greeted and json.loads(message).get("type") == "hello":
            self._greeted = True
            log.info("slack connected")

    def _hung_up(self, _socket: object) -> None:
        if self._greeted and (self._handler is None or not self._handler.client.is_connected()):
            self._greeted = False
            log.warning("slack disconnected; reconnecting")

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


def _watch(client: SocketModeClient) -> None:
    """Let slack_sdk's monitor open the socket anew whenever it is lost."""
    monitor: Any = client.current_app_monitor
    if monitor.thread is not None and monitor.thread.ident is None:
        monitor.start()


def _listen_eagerly(client: SocketModeClient) -> None:
    """Let the thread that reads the socket find a new one within EAGER_SECONDS; slack_sdk looks every half second."""
    patient: Any = client.current_session_runner
    patient.shutdown()
    client.current_session_runner = IntervalRunner(patient.target, EAGER_SECONDS).start()


def _hang_up(client: SocketModeClient) -> None:
    """Finish and ack what is in hand, then close the socket.

    The thread that reads it must be woken, or it would wait for ten seconds, and told not to open it again.
    """
    client.auto_reconnect_enabled = False
    client.closed = True  # else its processor never ends
    client.message_queue.put("")  # nothing to process, but it wakes up at once
    processor: Any = client.message_processor
    processor.shutdown()
    client.message_workers.shutdown()
    reader = client.current_session_runner
    reader.event.set()
    session: Any = client.current_session
    if session is not None and session.sock is not None:
        session.keep_running = False
        session.sock.abort()
        # A socket that is closed before its reader woke up never wakes it.
        reader.thread.join(GOODBYE_SECONDS)
    client.close()


def _token_advice(reason: str, *, at_socket: bool) -> str:
    if at_socket:
        where = "Basic Information → App-Level Tokens (scope connections:write)"
        return f"SLACK_APP_TOKEN is refused by Slack ({reason}). Copy it again from your app's {where}."
    return f"SLACK_BOT_TOKEN is refused by Slack ({reason}). Copy it again from your app's OAuth & Permissions page."
