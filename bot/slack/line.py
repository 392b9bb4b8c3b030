"""One Socket Mode socket, from its opening to its end; it never opens another one by itself.

slack_sdk's client reconnects from three of its threads at once (its monitor, its reader, its processor); asked to move
while envelopes wait, they close each other's sockets and hear nothing for ten seconds and more. Here a line only tells
that it ends or must be left, and the connection opens the next one before it hangs up.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.interval_runner import IntervalRunner
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websocket_client import SocketModeClient
from websocket import WebSocketException

from bot.slack.copies import Copies
from bot.slack.hearing import Hearing

log = structlog.get_logger(__name__)

PING_SECONDS = 5.0
# Three pings without an answer, or no hello in that time: whatever the socket says, nobody is there.
SILENT_SECONDS = 20.0
# slack_sdk's reader looks for its session every half second; a line has just one, and it is there at once.
EAGER_SECONDS = 0.02
GOODBYE_SECONDS = 2.0
# Enough to fill a transaction of the intake, in which all who wait are taken in together.
LISTENERS = 20


class Line(SocketModeClient):
    """A socket that hands envelopes to the Bolt app and acks them on itself.

    `wake` is called, from the socket's threads, when the line must be left or ended by itself.
    """

    def __init__(self, app: App, app_token: str, web: WebClient, hearing: Hearing, wake: Callable[[], None]) -> None:
        self._parted = threading.Event()
        super().__init__(
            app_token,
            web_client=web,
            auto_reconnect_enabled=False,
            ping_interval=PING_SECONDS,
            concurrency=LISTENERS,
            on_error_listeners=[self._broken],
            on_close_listeners=[self._closed],
        )
        self._app = app
        self._hearing = hearing
        self._wake = wake
        self._sign_of_life = time.monotonic()
        self._copies = Copies()
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
        self.closed = True  # what comes from now on is not taken in
        self._parted.set()
        self.message_workers.shutdown()
        reader = self.current_session_runner
        reader.event.set()
        session: Any = self.current_session
        if session is not None and session.sock is not None:
            session.keep_running = False
            session.sock.abort()
            # A socket that is closed before its reader woke up never wakes it.
            reader.thread.join(GOODBYE_SECONDS)
        self.close()

    def _run_current_session(self) -> None:
        """Read without websocket-client's look at each byte in Python: decoding the envelope finds what is no UTF-8."""
        session: Any = self.current_session
        slack_sdk: Any = super()
        if session is not None:
            session.run_forever = partial(type(session).run_forever, session, skip_utf8_validation=True)
        slack_sdk._run_current_session()

    def enqueue_message(self, message: str | bytes) -> None:
        """Give an envelope to a worker at once; slack_sdk's way leads through a queue and another thread."""
        self._sign_of_life = time.monotonic()
        text = message if isinstance(message, str) else message.decode(errors="replace")
        said = json.loads(text) if text.startswith("{") else {}
        if said.get("type") == "hello":
            self._greeted(int(said.get("num_connections") or 1))
        elif said.get("type") == "disconnect":
            self.farewell = str(said.get("reason"))
            self.connect_to_new_endpoint()
        elif self._is_work(said):
            try:
                self.message_workers.submit(self.run_message_listeners, said, text)
            except RuntimeError:
                self._hearing.missed()  # we hang up: never looked at, so unacked; Slack may send it again, or not

    def process_messages(self) -> None:
        """Let slack_sdk's thread between reader and workers sleep: nothing passes through it."""
        self._parted.wait()

    def _greeted(self, connections: int) -> None:
        self.greeted.set()
        self._hearing.greeted(connections)
        log.info("slack connected", connections=connections)

    def _is_work(self, said: Mapping[str, Any]) -> bool:
        """Whether an envelope asks for work; an event that comes again waits for its first envelope, or is acked."""
        event = (said.get("payload") or {}).get("event_id") if said.get("type") == "events_api" else None
        if event is None:
            return True
        if self._copies.is_taken(event):
            self._ack(said["envelope_id"])
            return False
        return self._copies.is_new(event, said["envelope_id"])

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
        self._send(lambda: send_response(self, request, response, start_time=0.0))  # for slack_sdk's own debug line
        if request.type == "events_api":
            self._heard(request, taken=response.status == HTTPStatus.OK)

    def _heard(self, request: SocketModeRequest, *, taken: bool) -> None:
        """Note how an event ended, and let the envelopes in which it came again end the same way."""
        self._hearing.heard(request.payload, taken=taken)
        event = request.payload.get("event_id")
        if event is None:
            return
        if taken:
            for envelope in self._copies.taken(event):
                self._ack(envelope)
            return
        again = self._copies.failed(event)
        if again is not None:
            request.envelope_id = again
            self._answer(self, request)

    def _ack(self, envelope: str) -> None:
        self._send(lambda: self.send_socket_mode_response(SocketModeResponse(envelope_id=envelope)))

    def _send(self, send: Callable[[], None]) -> None:
        try:
            send()
        except (WebSocketException, OSError, AttributeError) as lost:
            # The line ended between commit and ack: Slack sends it again, and the database knows it already.
            log.warning("ack not sent", reason=type(lost).__name__)
