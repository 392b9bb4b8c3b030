"""The server: answers while it runs, and a taken port is one clear line."""

import http.client
import socket

import pytest

from bot.web.health import Check
from bot.web.routes import build_web
from bot.web.server import PortTaken, WebServer
from tests.services.process import free_port


def server_at(port: int) -> WebServer:
    return WebServer(build_web({"database": Check(lambda: "")}), "127.0.0.1", port)


def answered(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_answers_from_its_start_to_its_stop() -> None:
    port = free_port()
    server = server_at(port)

    server.start()
    statuses = [answered(port, path) for path in ("/live", "/health")]
    server.stop()

    assert statuses == [200, 200]
    with pytest.raises(ConnectionRefusedError):
        answered(port, "/live")


def test_a_taken_port_says_what_to_set() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(PortTaken) as taken:
            server_at(port).start()

    assert str(taken.value) == (
        f"Another program listens on 127.0.0.1:{port} already. Stop it, or set PORT to a free one."
    )


def test_an_address_of_another_machine_says_what_to_correct() -> None:
    server = WebServer(build_web({}), "192.0.2.1", free_port())

    with pytest.raises(PortTaken, match=r"can't be listened on \(.+\)\. Correct HOST and PORT\."):
        server.start()


def test_stopping_what_never_started_is_no_fault() -> None:
    server_at(free_port()).stop()
