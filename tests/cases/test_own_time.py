"""Late words: messages are ordered and judged by their own time, not by when they were taken in."""

from datetime import timedelta

import pytest

from tests.cases.desk import ADA, MIA, START, Desk

pytestmark = pytest.mark.one_database


def test_words_that_arrive_late_move_nothing_backwards(desk: Desk) -> None:
    now = desk.passes(hours=2)
    desk.says(ADA, "newer", at=now)

    desk.says(ADA, "older", at=now - timedelta(hours=1))

    assert (desk.case().last_message_at, desk.case().message_count) == (now, 2)
    latest = desk.queries.sheet("CASE-1").latest
    assert latest is not None
    assert latest.body == "newer"


def test_words_from_before_an_answer_do_not_count_after_it(desk: Desk) -> None:
    desk.says(ADA, "one", thread="t")
    desk.passes(minutes=10)
    desk.says(MIA, "Looking", thread="t")

    for minute in range(1, 5):
        desk.says(ADA, "late", at=START + timedelta(minutes=minute))

    assert desk.pending() is None


def test_an_answer_that_arrives_late_counts_from_its_own_time(desk: Desk) -> None:
    desk.says(ADA, "one", thread="t")
    for minute in (5, 6, 7):
        desk.says(ADA, "more", at=START + timedelta(minutes=minute))
    assert desk.reasons() == ["follow_ups"]
    desk.passes(hours=3)

    desk.says(MIA, "Looking", thread="t", at=START + timedelta(minutes=8))

    assert desk.pending() is None
    assert desk.case().clock_restarted_at == START + timedelta(minutes=8)


def test_an_answer_from_before_the_urgent_words_does_not_settle_them(desk: Desk) -> None:
    desk.says(ADA, "one", thread="t")
    desk.passes(minutes=10)
    desk.says(ADA, "urgent")

    desk.says(MIA, "Looking", thread="t", at=START + timedelta(minutes=5))
    assert desk.reasons() == ["keyword"]

    desk.says(MIA, "On it", thread="t")
    assert desk.pending() is None
