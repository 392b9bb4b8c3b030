"""Edits and deletions: recorded once, judged for keywords, moving no clock, closing nothing."""

from datetime import timedelta

import pytest

from bot.cases.models import CaseEvent, EventKind
from tests.cases.desk import ADA, MIA, PHRASE, START, Desk

pytestmark = pytest.mark.one_database


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A desk where Ada said one thing, ten minutes ago, as message `m`."""
    desk.says(ADA, "The till is broken", external_id="m")
    desk.passes(minutes=10)
    return desk


def edits_of(desk: Desk) -> list[tuple[str, str]]:
    facts = [event for event in desk.rows(CaseEvent) if event.kind == EventKind.EDITED]
    return [(event.detail["before"], event.detail["after"]) for event in facts]


def test_an_edit_is_a_fact_with_both_wordings(told: Desk) -> None:
    assert told.edits(ADA, "m", "The till is fine")

    assert told.messages()[0].body == "The till is fine"
    assert edits_of(told) == [("The till is broken", "The till is fine")]
    [event] = [event for event in told.rows(CaseEvent) if event.kind == EventKind.EDITED]
    assert ("revision", "support", str(event.id)) in told.deliveries()


def test_an_edit_counts_no_message_and_moves_no_clock(told: Desk) -> None:
    before = told.standing()

    told.edits(ADA, "m", "The till is fine")

    assert told.standing() == before


def test_edits_are_no_follow_ups(told: Desk) -> None:
    for text in ("two", "three"):
        told.says(ADA, text)

    for minute in range(5):
        told.passes(minutes=1)
        told.edits(ADA, "m", f"wording {minute}")

    assert told.pending() is None


def test_an_edit_that_slack_sends_again_is_recorded_once(told: Desk) -> None:
    said_at = told.clock.now()
    told.edits(ADA, "m", "The till is fine", at=said_at)
    before = told.snapshot()

    assert not told.edits(ADA, "m", "The till is fine", at=said_at)
    assert told.snapshot() == before


def test_an_edit_sent_again_after_a_later_one_is_recorded_once(told: Desk) -> None:
    first = told.clock.now()
    told.edits(ADA, "m", "one", at=first)
    told.edits(ADA, "m", "two", at=first + timedelta(seconds=5))
    before = told.snapshot()

    assert not told.edits(ADA, "m", "one", at=first)
    assert told.snapshot() == before


def test_an_edit_that_arrives_late_does_not_undo_a_later_one(told: Desk) -> None:
    told.edits(ADA, "m", "newest", at=START + timedelta(minutes=9))

    assert told.edits(ADA, "m", "urgent", at=START + timedelta(minutes=8))

    assert told.messages()[0].body == "newest"
    assert [after for _, after in edits_of(told)] == ["newest", "urgent"]
    assert told.reasons() == ["keyword"]


def test_a_change_that_is_none_is_not_recorded(told: Desk) -> None:
    assert not told.edits(ADA, "m", "The till is broken")
    assert told.timeline() == ["opened"]


def test_an_edit_of_something_unknown_is_not_recorded(told: Desk) -> None:
    before = told.snapshot()

    assert not told.edits(ADA, "unheard", "urgent")
    assert told.snapshot() == before


def test_a_keyword_that_an_edit_brings_escalates(told: Desk) -> None:
    told.edits(ADA, "m", "URGENT: the till is broken")

    assert told.reasons() == ["keyword"]
    assert told.timeline() == ["opened", "edited", "escalated"]


def test_a_keyword_that_stood_there_before_the_edit_escalates_nothing(told: Desk) -> None:
    told.edits(ADA, "m", "urgent: till")
    told.service.acknowledge("CASE-1", MIA)

    told.passes(minutes=1)
    told.edits(ADA, "m", "urgent: the till")

    assert told.pending() is None


def test_an_admins_edit_escalates_nothing_and_is_recorded(told: Desk) -> None:
    told.says(MIA, "Looking", thread="m", external_id="a")

    assert told.edits(MIA, "a", "This is urgent, looking")
    assert told.pending() is None
    assert edits_of(told) == [("Looking", "This is urgent, looking")]


def test_the_phrase_in_an_edit_never_closes(told: Desk) -> None:
    told.says(MIA, "Looking", thread="m", external_id="a")

    told.edits(MIA, "a", PHRASE)

    assert told.case().status == "open"


def test_an_edit_after_closing_escalates_nothing(told: Desk) -> None:
    told.service.close("CASE-1", MIA)

    assert told.edits(ADA, "m", "urgent")
    assert (told.case().status, told.case().escalated) == ("closed", False)


def test_a_deletion_keeps_the_words(told: Desk) -> None:
    before = told.standing()

    assert told.edits(ADA, "m", None)

    [message] = told.messages()
    assert (message.body, message.deleted_at) == ("The till is broken", told.clock.now())
    assert told.standing() == before
    assert told.timeline() == ["opened", "deleted"]


def test_a_deletion_is_recorded_once_and_ends_the_edits(told: Desk) -> None:
    told.edits(ADA, "m", None)
    before = told.snapshot()

    assert not told.edits(ADA, "m", None)
    assert not told.edits(ADA, "m", "urgent")
    assert told.snapshot() == before
