"""/cases: only while debugging, and in its exact shape."""

from functools import partial

import pytest

from bot.web.case_list import newest_cases
from bot.web.routes import DebugView
from tests.cases.desk import ADA, CARA, Desk
from tests.web.visitor import Page, visit

BROWSER = {"Origin": "https://desk.example"}


def asked(desk: Desk, path: str = "/cases", **headers: str) -> Page:
    debug = DebugView(partial(newest_cases, desk.database), ["https://desk.example"])
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return visit({}, path, debug=debug, headers=named)


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


def test_only_named_web_origins_may_call(desk: Desk) -> None:
    named = asked(desk, Origin="https://desk.example")
    other = asked(desk, Origin="https://elsewhere.example")

    assert named.headers is not None
    assert named.headers["access-control-allow-origin"] == "https://desk.example"
    assert other.headers is not None
    assert "access-control-allow-origin" not in other.headers
