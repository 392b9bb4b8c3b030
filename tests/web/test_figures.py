"""/metrics: what is stored and how old things are, as Prometheus reads it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.db import Database
from bot.outbox.models import Delivery, DeliveryState
from bot.web.figures import FRESH, Figures
from bot.web.health import Check
from tests.cases.desk import CARA, MIA, PHRASE, Desk
from tests.web.visitor import visit

Samples = dict[tuple[str, ...], float]
Told = Callable[[], Samples]


def samples(text: str) -> Samples:
    """Every sample by its name and its labels' values."""
    families = text_string_to_metric_families(text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


@pytest.fixture
def told(desk: Desk) -> Told:
    mailbox = Check(lambda: "away", worked_at=lambda: desk.clock.now() - timedelta(seconds=90))
    checks = {"database": Check(lambda: ""), "email_listener": mailbox, "slack": Check(lambda: "", disabled=True)}
    figures = Figures(desk.database, desk.clock, checks)

    def look() -> Samples:
        return samples(visit(checks, "/metrics", figures=figures).text)

    return look


def test_an_empty_desk_tells_its_services(told: Told) -> None:
    found = told()

    assert found["casebot_service_up", "database"] == 1
    assert found["casebot_service_up", "email_listener"] == 0
    assert found["casebot_service_up", "slack"] == 1
    assert found["casebot_service_age_seconds", "email_listener"] == 90
    assert found["casebot_deliveries_waiting",] == 0
    assert found["casebot_delivery_oldest_due_seconds",] == 0


def test_what_happened_is_counted(desk: Desk, told: Told) -> None:
    desk.says(CARA, "This is urgent")
    desk.says(CARA, "Hello? Critical!", at=desk.clock.now() - timedelta(seconds=30))
    desk.in_card_thread(MIA, PHRASE)
    desk.says(CARA, "One more thing")

    found = told()

    assert found["casebot_messages_total", "email", "customer"] == 3
    assert (found["casebot_cases", "open"], found["casebot_cases", "closed"]) == (1, 1)
    assert found["casebot_escalations_total", "keyword"] >= 1


def test_what_was_said_and_what_waits_is_told(desk: Desk, told: Told) -> None:
    desk.says(CARA, "Help")
    desk.says(CARA, "Hello?")
    began = desk.clock.now()
    desk.passes(seconds=20)
    _settle_first(desk.database, began + timedelta(seconds=4))

    found = told()

    assert found["casebot_deliveries_total", "card", "sent"] == 1
    assert found["casebot_deliveries_waiting",] >= 1
    assert found["casebot_delivery_oldest_due_seconds",] == 20


def test_who_asks_all_the_time_makes_no_more_work(desk: Desk, told: Told) -> None:
    told()
    desk.says(CARA, "Help")

    at_once = told()
    desk.clock.advance(FRESH)
    later = told()

    assert (at_once["casebot_cases", "open"], later["casebot_cases", "open"]) == (0, 1)


def test_without_its_database_the_services_are_told_all_the_same(desk: Desk) -> None:
    database = Database("sqlite:////no/such/folder/cases.db")
    checks = {"database": Check(database.problem)}

    page = visit(checks, "/metrics", figures=Figures(database, desk.clock, checks))

    assert page.status == 200
    assert samples(page.text) == {("casebot_service_up", "database"): 0.0}


def _settle_first(database: Database, at: datetime) -> None:
    with database.writers.begin() as session:
        card = session.get_one(Delivery, 1)
        card.state, card.settled_at = DeliveryState.SENT, at
