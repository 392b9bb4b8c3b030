"""Traces: each deed that was measured becomes a span at an OpenTelemetry collector, by OTLP over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.measures import Measured

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

NANOSECONDS = 1_000_000_000
EXPORT_SECONDS = 5.0
LAST_WORDS_MILLISECONDS = 1_000


class NoTracer(Exception):
    """Traces are wanted, and the packages that send them are not installed."""


class Tracing:
    """Sends spans in the background, a batch every few seconds; what a collector that is away misses is dropped.

    A deed is told when it ended, so each span stands for itself. What belongs together has the same `case`, and the
    same `correlation` as the log's lines.
    """

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("casebot")

    def hear(self, measured: Measured) -> None:
        """Keep one deed as a span from its beginning to its end."""
        ended = int(measured.ended_at.timestamp() * NANOSECONDS)
        facts = {f"casebot.{name}": fact for name, fact in measured.facts.items()}
        span = self._tracer.start_span(
            measured.deed.value,
            attributes={"casebot.sort": measured.sort, **facts},
            start_time=ended - int(measured.seconds * NANOSECONDS),
        )
        span.end(ended)

    def close(self) -> None:
        """Send what is still here, if that goes quickly."""
        self._provider.force_flush(LAST_WORDS_MILLISECONDS)
        self._provider.shutdown()


def tracing_to(endpoint: str, headers: str) -> Tracing:
    """Return what sends to this collector (base address); nothing of OpenTelemetry is loaded before. Raises NoTracer.

    `headers` is what it wants besides: name=value, comma-separated, the values percent-encoded.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as missing:
        raise NoTracer(
            f"OTEL_EXPORTER_OTLP_ENDPOINT is set, but {missing.name} is not installed: pip install 'casebot[otel]', "
            "or leave the setting empty."
        ) from missing
    resource = Resource({"service.name": "casebot", "service.version": version("casebot")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{endpoint}/v1/traces", headers=dict(_pairs(headers)), timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(provider)


def _pairs(headers: str) -> Iterator[tuple[str, str]]:
    for pair in headers.split(","):
        name, equals, value = pair.partition("=")
        if equals:
            yield name.strip().lower(), unquote(value.strip())
