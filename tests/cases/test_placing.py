"""Whose case an admin's words belong to."""

import pytest

from bot.cases.inbound import Outcome
from bot.cases.placing import case_named, case_numbered
from tests.cases.desk import ADA, BEN, CARA, MIA, NOA, PHRASE, SHOP, Desk

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("text", "case_id"),
    [
        ("CASE-42 is done", "CASE-42"),
        ("case 42", "CASE-42"),
        ("Case #42", "CASE-42"),
        ("case-042", "CASE-42"),
        ("(CASE-42)", "CASE-42"),
        ("CASE-42, again: CASE-42.", "CASE-42"),
        ("CASE-1 and CASE-2", None),
        ("> CASE-42\nwhat about it?", None),
        ("> CASE-42\nCASE-43 instead", "CASE-43"),
        ("suitcase-42", None),
        ("CASE-42nd", None),
        ("use-case-42", None),
        ("in case of 42", None),
        ("42", None),
    ],
)
def test_words_name_a_case_when_they_name_exactly_one(text: str, case_id: str | None) -> None:
    assert case_named(text) == case_id


@pytest.mark.parametrize(
    ("word", "case_id"),
    [
        ("CASE-42", "CASE-42"),
        ("case-42", "CASE-42"),
        ("case42", "CASE-42"),
        ("#42", "CASE-42"),
        (" 42 ", "CASE-42"),
        ("042", "CASE-42"),
        ("", None),
        ("forty", None),
        ("42 43", None),
        ("CASE-", None),
    ],
)
def test_an_argument_means_a_case(word: str, case_id: str | None) -> None:
    assert case_numbered(word) == case_id


def test_an_admin_in_the_thread_of_a_customers_message_speaks_in_that_case(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t1")
    desk.says(BEN, "Help me too", external_id="t2")

    taken = desk.says(MIA, "Looking", thread="t2")

    assert (taken.outcome, taken.case_id) == (Outcome.ADMIN, "CASE-2")
    assert desk.case("CASE-2").message_count == 2


def test_a_thread_below_an_admins_message_belongs_to_the_customer_who_wrote_in_it(desk: Desk) -> None:
    desk.says(ADA, "Help", thread="notice-board", external_id="a1")

    assert desk.says(MIA, "Looking", thread="notice-board").case_id == "CASE-1"


def test_the_same_ts_in_another_channel_is_another_thread(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t1")

    assert desk.says(MIA, "Lunch?", thread="t1", place="C_OTHER").outcome is Outcome.UNPLACED


def test_an_admins_words_outside_any_thread_belong_to_no_case(desk: Desk) -> None:
    desk.says(ADA, "Help")
    before = desk.snapshot()

    taken = desk.says(MIA, "Good morning")

    assert (taken.outcome, taken.case_id, taken.ask_back) == (Outcome.UNPLACED, None, "")
    assert desk.snapshot() == before


def test_an_admins_words_outside_any_thread_belong_to_the_case_they_name(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.says(BEN, "Help")

    assert desk.says(MIA, "CASE-2: please restart").case_id == "CASE-2"


def test_a_named_case_that_does_not_exist_is_no_case(desk: Desk) -> None:
    desk.says(ADA, "Help")

    assert desk.says(MIA, "CASE-99 again").outcome is Outcome.UNPLACED


def test_the_phrase_with_no_case_is_asked_back(desk: Desk) -> None:
    desk.says(ADA, "Help")
    before = desk.snapshot()

    taken = desk.says(MIA, PHRASE)

    assert taken.outcome is Outcome.UNPLACED
    assert "Which case do you mean?" in taken.ask_back
    assert desk.snapshot() == before


def test_the_thread_of_a_closed_case_goes_over_to_the_customers_open_case(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t1")
    desk.service.close("CASE-1", MIA)
    desk.says(ADA, "Again")

    assert desk.says(MIA, "Looking", thread="t1").case_id == "CASE-2"
    assert desk.case("CASE-1").message_count == 1


def test_the_thread_of_a_closed_case_without_a_next_one_is_asked_back(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t1")
    desk.service.close("CASE-1", MIA)
    before = desk.snapshot()

    taken = desk.says(MIA, "You are welcome", thread="t1")

    assert taken.outcome is Outcome.UNPLACED
    assert taken.ask_back.startswith("CASE-1 is closed and its customer has no open case")
    assert desk.snapshot() == before


def test_a_closed_case_named_in_some_other_thread_stays_the_one_that_is_meant(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.service.close("CASE-1", MIA)
    desk.says(ADA, "Something else")

    assert desk.says(MIA, "CASE-1 was refunded", thread="coffee-talk").case_id == "CASE-1"
    assert desk.case("CASE-2").message_count == 1


def test_a_mail_belongs_to_the_case_of_the_mail_it_answers(desk: Desk) -> None:
    desk.says(CARA, "Help", reference="<c1@customer.example>")
    desk.says(ADA, "Help")

    taken = desk.says(NOA, "Done", references=("<x@y>", "<c1@customer.example>"), readers=frozenset({CARA.identity}))

    assert taken.case_id == "CASE-1"


def test_a_mail_without_known_references_belongs_to_the_case_it_names(desk: Desk) -> None:
    desk.says(CARA, "Help", reference="<c1@customer.example>")

    assert desk.says(NOA, "On CASE-1", references=("<unknown@y>",)).case_id == "CASE-1"
    assert desk.says(NOA, "On nothing", references=("<unknown@y>",)).outcome is Outcome.UNPLACED


def test_a_mails_empty_reference_matches_nothing(desk: Desk) -> None:
    desk.says(CARA, "Help", reference="")

    assert desk.says(NOA, "Hello", references=()).outcome is Outcome.UNPLACED


@pytest.mark.parametrize(("readers", "internal"), [({"cara@customer.example"}, False), ({"boss@desk.example"}, True)])
def test_a_mail_answer_is_visible_only_when_the_customer_got_it(desk: Desk, readers: set[str], internal: bool) -> None:
    desk.says(CARA, "Help", reference="<c1@customer.example>")

    desk.says(NOA, "Done", references=("<c1@customer.example>",), readers=frozenset(readers))

    assert desk.messages()[-1].internal is internal
    assert desk.case().message_count == (1 if internal else 2)


def test_words_in_slack_about_a_mail_customer_are_a_note(desk: Desk) -> None:
    desk.says(CARA, "Help")

    desk.says(MIA, "CASE-1 needs a refund", place=SHOP)

    assert desk.messages()[-1].internal
    assert desk.timeline()[-1] == "noted"
