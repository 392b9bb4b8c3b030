"""How long things took in this process, as Prometheus' histograms."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bot.measures import Deed, Measured

_TOLD = {
    Deed.MAIL_TO_CASE: ("From a mail's arrival in the mailbox to its case.", "outcome"),
    Deed.EVENT_TO_ACK: ("From Slack's call to our ack, which comes after the commit.", "kind"),
    Deed.CASE_TO_POST: ("From a decision to the words that tell it; for answers with the time to undo them.", "kind"),
}
_BUCKETS = {
    Deed.MAIL_TO_CASE: (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200),
    # Slack waits for three seconds.
    Deed.EVENT_TO_ACK: (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10),
    Deed.CASE_TO_POST: (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600),
}


class Latencies(Collector):
    """Hears what was measured and keeps it in buckets, from the start of the process on."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._histograms = {
            deed: Histogram(f"casebot_{deed}_seconds", told, [label], buckets=_BUCKETS[deed], registry=self._registry)
            for deed, (told, label) in _TOLD.items()
        }

    def hear(self, measured: Measured) -> None:
        """Count one deed."""
        self._histograms[measured.deed].labels(measured.sort).observe(measured.seconds)

    def collect(self) -> Iterable[Metric]:
        """Yield the histograms, without the times of their making, which nobody asked for."""
        for metric in self._registry.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric
