"""POST /slack/events before anybody reads it: too large, too slow, too many; what passes goes whole to the door."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.web import slack_calls
from bot.web.routes import build_web
from bot.web.server import WebServer
from tests.services.process import free_port, wait_until

Answered = Callable[[Request, bytes], Response]


@contextmanager
def served(door: Answered) -> Iterator[int]:
    port = free_port()
    server = WebServer(build_web({}, door=door), "127.0.0.1", port)
    server.start()
    try:
        yield port
    finally:
        server.stop()


@pytest.fixture(scope="module")
def echo() -> Iterator[int]:
    """A door that says how much it was handed, and by whom it was called."""
    with served(lambda request, body: PlainTextResponse(f"{len(body)} {request.headers['user-agent']}")) as port:
        yield port


def called(port: int, body: bytes | None, method: str = "POST", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, "/slack/events", body, {"User-Agent": "Slackbot", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_call_goes_whole_to_the_door(echo: int) -> None:
    body = b"x" * slack_calls.MOST_BYTES

    assert called(echo, body) == (200, f"{len(body)} Slackbot")


def test_a_body_that_is_too_large_is_not_read(echo: int) -> None:
    told = called(echo, b"x", **{"Content-Length": str(slack_calls.MOST_BYTES + 1)})
    chunks = (b"x" * 100_000 for _ in range(22))
    connection = http.client.HTTPConnection("127.0.0.1", echo, timeout=5)
    try:
        connection.request("POST", "/slack/events", chunks, {"User-Agent": "Slackbot"}, encode_chunked=True)
        untold = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):  # it hung up while we still spoke
        untold = 413
    finally:
        connection.close()

    assert (told[0], untold) == (413, 413)


def test_a_body_that_never_ends_is_given_up(echo: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_calls, "BODY_SECONDS", 0.1)
    with socket.create_connection(("127.0.0.1", echo), timeout=5) as slow:
        slow.sendall(b"POST /slack/events HTTP/1.1\r\nHost: desk\r\nContent-Length: 100\r\n\r\nhalf")

        assert slow.recv(1000).startswith(b"HTTP/1.1 408")


def test_only_posts_are_calls(echo: int) -> None:
    assert called(echo, None, "GET")[0] == 405


def test_more_than_can_be_answered_in_time_is_sent_away_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_calls, "MOST_WAITING", 1)
    entered, released = threading.Event(), threading.Event()
    answers: list[int] = []

    def slow(_request: Request, _body: bytes) -> Response:
        entered.set()
        released.wait(10)
        return PlainTextResponse("done")

    with served(slow) as port:
        first = threading.Thread(target=lambda: answers.append(called(port, b"one")[0]))
        first.start()
        wait_until(entered.is_set, "the first call")
        second = called(port, b"two")[0]
        released.set()
        first.join()

    assert (second, answers) == (503, [200])
