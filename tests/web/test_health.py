"""/live and /health: exact shapes, and a word about what does not work."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from bot.web.health import Check
from bot.web.server import build_web


def working() -> str:
    return ""


def broken(reason: str) -> Callable[[], str]:
    return lambda: reason


def asked(path: str = "/health", **checks: Check) -> tuple[int, object]:
    every = {name: Check(working) for name in ("database", "email_listener", "scheduler", "slack")} | checks
    answer = asyncio.run(got(httpx.ASGITransport(build_web(every)), path))
    return answer.status_code, answer.json()


async def got(app: httpx.ASGITransport, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=app, base_url="http://desk.test") as client:
        return await client.get(path)


def test_all_that_is_configured_works() -> None:
    assert asked() == (
        200,
        {
            "status": "healthy",
            "services": {
                "database": "connected",
                "email_listener": "running",
                "scheduler": "running",
                "slack": "connected",
            },
        },
    )


def test_what_is_not_configured_is_nobodys_fault_and_is_not_asked() -> None:
    status, body = asked(email_listener=Check(broken("never asked"), disabled=True))

    assert status == 200
    assert body == {
        "status": "healthy",
        "services": {
            "database": "connected",
            "email_listener": "disabled",
            "scheduler": "running",
            "slack": "connected",
        },
    }


@pytest.mark.parametrize("name", ["email_listener", "scheduler", "slack"])
def test_without_one_service_the_desk_is_degraded(name: str) -> None:
    status, body = asked("/health", **{name: Check(broken("connection refused"))})

    assert status == 503
    assert isinstance(body, dict)
    assert body["status"] == "degraded"
    assert body["services"][name] == "failing"
    assert body["problems"] == {name: "connection refused"}


def test_without_its_database_the_desk_is_unhealthy() -> None:
    status, body = asked(database=Check(broken("disk is gone")), slack=Check(broken("away")))

    assert status == 503
    assert body == {
        "status": "unhealthy",
        "services": {
            "database": "failing",
            "email_listener": "running",
            "scheduler": "running",
            "slack": "failing",
        },
        "problems": {"database": "disk is gone", "slack": "away"},
    }


def test_live_asks_nobody() -> None:
    assert asked("/live", database=Check(broken("disk is gone"))) == (200, {"status": "alive"})


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/cases"])
def test_nothing_else_is_shown(path: str) -> None:
    assert asked(path)[0] == 404
