"""What is told of the desk to machines: the web server with its pages and figures, and traces."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from bot.outbox.queries import refused, waiting
from bot.settings import Settings
from bot.tracing.collector import Tracing, tracing_to
from bot.web.access import Access
from bot.web.case_list import newest_cases
from bot.web.figures import Figures
from bot.web.health import Check, Outbox
from bot.web.latencies import Latencies
from bot.web.routes import DebugView, build_web
from bot.web.server import WebServer
from bot.wiring.desk import Desk
from bot.wiring.slack_edge import SlackEdge


def web_edge(settings: Settings, desk: Desk, slack: SlackEdge, checks: Mapping[str, Check]) -> WebServer:
    """Return the web server; where Slack calls us, its door stands there too."""
    latencies = Latencies()
    desk.measures.tell_to(latencies.hear)
    sockets = None if slack.door else lambda: float(slack.hearing.connections)
    token = settings.web_token.get_secret_value() if settings.web_token else ""
    web = build_web(
        checks,
        desk.clock,
        Figures(desk.database, desk.clock, checks, latencies, sockets),
        DebugView(partial(newest_cases, desk.database), settings.cors_origins) if settings.debug else None,
        Outbox(partial(waiting, desk.database), partial(refused, desk.database)),
        access=Access(token, is_proxied=settings.calls_come_in),
        door=slack.door.answer if slack.door else None,
    )
    return WebServer(web, settings.host, settings.port)


def tracing_of(settings: Settings, desk: Desk) -> Tracing | None:
    """Return who sends traces, where a collector is named; raises NoTracer."""
    if settings.otel_exporter_otlp_endpoint is None:
        return None
    headers = settings.otel_exporter_otlp_headers
    tracing = tracing_to(settings.otel_exporter_otlp_endpoint, headers.get_secret_value() if headers else "")
    desk.measures.tell_to(tracing.hear)
    return tracing
