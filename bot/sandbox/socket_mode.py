"""Socket Mode as Slack serves it: hello, envelopes, acks, redelivery, refresh and the limit of connections."""

import asyncio
import json
import secrets
import threading
import uuid
from collections import deque
from dataclasses import dataclass, field

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.disorder import Disorder
from bot.sandbox.people import APP_ID
from bot.sandbox.shapes import Envelope, Json

log = structlog.get_logger(__name__)
ACK_TIMEOUT = 3.0
RETRIES = 3
MOST_CONNECTIONS = 10
RETIREMENT = 10.0
"""Seconds that a connection stays open after it was told to move."""


@dataclass(eq=False)
class Connection:
    """One open WebSocket; a retiring one gets nothing new while another is there, a deaf one gets no envelopes."""

    websocket: WebSocket
    outgoing: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)
    retiring: bool = False
    deaf: bool = False


@dataclass(eq=False)
class Flight:
    """An envelope on its way, waiting for its ack."""

    envelope: Envelope
    timer: asyncio.TimerHandle | None = None


class SocketLink:
    """All connections of the app. `send` may be called from any thread, the rest runs in the sandbox's loop."""

    def __init__(self, ack_timeout: float = ACK_TIMEOUT) -> None:
        self.ack_timeout = ack_timeout
        """Seconds after which an event is sent again and a click has failed."""
        self.keeps_events = True
        """Whether events wait while nobody is connected; Slack gives them up after some minutes."""
        self.refusing = False
        self.disorder = Disorder()
        self.lost: list[Json] = []
        """Payloads of events that were given up."""
        self.timeouts: list[Json] = []
        """Payloads of clicks and commands that nobody acked in time."""
        self.retried = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tickets: set[str] = set()
        self._open: list[Connection] = []
        self._turn = 0
        self._parked: deque[Envelope] = deque()
        self._flights: dict[str, Flight] = {}
        self._handed: list[Envelope] = []
        self._count = threading.Lock()

    @property
    def connections(self) -> int:
        """How many sockets are open and not about to be closed."""
        return sum(not connection.retiring for connection in self._open)

    @property
    def waiting(self) -> int:
        """How many envelopes are not acked yet, on their way or parked."""
        with self._count:
            return len(self._handed) + len(self._parked) + len(self._flights)

    def describe(self) -> str:
        """Return what waits for its ack, a line each, for error messages."""
        waiting = [*self._parked, *(flight.envelope for flight in list(self._flights.values()))]
        lines = [f"{self.connections} sockets, {len(waiting)} envelopes wait:"]
        for envelope in waiting[:20]:
            event = envelope.payload.get("event") or envelope.payload
            lines.append(f"  {envelope.kind} {event.get('type') or event.get('command')}, try {envelope.attempt + 1}")
        return "\n".join(lines)

    def unheard(self) -> list[Json]:
        """Return the payloads of events that nobody acked yet, for a snapshot."""
        with self._count:
            flying = [flight.envelope for flight in list(self._flights.values())]
            waiting = {id(envelope): envelope for envelope in (*flying, *list(self._parked), *self._handed)}
        return [envelope.payload for envelope in waiting.values() if envelope.is_event]

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to send, from this loop."""
        self._loop = loop

    def ticket(self) -> str:
        """Return a ticket for one connection (apps.connections.open)."""
        ticket = str(uuid.uuid4())
        self._tickets.add(ticket)
        return ticket

    def send(self, envelope: Envelope) -> None:
        """Hand over one envelope from any thread; does not wait."""
        if self._loop is None:
            self._parked.append(envelope)
            return
        with self._count:
            self._handed.append(envelope)
        self._loop.call_soon_threadsafe(self._arrived, envelope)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to move: `warning`, `refresh_requested` or `link_disabled`."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ask_to_move, reason)

    def cut(self) -> None:
        """Drop every socket without a word."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._drop_all)

    def deafen(self) -> None:
        """Let every open socket answer pings and carry no envelope any more; those opened later are sound."""
        for connection in list(self._open):
            connection.deaf = True

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one WebSocket until it closes."""
        ticket = websocket.query_params.get("ticket", "")
        if self.refusing or ticket not in self._tickets:
            await websocket.close()
            return
        self._tickets.discard(ticket)
        await websocket.accept()
        connection = Connection(websocket)
        if len(self._open) >= MOST_CONNECTIONS:
            await websocket.send_text(_farewell("too_many_websockets"))
            await websocket.close()
            return
        self._open.append(connection)
        log.info("socket opened", connections=len(self._open))
        writer = asyncio.create_task(_write(connection))
        connection.outgoing.put_nowait(json.dumps(self._hello()))
        self._unpark()
        try:
            await self._read(websocket)
        finally:
            self._open.remove(connection)
            connection.outgoing.put_nowait(None)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            log.info("socket closed", connections=len(self._open))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {"host": "applink-sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }

    async def _read(self, websocket: WebSocket) -> None:
        try:
            while True:
                self._heard(await websocket.receive_text())
        except (WebSocketDisconnect, RuntimeError):  # it said goodbye, or was cut off by us
            return

    def _heard(self, text: str) -> None:
        """Take an ack; anything else is ignored, as Slack does."""
        try:
            ack = json.loads(text)
        except ValueError:
            return
        flight = self._flights.pop(str(ack.get("envelope_id")), None) if isinstance(ack, dict) else None
        if flight is None:
            return
        if flight.timer is not None:
            flight.timer.cancel()
        if flight.envelope.settle is not None:
            flight.envelope.settle("acked", ack.get("payload"))

    def _arrived(self, envelope: Envelope) -> None:
        self._dispatch(envelope)
        with self._count:
            self._handed.remove(envelope)

    def _dispatch(self, envelope: Envelope) -> None:
        connection = self._next_connection()
        if connection is None:
            self._nobody_there(envelope)
            return
        envelope_id = str(uuid.uuid4())
        flight = Flight(envelope)
        self._flights[envelope_id] = flight
        loop = asyncio.get_running_loop()
        if not connection.deaf:
            frame = json.dumps(_framed(envelope, envelope_id))
            for seconds in self.disorder.delays(is_event=envelope.is_event):
                if seconds:
                    loop.call_later(seconds, connection.outgoing.put_nowait, frame)
                else:
                    connection.outgoing.put_nowait(frame)
        flight.timer = loop.call_later(self.ack_timeout, self._unanswered, envelope_id)

    def _next_connection(self) -> Connection | None:
        ready = [c for c in self._open if not c.retiring] or self._open
        self._turn += 1
        return ready[self._turn % len(ready)] if ready else None

    def _nobody_there(self, envelope: Envelope) -> None:
        if envelope.is_event and self.keeps_events:
            self._parked.append(envelope)
        else:
            self._give_up(envelope, "no_connection")

    def _unpark(self) -> None:
        parked, self._parked = self._parked, deque()
        for envelope in parked:
            self._dispatch(envelope)

    def _unanswered(self, envelope_id: str) -> None:
        envelope = self._flights.pop(envelope_id).envelope
        if not envelope.is_event:
            self._give_up(envelope, "operation_timeout")
        elif envelope.attempt >= RETRIES:
            self._give_up(envelope, "timeout")
        else:
            envelope.attempt += 1
            envelope.retry_reason = "timeout"
            self.retried += 1
            self._dispatch(envelope)

    def _give_up(self, envelope: Envelope, outcome: str) -> None:
        (self.lost if envelope.is_event else self.timeouts).append(envelope.payload)
        log.warning("envelope given up", kind=envelope.kind, outcome=outcome)
        if envelope.settle is not None:
            envelope.settle(outcome, None)

    def _ask_to_move(self, reason: str) -> None:
        loop = asyncio.get_running_loop()
        for connection in self._open:
            if not connection.retiring:
                connection.retiring = True
                connection.outgoing.put_nowait(_farewell(reason))
                loop.call_later(RETIREMENT, connection.outgoing.put_nowait, None)

    def _drop_all(self) -> None:
        for connection in self._open:
            connection.retiring = True
            connection.outgoing.put_nowait(None)

    def close(self) -> None:
        """Stop: no timers, no envelopes; called in the loop."""
        self.refusing = True
        self._loop = None
        for flight in self._flights.values():
            if flight.timer is not None:
                flight.timer.cancel()
            if flight.envelope.settle is not None:
                flight.envelope.settle("no_connection", None)
        self._flights.clear()
        self._drop_all()


async def _write(connection: Connection) -> None:
    """Send what is queued, in order; None closes the socket."""
    while (text := await connection.outgoing.get()) is not None:
        try:
            await connection.websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            return
    try:
        await connection.websocket.close()
    except RuntimeError:
        return


def _framed(envelope: Envelope, envelope_id: str) -> Json:
    frame: Json = {
        "envelope_id": envelope_id,
        "payload": envelope.payload,
        "type": envelope.kind,
        "accepts_response_payload": not envelope.is_event,
    }
    if envelope.is_event:
        frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.retry_reason}
    return frame


def _farewell(reason: str) -> str:
    host = f"applink-sandbox-{secrets.token_hex(2)}"
    return json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": host}})
