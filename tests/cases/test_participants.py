"""Whose case a mail joins: what it answers goes before who sends it, if the sender took part."""

import pytest

from bot.cases.inbound import Author, Outcome
from tests.cases.desk import CARA, MIA, Desk

pytestmark = pytest.mark.one_database

FIRST = "<first@customer.example>"
DAN = Author("dan@customer.example", "Dan")
EVE = Author("eve@elsewhere.example", "Eve")


@pytest.fixture
def mailed(desk: Desk) -> Desk:
    """Cara wrote, with Dan among the readers."""
    desk.says(CARA, "Our power is gone", reference=FIRST, readers=frozenset({DAN.identity}))
    return desk


def test_a_reader_who_answers_joins_the_case_as_its_customer_side(mailed: Desk) -> None:
    taken = mailed.says(DAN, "And the heating too", references=(FIRST,))

    assert (taken.outcome, taken.case_id) == (Outcome.JOINED, "CASE-1")
    assert [message.is_admin for message in mailed.messages()] == [False, False]


def test_his_follow_ups_count(mailed: Desk) -> None:
    for number in range(3):
        mailed.says(DAN, f"number {number}", references=(FIRST,))

    assert mailed.reasons() == ["follow_ups"]


def test_a_stranger_who_knows_the_id_opens_his_own_case_linked(mailed: Desk) -> None:
    taken = mailed.says(EVE, "Let me in", references=(FIRST,))

    assert (taken.outcome, taken.case_id) == (Outcome.OPENED, "CASE-2")


def test_without_a_reference_a_reader_has_a_case_of_his_own(mailed: Desk) -> None:
    assert mailed.says(DAN, "Something else").case_id == "CASE-2"


def test_once_the_case_is_closed_the_reader_opens_a_new_one(mailed: Desk) -> None:
    mailed.service.close("CASE-1", MIA)

    assert mailed.says(DAN, "And now?", references=(FIRST,)).case_id == "CASE-2"


def test_the_case_that_is_answered_goes_before_the_senders_own(mailed: Desk) -> None:
    mailed.says(DAN, "Something else")

    assert mailed.says(DAN, "About the power", references=(FIRST,)).case_id == "CASE-1"


def test_who_joined_once_took_part(mailed: Desk) -> None:
    mailed.says(DAN, "And the heating", references=(FIRST,), reference="<dan@x>", readers=frozenset({EVE.identity}))

    assert mailed.says(EVE, "Hello both", references=("<dan@x>",)).case_id == "CASE-1"
