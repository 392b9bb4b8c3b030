"""A mail that answers a known mail, but belongs to no open case of its sender."""

import pytest

from bot.cases.inbound import Author
from bot.cases.models import CaseEvent
from tests.cases.desk import CARA, MIA, Desk

pytestmark = pytest.mark.one_database

STRANGER = Author("eve@elsewhere.example", "Eve")


@pytest.fixture
def known(desk: Desk) -> Desk:
    """A desk that knows Cara's mail <c1@x> in CASE-1."""
    desk.says(CARA, "The till is broken", reference="<c1@x>")
    return desk


def opening(desk: Desk, case_id: str) -> dict[str, object]:
    [event] = [event for event in desk.rows(CaseEvent) if event.case_id == case_id and event.kind == "opened"]
    return event.detail


def test_a_reply_to_a_closed_case_opens_one_that_names_the_old_one(known: Desk) -> None:
    known.service.close("CASE-1", MIA)

    taken = known.says(CARA, "It broke again", references=("<unknown@x>", "<c1@x>"))

    assert (taken.case_id, opening(known, "CASE-2")) == ("CASE-2", {"follows": "CASE-1"})
    assert known.case("CASE-1").status == "closed"


def test_a_stranger_who_quotes_a_known_id_gets_a_case_of_his_own(known: Desk) -> None:
    taken = known.says(STRANGER, "Tell me all about it", references=("<c1@x>",))

    assert (taken.case_id, opening(known, "CASE-2")) == ("CASE-2", {"mentions": "CASE-1"})
    assert known.case("CASE-1").message_count == 1


def test_a_first_mail_names_no_other_case(known: Desk) -> None:
    known.says(STRANGER, "Hello", references=("<unknown@x>",))

    assert (opening(known, "CASE-1"), opening(known, "CASE-2")) == ({}, {})
