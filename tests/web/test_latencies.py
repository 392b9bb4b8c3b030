"""What was measured where it happened stands in /metrics as histograms, as Prometheus' own parser reads them."""

from datetime import timedelta

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from bot.db import Database
from bot.measures import Deed, Measures
from bot.web.figures import Figures
from bot.web.latencies import Latencies
from tests.cases.desk import StillClock
from tests.web.visitor import visit


def test_each_deed_is_counted_in_its_buckets() -> None:
    clock, latencies = StillClock(), Latencies()
    measures = Measures(clock)
    measures.tell_to(latencies.hear)

    measures.took(Deed.EVENT_TO_ACK, "event", 0.02, correlation="1")
    measures.took(Deed.EVENT_TO_ACK, "event", 0.3, correlation="2")
    measures.since(Deed.MAIL_TO_CASE, "opened", clock.now() - timedelta(seconds=4), case="CASE-1")
    measures.since(Deed.CASE_TO_POST, "card", clock.now() + timedelta(seconds=1))  # a clock that was set back

    figures = Figures(Database("sqlite:////no/such/folder/cases.db"), clock, {}, latencies, sockets=lambda: 2)
    families = {family.name: family for family in _families(visit({}, "/metrics", figures=figures).text)}
    acks = {sample.labels.get("le"): sample.value for sample in families["casebot_event_to_ack_seconds"].samples}
    assert families["casebot_event_to_ack_seconds"].type == "histogram"
    assert (acks["0.01"], acks["0.025"], acks["0.5"], acks["+Inf"]) == (0, 1, 2, 2)
    assert _sum(families["casebot_mail_to_case_seconds"].samples) == 4
    assert _sum(families["casebot_case_to_post_seconds"].samples) == 0
    assert [sample.value for sample in families["casebot_slack_sockets"].samples] == [2]


def _families(text: str) -> list[Metric]:
    return list(text_string_to_metric_families(text))


def _sum(samples: list[Sample]) -> float:
    return next(sample.value for sample in samples if sample.name.endswith("_sum"))
