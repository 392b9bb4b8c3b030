"""The whole sandbox in one background thread: Slack, mailbox and page on 127.0.0.1."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from datetime import timedelta
from types import TracebackType
from typing import Self, TypeVar

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.sandbox import snapshot
from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.connections import end_connections, reset
from bot.sandbox.environment import environment_of
from bot.sandbox.faults import Faults
from bot.sandbox.file_routes import FileRoutes
from bot.sandbox.http_link import PAUSES, HttpLink
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.page import Page
from bot.sandbox.page_plugs import Outlets, Switch
from bot.sandbox.plugs import Plugs
from bot.sandbox.shapes import Json
from bot.sandbox.socket_mode import SocketLink
from bot.sandbox.web_api import WebApi
from bot.sandbox.workspace import Workspace

log = structlog.get_logger(__name__)
T = TypeVar("T")
HOST = "127.0.0.1"
START_TIMEOUT = 10.0
OnClock = Callable[[timedelta], None]


class MailPortTaken(Exception):
    """The IMAP or SMTP port that was asked for is somebody else's."""


class Sandbox:
    """A context manager: `with Sandbox() as sandbox:` serves until the block ends.

    `port` 0 takes a free one; `on_clock` is called with each step of the clock, so that others can be told.
    `plugs` lets the page kill and start the bot.
    A taken port raises OSError in the thread that starts it.
    """

    def __init__(
        self,
        port: int = 0,
        clock: SandboxClock | None = None,
        on_clock: OnClock | None = None,
        *,
        plugs: Plugs | None = None,
        imap_port: int = 0,
        smtp_port: int = 0,
    ) -> None:
        self.clock = clock or SandboxClock()
        self.changes = Changes()
        self.link = SocketLink()
        self.calls: HttpLink | None = None
        """Where Slack calls the bot instead of waiting for its socket, once `deliver_by_http` was called."""
        self.faults = Faults()
        self.workspace = Workspace(self.clock, self.changes, self.link)
        self.mailbox = Mailbox(self.clock, self.changes, imap_port, smtp_port)
        self.outlets = Outlets(self.changes, self._switches(), plugs)
        self.page = Page(self.workspace, self.mailbox, self.outlets, self.advance)
        self.on_clock = on_clock
        self.plugs = plugs
        """The bot's own plug, where somebody runs one beside the sandbox; the page offers to pull it."""
        self.port = port
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._closing = asyncio.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None

    @property
    def url(self) -> str:
        """Where people look."""
        return f"http://{HOST}:{self.port}/"

    @property
    def api_url(self) -> str:
        """The value of SLACK_API_URL."""
        return f"{self.url}api/"

    @property
    def imap_port(self) -> int:
        """Where the desk's mailbox is read, in clear text."""
        return self.mailbox.imap_port

    @property
    def smtp_port(self) -> int:
        """Where the desk sends mail, in clear text."""
        return self.mailbox.smtp_port

    def environment(self) -> dict[str, str]:
        """Return the environment variables that connect a bot to this sandbox."""
        return environment_of(self)

    def deliver_by_http(self, url: str, pauses: tuple[float, ...] = PAUSES) -> HttpLink:
        """Call the bot at this address from now on (HTTP mode); `pauses` are the seconds before each further try."""
        self.calls = HttpLink(url, self.workspace.signing_secret, pauses)
        self.workspace.link = self.calls
        return self.calls

    @property
    def waiting(self) -> int:
        """How many events and clicks the bot has not answered yet, by whichever road."""
        return self.link.waiting + (self.calls.waiting if self.calls else 0)

    def advance(self, by: timedelta) -> None:
        """Move the clock on and tell `on_clock`."""
        self.clock.advance(by)
        if self.on_clock is not None:
            self.on_clock(by)
        with self.changes.writing():
            log.info("clock moved", by=str(by), offset=str(self.clock.offset))

    def pause_slack(self) -> None:
        """Slack goes away: the API answers 503, sockets drop and new ones are refused."""
        self.faults.slack_is_away = self.link.refusing = True
        self.link.cut()
        if self.calls is not None:
            self.calls.pause()

    def resume_slack(self) -> None:
        """Slack comes back; the bot has to connect again by itself."""
        self.faults.slack_is_away = self.link.refusing = False
        if self.calls is not None:
            self.calls.resume()

    def pause_mailbox(self) -> None:
        """The mailbox goes away: both ports close, open connections drop."""
        self._run(self.mailbox.stop())

    def resume_mailbox(self) -> None:
        """The mailbox comes back on the same ports, with all its mail."""
        self._run(self.mailbox.start())

    def _switches(self) -> dict[str, Switch]:
        slack = "Slack is away: the bot can’t reach it. What is written now reaches the bot when Slack is back."
        mailbox = "The mailbox is away: the bot can’t reach it. What is sent now lies there until it is back."
        return {
            "slack": Switch("Slack", self.pause_slack, self.resume_slack, lambda: not self.faults.slack_is_away, slack),
            "mailbox": Switch(
                "Mailbox", self.pause_mailbox, self.resume_mailbox, lambda: not self.mailbox.is_away, mailbox
            ),
        }

    def snapshot(self) -> Json:
        """Return the state as JSON; another sandbox goes on from there with `restore`."""
        return snapshot.take(self)

    def restore(self, kept: Json) -> None:
        """Go on where a snapshot was taken; call it before anything happens here. ValueError for an unknown format."""
        self.clock.advance(max(timedelta(0), timedelta(seconds=kept.get("offset", 0)) - self.clock.offset))
        snapshot.restore(self, kept)

    def settle(self, timeout: float = 10) -> None:
        """Wait until every envelope was acked or given up."""
        self.changes.wait_for(lambda: self.waiting == 0, timeout, (self.calls or self.link).describe)

    def start(self) -> None:
        """Serve from a background thread; returns when all ports answer."""
        listener = socket.create_server((HOST, self.port))
        self.port = listener.getsockname()[1]
        self.workspace.url = self.url
        self.workspace.socket_url = self._socket_url
        self._thread = threading.Thread(target=self._serve_thread, args=(listener,), name="sandbox", daemon=True)
        self._thread.start()
        if not self._ready.wait(START_TIMEOUT):
            raise TimeoutError("the sandbox did not start")
        if isinstance(self._failure, OSError):
            raise MailPortTaken(f"a port for mail can't be used ({self._failure}); choose others") from self._failure
        if self._failure is not None:
            raise self._failure
        log.info("sandbox serves, to this machine only", url=self.url, imap=self.imap_port, smtp=self.smtp_port)

    def stop(self) -> None:
        """Close every port and connection and end the thread."""
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(START_TIMEOUT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, work: Coroutine[None, None, T]) -> T:
        if self._loop is None:
            work.close()
            raise RuntimeError("the sandbox is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_TIMEOUT)

    def _socket_url(self) -> str:
        return f"ws://{HOST}:{self.port}/link/?ticket={self.link.ticket()}&app_id={self.workspace.app_id}"

    def _serve_thread(self, listener: socket.socket) -> None:
        try:
            asyncio.run(self._serve(listener))
        except Exception as failure:  # noqa: BLE001  (told to the starting thread)
            self._failure = failure
        finally:
            listener.close()
            self._ready.set()

    async def _serve(self, listener: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        self.link.attach(self._loop)
        await self.mailbox.start()
        self._uvicorn = uvicorn.Server(self._uvicorn_config())
        serving = asyncio.create_task(self._uvicorn.serve(sockets=[listener]))
        while not self._uvicorn.started and not serving.done():
            await asyncio.sleep(0.005)
        self._ready.set()
        await self._closing.wait()
        self.page.close()
        self.link.close()
        if self.calls is not None:
            await asyncio.to_thread(self.calls.close)
        await self.mailbox.stop()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await end_connections(self._uvicorn)

    def _uvicorn_config(self) -> uvicorn.Config:
        return uvicorn.Config(
            Starlette(routes=self._routes()),
            http="h11",
            ws="websockets-sansio",
            ws_max_size=64 * 1024 * 1024,
            ws_ping_interval=10,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )

    def _routes(self) -> list[BaseRoute]:
        api = WebApi(self.workspace, self.faults, self._reset)

        async def link(websocket: WebSocket) -> None:
            await self.link.serve(websocket)

        async def call(request: Request) -> Response:
            return await api.call(request)

        async def respond(request: Request) -> Response:
            return await api.respond(request)

        return [
            Route("/api/{method}", call, methods=["GET", "POST"]),
            Route("/response/{key}", respond, methods=["POST"]),
            WebSocketRoute("/link/", link),
            *FileRoutes(self.workspace, self.faults).routes(),
            *self.page.routes(),
        ]

    def _reset(self, peer: tuple[str, int]) -> None:
        """Reset the connection of this client: TCP RST, no answer."""
        connections = self._uvicorn.server_state.connections if self._uvicorn else set()
        for connection in connections:
            if isinstance(connection, H11Protocol) and connection.client == peer:
                reset(connection.transport)
                return
