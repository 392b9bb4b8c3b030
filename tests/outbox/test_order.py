"""What is said first, what keeps its order, and what one drawing says for all."""

import re
from datetime import timedelta

import pytest

from bot.db import Database
from bot.outbox.models import DeliveryState, Priority
from bot.outbox.postman import FOLD_AT_MOST, FOLD_FROM
from tests.cases.plans import plans_of
from tests.outbox.round import Notebook, Round

SENT, FOLDED, DUE = DeliveryState.SENT, DeliveryState.FOLDED, DeliveryState.DUE


def test_an_empty_outbox_is_no_work(walk: Round) -> None:
    assert walk.postman.deliver_due() == 0
    assert walk.sender.parcels == []


def test_the_most_pressing_goes_first_and_equals_in_their_order(walk: Round) -> None:
    ids = [walk.store(priority=priority) for priority in (3, 2, 1, 0, 2, 0)]

    assert walk.deliver_all() == 6
    assert [parcel[0] for parcel in walk.sender.parcels] == [ids[i] for i in (3, 5, 2, 1, 4, 0)]


def test_a_lane_keeps_its_order_whatever_is_more_pressing(walk: Round) -> None:
    first = walk.store(lane="thread:CASE-1", kind="follow_up", priority=Priority.COSMETIC)
    second = walk.store(lane="thread:CASE-1", kind="close_reason", priority=Priority.CLOSURE)
    other = walk.store(lane="thread:CASE-2", priority=Priority.MESSAGE)

    walk.deliver_all()

    assert walk.sender.parcels == [[other], [first], [second]]


def test_a_lane_waits_for_its_first_while_that_waits(walk: Round) -> None:
    walk.store(lane="a", due_at=walk.clock.now() + timedelta(seconds=30))
    walk.store(lane="a", kind="other")

    assert walk.deliver_all() == 0


def test_a_settled_first_frees_the_lane(walk: Round) -> None:
    walk.store(lane="a")
    assert walk.postman.deliver_due() == 1

    later = walk.store(lane="a", kind="other")

    assert walk.postman.deliver_due() == 1
    assert walk.sender.parcels[-1] == [later]


def test_nothing_is_said_before_it_is_due(walk: Round) -> None:
    walk.store(due_at=walk.clock.now() + timedelta(seconds=1))
    assert walk.deliver_all() == 0

    walk.pass_time(1)

    assert walk.deliver_all() == 1


def test_redraws_of_one_thing_are_folded_into_one(walk: Round) -> None:
    ids = [walk.store(lane="card:CASE-1", redraw=True) for _ in range(3)]

    assert walk.deliver_all() == 3
    assert walk.sender.parcels == [ids]
    assert walk.states() == [SENT, FOLDED, FOLDED]


def test_a_first_drawing_is_not_folded_into_its_redraws(walk: Round) -> None:
    first = walk.store(lane="card:CASE-1")
    again = [walk.store(lane="card:CASE-1", redraw=True) for _ in range(2)]

    walk.deliver_all()

    assert walk.sender.parcels == [[first], again]


@pytest.mark.parametrize(("waiting", "posts"), [(FOLD_FROM - 1, 3), (FOLD_FROM, 1), (FOLD_FROM + 5, 1)])
def test_follow_ups_are_folded_from_the_fourth_on(walk: Round, waiting: int, posts: int) -> None:
    for _ in range(waiting):
        walk.store(lane="thread:CASE-1", kind="follow_up")

    assert walk.deliver_all() == waiting
    assert len(walk.sender.parcels) == posts


def test_redraws_of_two_things_in_one_lane_are_two(walk: Round) -> None:
    ids = [walk.store(lane="thread:CASE-1", kind="answer", subject=subject, redraw=True) for subject in ("1", "2", "2")]

    walk.deliver_all()

    assert walk.sender.parcels == [ids[:1], ids[1:]]


def test_what_has_a_receipt_of_its_own_is_never_folded(walk: Round) -> None:
    for number in range(FOLD_FROM + 2):
        walk.store(lane="reply:CASE-1", kind="reply", subject=str(number))

    walk.deliver_all()

    assert len(walk.receipts()) == len(walk.sender.parcels) == FOLD_FROM + 2


def test_only_the_same_kind_in_a_row_is_folded(walk: Round) -> None:
    ids = [walk.store(lane="thread:CASE-1", kind="follow_up") for _ in range(4)]
    reason = walk.store(lane="thread:CASE-1", kind="close_reason")
    later = walk.store(lane="thread:CASE-1", kind="follow_up")

    walk.deliver_all()

    assert walk.sender.parcels == [ids, [reason], [later]]


def test_what_can_not_be_said_in_one_post_is_said_one_by_one(walk: Round) -> None:
    ids = [walk.store(lane="reply:CASE-1", kind="reply") for _ in range(FOLD_FROM + 1)]

    walk.deliver_all()

    assert walk.sender.parcels == [[each] for each in ids]


def test_a_backlog_is_folded_in_portions(walk: Round) -> None:
    for _ in range(FOLD_AT_MOST + 10):
        walk.store(lane="thread:CASE-1", kind="follow_up")

    assert walk.deliver_all() == FOLD_AT_MOST + 10
    assert [len(parcel) for parcel in walk.sender.parcels] == [FOLD_AT_MOST + 1, 9]


def test_what_needs_no_words_any_more_is_settled_without_a_receipt(database: Database) -> None:
    walk = Round(database, Notebook(None))
    walk.store()

    assert walk.deliver_all() == 1
    assert walk.states() == [FOLDED]
    assert walk.receipts() == []


def test_a_receipt_is_kept_and_follows_the_newest_drawing(walk: Round) -> None:
    first = walk.store(lane="card:CASE-1", case_id="CASE-1")
    walk.deliver_all()
    assert walk.receipts() == [("card", "CASE-1", f"ts-{first}", f"drawing of {first}")]

    again = walk.store(lane="card:CASE-1", redraw=True)
    walk.deliver_all()

    assert walk.receipts() == [("card", "CASE-1", f"ts-{again}", f"drawing of {again}")]


def test_each_thing_has_a_receipt_of_its_own(walk: Round) -> None:
    for kind, subject in (("card", "CASE-1"), ("card", "CASE-2"), ("alert", "1")):
        walk.store(kind=kind, subject=subject)

    walk.deliver_all()

    assert [receipt[:2] for receipt in walk.receipts()] == [("card", "CASE-1"), ("card", "CASE-2"), ("alert", "1")]


def test_looking_reads_only_what_is_unsettled(walk: Round) -> None:
    for _ in range(30):
        walk.store()

    [plan, *_] = plans_of(walk.database, walk.postman.deliver_due, "deliveries")

    # Both are partial: what was said long ago stands in neither.
    used = re.findall(r"ix_\w+", plan)
    assert len(used) == 2
    assert set(used) <= {"ix_deliveries_waiting", "ix_deliveries_lane"}
