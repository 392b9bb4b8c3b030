"""The way to a collector, where one is named; nothing of OpenTelemetry is loaded before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol
from urllib.parse import unquote

from bot.measures import Measured


class NoTracer(Exception):
    """Traces are wanted, and the packages that send them are not installed."""


class Tracing(Protocol):
    """Sends what it hears."""

    def hear(self, measured: Measured) -> None:
        """Keep one deed as a span from its beginning to its end."""
        ...

    def close(self) -> None:
        """Send what is still here, if that goes quickly."""
        ...


def tracing_to(endpoint: str, headers: str) -> Tracing:
    """Return what sends to this collector (its base address). Raises NoTracer.

    `headers` is what it wants besides: name=value, comma-separated, the values percent-encoded.
    """
    try:
        from bot.tracing.otlp import Spans
    except ImportError as missing:
        raise NoTracer(
            f"OTEL_EXPORTER_OTLP_ENDPOINT is set, but {missing.name} is not installed: pip install 'casebot[otel]', "
            "or leave the setting empty."
        ) from missing
    return Spans(endpoint, dict(_pairs(headers)))


def _pairs(headers: str) -> Iterator[tuple[str, str]]:
    for pair in headers.split(","):
        name, equals, value = pair.partition("=")
        if equals:
            yield name.strip().lower(), unquote(value.strip())
