"""The heartbeat reaches its address, and a failure stops nothing."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from structlog.testing import capture_logs

from bot.tls import tls_context
from bot.web.heartbeat import Heartbeat
from tests.services.listening import listening
from tests.services.process import free_port


class Service(HTTPServer):
    """A dead-man's-switch service that counts, and answers with this status."""

    status = 200
    heard = 0


class Ear(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.heard += 1
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with listening(Service(("127.0.0.1", 0), Ear)) as running:
        yield running


def test_a_beat_is_heard(service: Service) -> None:
    Heartbeat(f"http://127.0.0.1:{service.server_port}/ping/abc", tls_context()).beat()

    assert service.heard == 1


def test_a_beat_that_is_not_heard_is_logged_once_without_its_address(service: Service) -> None:
    service.status = 500
    heart = Heartbeat(f"http://127.0.0.1:{service.server_port}/ping/abc", tls_context())
    with capture_logs() as lines:
        heart.beat()
        heart.beat()
        service.status = 200
        heart.beat()
        service.status = 500
        heart.beat()

    assert [line["event"] for line in lines] == ["heartbeat not heard"] * 2
    assert "abc" not in str(lines)
    assert service.heard == 4


def test_nobody_there_is_no_reason_to_stop() -> None:
    with capture_logs() as lines:
        Heartbeat(f"http://127.0.0.1:{free_port()}/ping", tls_context()).beat()

    assert len(lines) == 1
