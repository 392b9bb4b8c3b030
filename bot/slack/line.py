"""One Socket Mode socket, from its opening to its end; it never opens another one by itself.

slack_sdk's client reconnects from three of its threads at once (its monitor, its reader, its processor); asked to move
while envelopes wait, they close each other's sockets and hear nothing for ten seconds and more. Here a line only tells
that it ends or must be left, and the connection opens the next one before it hangs up.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.interval_runner import IntervalRunner
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websocket_client import SocketModeClient
from websocket import WebSocketException

from bot.slack.hearing import Hearing

log = structlog.get_logger(__name__)

PING_SECONDS = 5.0
# Three pings without an answer, or no hello in that time: whatever the socket says, nobody is there.
SILENT_SECONDS = 20.0
# slack_sdk's reader looks for its session every half second; a line has just one, and it is there at once.
EAGER_SECONDS = 0.02
GOODBYE_SECONDS = 2.0
# Slack's hello and disconnect are a few hundred characters; an envelope of an event is longer, and not read twice.
LONGEST_GREETING = 700


class Line(SocketModeClient):
    """A socket that hands envelopes to the Bolt app and acks them on itself.

    `wake` is called, from the socket's threads, when the line must be left or ended by itself.
    """

    def __init__(self, app: App, app_token: str, web: WebClient, hearing: Hearing, wake: Callable[[], None]) -> None:
        super().__init__(
            app_token,
            web_client=web,
            auto_reconnect_enabled=False,
            ping_interval=PING_SECONDS,
            on_message_listeners=[self._heard],
            on_error_listeners=[self._broken],
            on_close_listeners=[self._closed],
        )
        self._app = app
        self._hearing = hearing
        self._wake = wake
        self._sign_of_life = time.monotonic()
        self.greeted = threading.Event()
        self.farewell = ""
        self.leaving = False
        self.ended = False
        self.socket_mode_request_listeners.append(self._answer)
        self.current_app_monitor_started = True  # a monitor that is said to run is not started

    @property
    def hears(self) -> bool:
        """Whether Slack said hello on it, and it was not lost since."""
        return self.greeted.is_set() and not self.lost

    @property
    def lost(self) -> bool:
        """Whether it ended, or gave no sign of life for so long that it must have: nobody may ever tell us."""
        return self.ended or self.silent_for > SILENT_SECONDS

    @property
    def silent_for(self) -> float:
        """How many seconds ago Slack last sent anything on it, were it the answer to a ping."""
        return time.monotonic() - self._sign_of_life

    def open(self) -> None:
        """Ask Slack for an address and begin to connect; raises what the Web API raises."""
        patient: Any = self.current_session_runner
        patient.shutdown()
        self.current_session_runner = IntervalRunner(patient.target, EAGER_SECONDS).start()
        self.connect()
        session: Any = self.current_session
        session.on_ping = self._pinged
        session.on_pong = self._ponged

    def issue_new_wss_url(self) -> str:
        """Ask for an address; who opens the line tells what went wrong, and decides when to try again."""
        return str(self.web_client.apps_connections_open(app_token=self.app_token)["url"])

    def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - slack_sdk's form
        """Take Slack's wish that we move: envelopes still come and are acked here until somebody hangs up."""
        self.leaving = True
        log.info("slack asks us to move to another socket")
        self._wake()

    def hang_up(self) -> None:
        """Finish and ack what is in hand, then close; the order keeps slack_sdk from waiting for its own threads."""
        self.closed = True  # its processor ends after the message in hand
        self.message_queue.put("")  # nothing to process, but it wakes up at once
        processor: Any = self.message_processor
        processor.shutdown()
        self.message_workers.shutdown()
        if any(self.message_queue.queue):
            self._hearing.missed()  # never looked at, so unacked: Slack may send them again, or not
        reader = self.current_session_runner
        reader.event.set()
        session: Any = self.current_session
        if session is not None and session.sock is not None:
            session.keep_running = False
            session.sock.abort()
            # A socket that is closed before its reader woke up never wakes it.
            reader.thread.join(GOODBYE_SECONDS)
        self.close()

    def _heard(self, _socket: object, message: str) -> None:
        self._sign_of_life = time.monotonic()
        if len(message) > LONGEST_GREETING:
            return
        said = json.loads(message)
        if said.get("type") == "hello":
            connections = int(said.get("num_connections") or 1)
            self.greeted.set()
            self._hearing.greeted(connections)
            log.info("slack connected", connections=connections)
        elif said.get("type") == "disconnect":
            self.farewell = str(said.get("reason"))

    def _pinged(self, _socket: object, _message: object) -> None:
        self._sign_of_life = time.monotonic()

    def _ponged(self, _socket: object, _message: object) -> None:
        self._sign_of_life = time.monotonic()
        self._hearing.ponged()

    def _broken(self, session: Any, _error: Exception) -> None:
        """Let go of the socket: where Slack said goodbye first, websocket-client's own close leaves it open."""
        if session.sock is not None:
            session.sock.shutdown()

    def _closed(self, _socket: object) -> None:
        self.ended = True
        self.current_session_runner.event.set()  # else the reader would open the same address again
        if not self.closed:
            log.warning("slack disconnected; reconnecting")
            self._wake()

    def _answer(self, _client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        response = run_bolt_app(self._app, request)
        if request.type == "events_api":
            self._hearing.heard(request.payload, taken=response.status == HTTPStatus.OK)
        try:
            send_response(self, request, response, start_time=0.0)  # only for slack_sdk's own debug line
        except (WebSocketException, OSError, AttributeError) as lost:
            # The line ended between commit and ack: Slack sends it again, and the database knows it already.
            log.warning("ack not sent", reason=type(lost).__name__)
