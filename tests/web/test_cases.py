"""/cases: only while debugging, only from near, and in its exact shape."""

from functools import partial

import pytest

from bot.web.case_list import newest_cases
from bot.web.figures import Figures
from bot.web.routes import DebugView
from tests.cases.desk import ADA, CARA, Desk
from tests.web.visitor import Page, visit

BROWSER = {"Origin": "https://desk.example"}


def asked(desk: Desk, path: str = "/cases", peer: str = "127.0.0.1", **headers: str) -> Page:
    debug = DebugView(partial(newest_cases, desk.database), ["https://desk.example"])
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visit({}, path, debug=debug, peer=peer, headers=named)


def test_it_lists_the_newest_cases_first(desk: Desk) -> None:
    desk.says(CARA, "This is urgent")
    desk.passes(seconds=1)
    desk.says(ADA, "Hello")

    page = asked(desk)

    assert page.body == {
        "cases": [
            {
                "case_id": "CASE-2",
                "customer_identifier": "U_ADA",
                "status": "open",
                "message_count": 1,
                "escalated": False,
            },
            {
                "case_id": "CASE-1",
                "customer_identifier": "cara@customer.example",
                "status": "open",
                "message_count": 1,
                "escalated": True,
            },
        ]
    }
    assert [case["case_id"] for case in asked(desk, "/cases?limit=1").body["cases"]] == ["CASE-2"]


@pytest.mark.parametrize("limit", ["0", "1001", "all"])
def test_a_limit_that_can_not_be_is_refused(desk: Desk, limit: str) -> None:
    assert asked(desk, f"/cases?limit={limit}").status == 422


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "172.18.0.3", "10.0.0.7"])
def test_it_answers_this_machine_and_its_private_networks(desk: Desk, peer: str) -> None:
    assert asked(desk, peer=peer).status == 200


@pytest.mark.parametrize("path", ["/cases", "/metrics"])
def test_it_refuses_public_addresses_and_proxies(desk: Desk, path: str) -> None:
    figures = Figures(desk.database, desk.clock, {})
    debug = DebugView(partial(newest_cases, desk.database))

    far = visit({}, path, figures=figures, debug=debug, peer="8.8.8.8")
    behind = visit({}, path, figures=figures, debug=debug, headers={"X-Forwarded-For": "10.0.0.7"})

    assert (far.status, behind.status) == (403, 403)


def test_only_named_web_origins_may_call(desk: Desk) -> None:
    named = asked(desk, Origin="https://desk.example")
    other = asked(desk, Origin="https://elsewhere.example")

    assert named.headers is not None
    assert named.headers["access-control-allow-origin"] == "https://desk.example"
    assert other.headers is not None
    assert "access-control-allow-origin" not in other.headers
