"""What goes wrong on the round: nothing is given up silently, and one place's trouble is not another's."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.db import Database
from bot.outbox.models import LEASE, DeliveryState
from bot.outbox.pacing import backoff
from bot.outbox.postman import LONGEST_AWAY_SECONDS, LONGEST_BACKOFF_SECONDS
from bot.outbox.sending import Away, Later, Parcel, Posted, Refused, Unsure
from tests.outbox.round import Notebook, Round, say_it

pytestmark = pytest.mark.one_database

SENT, FOLDED, DUE, REFUSED = DeliveryState.SENT, DeliveryState.FOLDED, DeliveryState.DUE, DeliveryState.REFUSED


def the_power_fails(parcel: Parcel) -> Posted:
    """The process dies with the delivery in hand: nothing is settled, nothing put back."""
    raise KeyboardInterrupt


def test_a_crowded_place_waits_and_others_go_on(database: Database) -> None:
    walk = Round(database, Notebook(Later(30, "ratelimited", whole_place=True)))
    here = [walk.store(place="support") for _ in range(2)]
    there = walk.store(place="alerting")

    assert walk.postman.deliver_due() == 1
    assert walk.deliver_all() == 1
    assert walk.sender.parcels == [[here[0]], [there]]

    walk.pass_time(31)
    assert walk.deliver_all() == 2
    assert walk.states() == [SENT, SENT, SENT]


def test_one_delivery_that_waits_for_another_holds_no_place(database: Database) -> None:
    walk = Round(database, Notebook(Later(5, "its card is not there yet")))
    first, second = walk.store(), walk.store()

    walk.postman.deliver_due()
    assert walk.deliver_all() == 1
    assert walk.sender.parcels == [[first], [second]]

    walk.pass_time(5)
    assert walk.deliver_all() == 1
    assert walk.row(first).attempts == 0


def test_a_channel_that_is_away_holds_everything_ever_longer(database: Database) -> None:
    walk = Round(database, Notebook(*[Away("no route")] * 6))
    walk.store(place="support")
    walk.store(place="alerting")
    held = []

    while len(walk.sender.parcels) < 6:
        walk.postman.deliver_due()
        tried, seconds = len(walk.sender.parcels), 0.0
        while walk.pacing.held:
            assert walk.postman.deliver_due() == 0
            assert len(walk.sender.parcels) == tried
            seconds += 0.5
            walk.pass_time(0.5)
        held.append(seconds)

    assert held == [1, 2, 4, 8, LONGEST_AWAY_SECONDS, LONGEST_AWAY_SECONDS]
    assert walk.deliver_all() == 2
    assert not any(walk.sender.unsure)


def test_a_channel_that_came_back_and_left_again_starts_with_short_waits(database: Database) -> None:
    walk = Round(database, Notebook(Away("1"), Away("2"), say_it, Away("3")))
    for _ in range(2):
        walk.store()
    for seconds in (1, 2):
        walk.postman.deliver_due()
        walk.pass_time(seconds)
    walk.postman.deliver_due()
    walk.postman.deliver_due()

    walk.pass_time(1)

    assert not walk.pacing.held


@pytest.mark.parametrize("failures", [0, 1, 9, 100, 100_000])
def test_waits_grow_and_end_somewhere_however_long_it_lasts(failures: int) -> None:
    assert backoff(failures, LONGEST_BACKOFF_SECONDS) == min(2 ** min(failures, 20), LONGEST_BACKOFF_SECONDS)


def test_a_doubtful_post_is_marked_and_tried_again(database: Database) -> None:
    walk = Round(database, Notebook(Unsure("timeout after sending")))
    delivery = walk.store()

    assert walk.postman.deliver_due() == 1
    row = walk.row(delivery)
    assert (row.state, row.unsure, row.attempts) == (DUE, True, 1)
    assert row.error == "Unsure: timeout after sending"

    walk.pass_time(1)
    assert walk.deliver_all() == 1
    assert walk.sender.unsure == [False, True]
    assert (walk.row(delivery).state, walk.row(delivery).error) == (SENT, "")


def test_what_may_have_been_said_is_not_mixed_with_what_was_not(database: Database) -> None:
    walk = Round(database, Notebook(Unsure("timeout after sending")))
    doubtful = [walk.store(lane="thread:CASE-1", kind="follow_up") for _ in range(4)]
    walk.postman.deliver_due()
    fresh = [walk.store(lane="thread:CASE-1", kind="follow_up") for _ in range(2)]

    walk.pass_time(1)
    walk.deliver_all()

    assert walk.sender.parcels == [doubtful, doubtful, [fresh[0]], [fresh[1]]]
    assert walk.sender.unsure == [False, True, False, False]


def test_what_is_refused_for_good_is_marked_and_the_next_goes_on(database: Database) -> None:
    walk = Round(database, Notebook(Refused("msg_blocks_too_long")))
    refused, next_in_lane = walk.store(lane="a"), walk.store(lane="a", kind="other")

    assert walk.deliver_all() == 2
    assert walk.states() == [REFUSED, SENT]
    assert (walk.row(refused).error, walk.row(refused).settled_at) == ("msg_blocks_too_long", walk.clock.now())
    assert walk.sender.parcels[-1] == [next_in_lane]


def test_any_other_fault_is_kept_and_tried_again_ever_later(database: Database) -> None:
    bug = ZeroDivisionError("a bug in a view")
    walk = Round(database, Notebook(bug, say_it, bug, bug, bug))
    delivery, other = walk.store(), walk.store()
    waits = []

    assert walk.postman.deliver_due() == 1
    assert walk.deliver_all() == 1
    assert walk.sender.parcels[-1] == [other]
    for _ in range(3):
        waits.append((walk.row(delivery).due_at - walk.clock.now()).total_seconds())
        walk.pass_time(waits[-1])
        assert walk.postman.deliver_due() == 1

    assert waits == [1, 2, 4]
    row = walk.row(delivery)
    assert (row.state, row.attempts, row.unsure) == (DUE, 4, False)
    assert row.error == "ZeroDivisionError: a bug in a view"
    walk.pass_time(8)
    assert walk.deliver_all() == 1


def test_a_fault_puts_back_all_that_was_folded(database: Database) -> None:
    walk = Round(database, Notebook(RuntimeError("bug")))
    ids = [walk.store(lane="card:CASE-1", redraw=True) for _ in range(3)]

    walk.postman.deliver_due()
    assert walk.states() == [DUE, DUE, DUE]

    walk.pass_time(1)
    walk.deliver_all()
    assert walk.sender.parcels == [ids, ids]


def test_a_refusal_takes_all_that_was_folded_with_it(database: Database) -> None:
    walk = Round(database, Notebook(Refused("channel_not_found")))
    for _ in range(3):
        walk.store(lane="card:CASE-1", redraw=True)

    walk.deliver_all()

    assert walk.states() == [REFUSED] * 3


def test_a_claim_that_ran_out_is_taken_over_as_unsure(database: Database) -> None:
    walk = Round(database, Notebook(the_power_fails))
    delivery = walk.store()
    with pytest.raises(KeyboardInterrupt):
        walk.postman.deliver_due()

    assert walk.row(delivery).state == DeliveryState.SENDING
    walk.clock.advance(LEASE)
    assert walk.deliver_all() == 0

    walk.clock.advance(timedelta(microseconds=1))
    assert walk.deliver_all() == 1
    assert walk.sender.unsure == [False, True]


def test_a_clock_that_is_set_back_holds_nothing_up(database: Database) -> None:
    """Hours ahead by mistake, something is stored, something else put off and a third one in a dead process's hand."""
    walk = Round(database, Notebook(RuntimeError("put off"), the_power_fails))
    for _ in range(2):
        walk.store(created_at=walk.clock.now())
    walk.postman.deliver_due()
    with pytest.raises(KeyboardInterrupt):
        walk.postman.deliver_due()
    walk.store(created_at=walk.clock.now())

    walk.clock.advance(timedelta(hours=-5))

    assert walk.deliver_all() == 3
    assert walk.states() == [SENT, SENT, SENT]


def test_claims_go_by_one_clock_however_far_the_processes_own_are_apart(database: Database) -> None:
    fast, right = Round(database, Notebook(the_power_fails)), Round(database)
    for walk in (fast, right):
        walk.postman._claim_time = lambda _session: right.clock.now()
    fast.clock.advance(timedelta(hours=50))
    for _ in range(2):
        right.store()
    with pytest.raises(KeyboardInterrupt):
        fast.postman.deliver_due()

    assert right.deliver_all() == 1
    assert fast.deliver_all() == 0
    right.pass_time(LEASE.total_seconds() + 1)
    assert right.deliver_all() == 1


def test_what_may_still_be_stopped_waits_also_where_the_clocks_differ_a_little(walk: Round) -> None:
    soon = walk.clock.now() + timedelta(seconds=2)
    walk.store(created_at=soon, due_at=soon + timedelta(seconds=5))

    assert walk.deliver_all() == 0
    walk.pass_time(7)
    assert walk.deliver_all() == 1


def test_a_post_left_by_a_dead_process_does_not_swallow_later_words(database: Database) -> None:
    walk = Round(database, Notebook(the_power_fails))
    posted = [walk.store(lane="thread:CASE-1", kind="follow_up") for _ in range(4)]
    with pytest.raises(KeyboardInterrupt):
        walk.postman.deliver_due()
    later = walk.store(lane="thread:CASE-1", kind="follow_up")

    walk.pass_time(LEASE.total_seconds() + 1)
    walk.deliver_all()

    assert walk.sender.parcels == [posted, posted, [later]]


def test_who_was_frozen_with_a_claim_leaves_it_to_who_took_over(database: Database) -> None:
    frozen, living = Round(database), Round(database)
    delivery = frozen.store()
    freezes: list[bool] = []

    def freeze(*_: object) -> None:
        """Between the claim and the first word, for longer than the claim holds: the other one says it meanwhile."""
        if freezes:
            return
        freezes.append(True)
        frozen.stopwatch.seconds += LEASE.total_seconds() + 1
        living.pass_time(LEASE.total_seconds() + 1)
        assert living.deliver_all() == 1

    event.listen(database.writers, "after_commit", freeze)

    assert frozen.postman.deliver_due() == 1
    assert frozen.sender.parcels == []
    assert (living.sender.parcels, frozen.row(delivery).state) == ([[delivery]], SENT)


def test_freed_leases_are_taken_at_once_as_unsure(database: Database) -> None:
    walk = Round(database, Notebook(the_power_fails))
    delivery = walk.store()
    settled = walk.store(place="alerting")
    with pytest.raises(KeyboardInterrupt):
        walk.postman.deliver_due()
    assert walk.deliver_all() == 1

    walk.postman.free_leases()

    assert (walk.row(delivery).state, walk.row(settled).state) == (DUE, SENT)
    assert walk.deliver_all() == 1
    assert walk.sender.parcels[-1] == [delivery]
    assert walk.sender.unsure[-1]


def test_one_that_must_wait_again_and_again_holds_up_no_other(database: Database) -> None:
    patience = Later(1.0, "its card is not there yet")
    walk = Round(database, Notebook(patience, say_it))
    walk.store()
    other = walk.store()

    handled = [walk.postman.deliver_due(), walk.postman.deliver_due()]

    assert handled == [1, 1]
    assert walk.row(other).state == SENT
