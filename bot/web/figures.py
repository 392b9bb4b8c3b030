"""The figures of /metrics, in Prometheus's text form: read from the database when asked, at most every few seconds."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.registry import Collector
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from bot.cases.models import Case, Escalation, Message
from bot.clock import Clock
from bot.db import Database
from bot.outbox.models import Delivery, DeliveryState, unsettled
from bot.web.health import Check, works
from bot.web.latencies import Latencies

__all__ = ["CONTENT_TYPE", "Figures"]

# Counting reads whole tables: whoever asks more often gets the last answer.
FRESH = timedelta(seconds=15)
_SETTLED = (DeliveryState.SENT, DeliveryState.FOLDED, DeliveryState.REFUSED)


class Figures(Collector):
    """Counts what is stored and how old things are. Without its database it still tells which services work."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        checks: Mapping[str, Check],
        latencies: Latencies | None = None,
        sockets: Callable[[], float] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._checks = checks
        self._sockets = sockets
        self._registry = CollectorRegistry()
        self._registry.register(self)
        if latencies is not None:
            self._registry.register(latencies)
        self._lock = threading.Lock()
        self._counted: list[Metric] = []
        self._counted_at: datetime | None = None

    def exposition(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """Yield the figures: of services and ages always fresh, of stored things at most FRESH old."""
        now = self._clock.now()
        yield from self._services(now)
        if self._sockets is not None:
            told = "Socket Mode sockets of the app, as Slack last counted them."
            yield GaugeMetricFamily("casebot_slack_sockets", told, value=self._sockets())
        yield from self._stored(now)

    def _services(self, now: datetime) -> Iterator[Metric]:
        up = GaugeMetricFamily("casebot_service_up", "Whether a service works or is switched off.", labels=["service"])
        age = GaugeMetricFamily(
            "casebot_service_age_seconds", "How long ago a service last did its work.", labels=["service"]
        )
        for name, check in self._checks.items():
            up.add_metric([name], float(works(check)))
            worked_at = None if check.disabled else check.worked_at()
            if worked_at is not None:
                age.add_metric([name], max(0.0, (now - worked_at).total_seconds()))
        yield up
        yield age

    def _stored(self, now: datetime) -> list[Metric]:
        with self._lock:
            if self._counted_at is None or not timedelta(0) <= now - self._counted_at < FRESH:
                try:
                    with self._database.readers.begin() as session:
                        self._counted = [count(session, now) for count in COUNTS]
                except SQLAlchemyError:
                    return []  # told by casebot_service_up
                self._counted_at = now
            return self._counted


def _messages(session: Session, _now: datetime) -> Metric:
    family = CounterMetricFamily("casebot_messages", "Messages taken in, by channel.", labels=["channel", "sender"])
    rows = session.exec(
        select(Message.source, Message.is_admin, func.count()).group_by(Message.source, col(Message.is_admin))
    )
    for source, is_admin, count in rows:
        family.add_metric([source, "team" if is_admin else "customer"], count)
    return family


def _cases(session: Session, _now: datetime) -> Metric:
    family = GaugeMetricFamily("casebot_cases", "Cases, by state.", labels=["state"])
    counted = select(Case.status, Case.escalated, func.count()).group_by(Case.status, col(Case.escalated))
    totals: Counter[str] = Counter({"open": 0, "escalated": 0, "closed": 0})
    for status, escalated, count in session.exec(counted):
        totals["escalated" if escalated and status == "open" else status] += count
    for state, count in totals.items():
        family.add_metric([state], count)
    return family


def _escalations(session: Session, _now: datetime) -> Metric:
    family = CounterMetricFamily("casebot_escalations", "Reasons of escalations.", labels=["reason"])
    reasons = (reason["kind"] for row in session.exec(select(Escalation.reasons)) for reason in row)
    for kind, count in sorted(Counter(reasons).items()):
        family.add_metric([kind], count)
    return family


def _deliveries(session: Session, _now: datetime) -> Metric:
    family = CounterMetricFamily("casebot_deliveries", "Things said or not said, by kind.", labels=["kind", "outcome"])
    counted = select(Delivery.kind, Delivery.state, func.count()).where(col(Delivery.state).in_(_SETTLED))
    for kind, state, count in session.exec(counted.group_by(Delivery.kind, Delivery.state)):
        family.add_metric([kind, state], count)
    return family


def _waiting(session: Session, _now: datetime) -> Metric:
    waiting = session.exec(select(func.count()).select_from(Delivery).where(unsettled())).one()
    return GaugeMetricFamily("casebot_deliveries_waiting", "Things that are still to be said.", value=waiting)


def _oldest_due(session: Session, now: datetime) -> Metric:
    oldest = session.exec(select(Delivery.due_at).where(unsettled()).order_by(col(Delivery.due_at)).limit(1)).first()
    age = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return GaugeMetricFamily("casebot_delivery_oldest_due_seconds", "How overdue the oldest delivery is.", value=age)


COUNTS: tuple[Callable[[Session, datetime], Metric], ...] = (
    _messages,
    _cases,
    _escalations,
    _deliveries,
    _waiting,
    _oldest_due,
)
