"""The world of these tests: a running sandbox, a raw Socket Mode client, and a real Bolt app."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import httpx
import pytest
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from tests.sandbox.wire import Wire, hang_up, hello_world

Connect: TypeAlias = Callable[[], Wire]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> WebClient:
    environment = sandbox.environment()
    return WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"], retry_handlers=[])


@pytest.fixture
def connect(sandbox: Sandbox, client: WebClient) -> Iterator[Connect]:
    """Open sockets past their hello; each call one more."""
    wires: list[Wire] = []

    def open_one() -> Wire:
        wires.append(Wire(client, sandbox.workspace.app_token))
        assert wires[-1].hear()["type"] == "hello"
        return wires[-1]

    yield open_one
    for wire in wires:
        wire.close()


@pytest.fixture
def wire(connect: Connect) -> Wire:
    return connect()


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """The sandbox's own page, as far as the server can tell."""
    origin = sandbox.url.rstrip("/")
    with httpx.Client(base_url=origin, headers={"Origin": origin}, follow_redirects=True, timeout=30) as page:
        yield page


@pytest.fixture(scope="module")
def bolt() -> Iterator[Sandbox]:
    """A sandbox with an unchanged hello-world app in it, over real TCP."""
    with Sandbox() as running:
        environment = running.environment()
        client = WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        handler = SocketModeHandler(hello_world(client), environment["SLACK_APP_TOKEN"])
        handler.client.connect()
        running.workspace.wait_for(lambda: running.link.connections)
        yield running
        hang_up(handler.client)
