"""/live, /health and /ready: exact shapes, and a word about what does not work."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.web.health import Check, Outbox
from tests.cases.desk import StillClock
from tests.web.visitor import Page, visit


def working() -> str:
    return ""


def broken(reason: str) -> Callable[[], str]:
    return lambda: reason


def asked(path: str = "/health", **checks: Check) -> Page:
    every = {name: Check(working) for name in ("database", "email_listener", "scheduler", "slack")} | checks
    return visit(every, path)


def test_all_that_is_configured_works() -> None:
    page = asked()

    assert page.status == 200
    assert page.body["status"] == "healthy"
    assert page.body["services"] == {
        "database": "connected",
        "email_listener": "running",
        "scheduler": "running",
        "slack": "connected",
    }
    assert set(page.body) == {"status", "services", "details"}


def test_what_is_not_configured_is_nobodys_fault_and_is_not_asked() -> None:
    page = asked(email_listener=Check(broken("never asked"), disabled=True))

    assert (page.status, page.body["status"]) == (200, "healthy")
    assert page.body["services"]["email_listener"] == "disabled"
    assert page.body["details"]["email_listener"] == {"status": "disabled"}


@pytest.mark.parametrize("name", ["email_listener", "scheduler", "slack"])
def test_without_one_service_the_desk_is_degraded(name: str) -> None:
    page = asked("/health", **{name: Check(broken("connection refused"))})

    assert (page.status, page.body["status"]) == (503, "degraded")
    assert page.body["services"][name] == "failing"
    assert page.body["details"][name] == {"status": "failing", "reason": "connection refused"}
    assert page.body["problems"] == {name: "connection refused"}


def test_without_its_database_the_desk_is_unhealthy() -> None:
    page = asked(database=Check(broken("disk is gone")), slack=Check(broken("away")))

    assert (page.status, page.body["status"]) == (503, "unhealthy")
    assert page.body["problems"] == {"database": "disk is gone", "slack": "away"}


def test_the_details_tell_how_long_ago_a_service_worked() -> None:
    clock = StillClock()
    check = Check(broken("login refused"), worked_at=lambda: clock.now() - timedelta(seconds=42))

    page = visit({"email_listener": check}, clock=clock)

    assert page.body["details"] == {
        "email_listener": {"status": "failing", "age_seconds": 42.0, "reason": "login refused"}
    }


def test_what_is_checked_beside_the_four_services_stands_in_the_details_and_degrades() -> None:
    page = asked(outgoing_mail=Check(broken("login refused"), evidence=lambda: {"server": "smtp.example.com"}))

    assert (page.status, page.body["status"]) == (503, "degraded")
    assert set(page.body["services"]) == {"database", "email_listener", "scheduler", "slack"}
    assert page.body["problems"] == {"outgoing_mail": "login refused"}
    assert page.body["details"]["outgoing_mail"] == {
        "status": "failing",
        "server": "smtp.example.com",
        "reason": "login refused",
    }


def test_what_is_parked_is_told_and_degrades_nothing() -> None:
    page = visit({"slack": Check(lambda: "")}, outbox=Outbox(waiting=lambda: 2, parked=lambda: 7))

    assert (page.status, page.body["status"]) == (200, "healthy")
    assert page.body["details"]["outbox"] == {"waiting": 2, "parked": 7}


def test_without_its_database_nobody_counts_what_is_parked() -> None:
    counted: list[str] = []

    def count() -> int:
        counted.append("asked")
        return 0

    outbox = Outbox(waiting=count, parked=count)

    page = visit({"database": Check(broken("disk is gone"))}, outbox=outbox)

    assert "outbox" not in page.body["details"]
    assert counted == []


def test_live_asks_nobody() -> None:
    assert asked("/live", database=Check(broken("disk is gone"))) == Page(200, {"status": "alive"})


@pytest.mark.parametrize(("name", "status"), [("database", 503), ("slack", 503), ("email_listener", 200)])
def test_ready_is_a_desk_that_hears_slack_and_can_store(name: str, status: int) -> None:
    page = asked("/ready", **{name: Check(broken("away"))})

    assert page.status == status
    assert page.body == ({"status": "ready"} if status == 200 else {"status": "not ready", "problems": {name: "away"}})


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/cases", "/metrics"])
def test_nothing_else_is_shown(path: str) -> None:
    assert asked(path).status == 404
