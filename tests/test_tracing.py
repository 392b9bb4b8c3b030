"""Traces reach a collector by OTLP over real HTTP; where none is named, nothing of OpenTelemetry's SDK is loaded."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from structlog.testing import capture_logs

from bot.measures import Deed, Measures
from bot.tracing import otlp
from bot.tracing.collector import NoTracer, tracing_to
from bot.tracing.otlp import Spans
from tests.cases.desk import StillClock
from tests.services.listening import listening
from tests.services.process import free_port


class Collector(HTTPServer):
    """Keeps what was sent to it, and what was said besides."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Reception)
        self.exports: list[ExportTraceServiceRequest] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Reception(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/traces":
            self.server.exports.append(ExportTraceServiceRequest.FromString(body))
        self.server.keys.append(self.headers["api-key"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with listening(Collector()) as running:
        yield running


def test_a_deed_is_a_span_from_its_beginning_to_its_end(collector: Collector) -> None:
    clock = StillClock()
    tracing = tracing_to(collector.url, "api-key=one%20two, other=3")
    measures = Measures(clock)
    measures.tell_to(tracing.hear)

    measures.took(Deed.EVENT_TO_ACK, "event", 0.25, correlation="1f2e", case="CASE-1", delivery=None)
    measures.since(Deed.MAIL_TO_CASE, "opened", clock.now() - timedelta(seconds=4))
    tracing.close()

    [export] = collector.exports
    [sent] = export.resource_spans
    ack, mail = sent.scope_spans[0].spans
    ended = int(clock.now().timestamp()) * 10**9
    assert {one.key: one.value.string_value for one in sent.resource.attributes}["service.name"] == "casebot"
    assert (ack.name, ack.end_time_unix_nano - ack.start_time_unix_nano) == ("event_to_ack", 250_000_000)
    assert (mail.name, mail.start_time_unix_nano, mail.end_time_unix_nano) == ("mail_to_case", ended - 4 * 10**9, ended)
    assert {one.key: one.value.string_value for one in ack.attributes} == {
        "casebot.sort": "event",
        "casebot.correlation": "1f2e",
        "casebot.case": "CASE-1",
    }
    assert collector.keys == ["one two"]


def test_a_collector_that_is_away_stops_nothing_and_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp, "EXPORT_SECONDS", 0.2)
    spans = Spans(f"http://127.0.0.1:{free_port()}", {})
    measures = Measures(StillClock())
    measures.tell_to(spans.hear)

    with capture_logs() as lines:
        for _ in range(2):
            measures.took(Deed.CASE_TO_POST, "card", 1)
            spans.flush()
        spans.close()

    assert [line["event"].split(";")[0] for line in lines] == ["traces are not taken"]


def test_without_a_collector_nothing_is_loaded() -> None:
    look = "import sys, bot.tracing.collector; print([name for name in sys.modules if 'opentelemetry' in name])"

    assert subprocess.check_output([sys.executable, "-c", look], text=True).strip() == "[]"


def test_without_the_packages_the_refusal_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bot.tracing.otlp", None)

    with pytest.raises(NoTracer, match=r"pip install 'casebot\[otel\]', or leave the setting empty"):
        tracing_to("http://localhost:4318", "")
