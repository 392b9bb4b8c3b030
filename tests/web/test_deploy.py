"""What stands beside Casebot speaks of what there is: every figure it names is exported, every limit is ours."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.measures import Deed, Measures
from bot.outbox.models import Delivery, DeliveryState
from bot.settings import SLACK_PATH
from bot.web import pace, slack_calls
from bot.web.figures import FRESH, Figures
from bot.web.health import Check
from bot.web.latencies import Latencies
from tests.cases.desk import CARA, Desk
from tests.services.standing import opened

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "bot" / "deploy"
FIGURE = re.compile(r"\bcasebot_\w+")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all samples that a desk exports in which everything happened once."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('figures') / 'cases.db'}") as database:
        desk = Desk(database)
        desk.says(CARA, "This is urgent")
        with database.writers.begin() as session:
            session.get_one(Delivery, 1).state = DeliveryState.SENT
        latencies, measures = Latencies(), Measures(desk.clock)
        measures.tell_to(latencies.hear)
        for deed in Deed:
            measures.took(deed, "any", 1)
        checks = {"slack": Check(lambda: "", worked_at=desk.clock.now)}
        desk.clock.advance(FRESH + timedelta(seconds=1))
        text = Figures(database, desk.clock, checks, latencies, lambda: 1).exposition().decode()
    return {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}


def dashboard() -> dict[str, Any]:
    board: dict[str, Any] = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    return board


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load((DEPLOY / "prometheus-alerts.yml").read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def expressions() -> Iterator[str]:
    for panel in dashboard()["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (rule["expr"] for rule in rules())


def test_every_figure_that_is_asked_for_is_exported(exported: set[str]) -> None:
    named = {name for expression in expressions() for name in FIGURE.findall(expression)}

    assert named - exported == set()


def test_every_figure_that_is_exported_is_on_the_dashboard(exported: set[str]) -> None:
    shown = " ".join(target["expr"] for panel in dashboard()["panels"] for target in panel["targets"])
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exported}

    assert {name for name in families if name not in shown} == set()


def test_the_dashboard_is_whole_and_its_panels_stand_beside_each_other() -> None:
    panels = dashboard()["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) == 23
    assert all(panel["title"] and panel["targets"] for panel in panels)


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    for rule in rules():
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert set(rule["annotations"]) == {"summary", "description"}
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_nginx_lets_slack_through_as_far_as_we_do() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")

    assert f"location = {SLACK_PATH} {{" in nginx
    assert int(re.findall(r"client_max_body_size (\d+)m;", nginx)[0]) * 1_000_000 == slack_calls.MOST_BYTES
    assert float(re.findall(r"client_body_timeout (\d+)s;", nginx)[0]) == slack_calls.BODY_SECONDS
    assert f"rate={pace.CALLS.a_second}r/s" in nginx
    assert f"burst={pace.CALLS.at_once} " in nginx
    assert nginx.count("{") == nginx.count("}")


def test_composes_profile_for_http_passes_calls_to_whichever_casebot_runs() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    nginx = compose["services"]["nginx"]
    [upstream] = re.findall(r"set \$desk (\w+):8000;", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))

    assert nginx["profiles"] == ["http"]
    assert (ROOT / nginx["volumes"][0].split(":")[0]).resolve() == DEPLOY / "nginx.conf"
    for name in ("casebot", "casebot-sqlite"):
        assert compose["services"][name]["networks"]["default"]["aliases"] == [upstream]
        assert "ports" not in compose["services"][name]
