"""Spans by OTLP over HTTP: in the background, a batch every few seconds."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from bot.measures import Measured

log = structlog.get_logger(__name__)

NANOSECONDS = 1_000_000_000
EXPORT_SECONDS = 5.0
LAST_WORDS_MILLISECONDS = 1_000


class Spans:
    """Makes spans of deeds and sends them; what a collector that is away misses is dropped.

    A deed is told when it ended, so each span stands for itself. What belongs together has the same `case`, and the
    same `correlation` as the log's lines.
    """

    def __init__(self, endpoint: str, headers: Mapping[str, str]) -> None:
        resource = Resource({"service.name": "casebot", "service.version": version("casebot")})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(_Export(endpoint, headers)))
        self._tracer = self._provider.get_tracer("casebot")

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

    def flush(self) -> None:
        """Send what is still here, if that goes quickly."""
        self._provider.force_flush(LAST_WORDS_MILLISECONDS)

    def close(self) -> None:
        """Send what is still here, and end."""
        self.flush()
        self._provider.shutdown()


class _Export(OTLPSpanExporter):
    """Says once that the collector is away, and once that it is back; the library says it three times a batch."""

    def __init__(self, endpoint: str, headers: Mapping[str, str]) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        super().__init__(f"{endpoint}/v1/traces", headers=dict(headers), timeout=EXPORT_SECONDS)
        self._told = endpoint
        self._is_failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send one batch."""
        result = super().export(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed and not self._is_failing:
            log.warning("traces are not taken; they are dropped until the collector is back", collector=self._told)
        elif self._is_failing and not failed:
            log.info("traces are taken again", collector=self._told)
        self._is_failing = failed
        return result
