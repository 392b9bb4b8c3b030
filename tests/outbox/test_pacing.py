"""How fast a place is spoken to: seconds come from the stopwatch, never from waiting."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot.db import Database
from bot.outbox.pacing import LEAST_PAUSE_SECONDS, REDRAW_BURST, Pacing
from bot.outbox.postman import IDLE_SECONDS, LEAST_REST_SECONDS, REST_AFTER_LOOK, Postman
from tests.cases.desk import START, StillClock
from tests.outbox.round import Notebook, Round, Stopwatch

POST_SECONDS = 1.0
REDRAW_SECONDS = 1.5  # exact in binary, so that no rounding stands between a test and the edge


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def pacing(watch: Stopwatch) -> Pacing:
    return Pacing(POST_SECONDS, REDRAW_SECONDS, watch)


def test_a_fresh_place_is_free(pacing: Pacing) -> None:
    assert pacing.crowded() == []
    assert not pacing.held
    assert pacing.pause(IDLE_SECONDS, pacing.now) == IDLE_SECONDS


def test_one_post_makes_its_place_wait_a_second(pacing: Pacing, watch: Stopwatch) -> None:
    pacing.spend("support", redraw=False)
    assert pacing.crowded() == [("support", False)]

    watch.seconds += POST_SECONDS

    assert pacing.crowded() == []


def test_a_few_redraws_go_at_once_then_they_are_spaced(pacing: Pacing, watch: Stopwatch) -> None:
    for _ in range(REDRAW_BURST):
        assert pacing.crowded() == []
        pacing.spend("support", redraw=True)
    assert pacing.crowded() == [("support", True)]

    watch.seconds += REDRAW_SECONDS
    assert pacing.crowded() == []

    pacing.spend("support", redraw=True)
    assert pacing.crowded() == [("support", True)]


def test_after_a_rest_the_burst_is_whole_again_and_no_larger(pacing: Pacing, watch: Stopwatch) -> None:
    for _ in range(2):
        watch.seconds += 3600
        for _ in range(REDRAW_BURST):
            pacing.spend("support", redraw=True)
        assert pacing.crowded() == [("support", True)]


def test_a_held_place_holds_posts_and_redraws_and_no_other_place(pacing: Pacing, watch: Stopwatch) -> None:
    pacing.hold("support", 30)
    pacing.spend("alerting", redraw=True)

    assert pacing.crowded() == [("support", False), ("support", True)]
    watch.seconds += 30
    assert pacing.crowded() == []


def test_a_short_hold_does_not_shorten_a_long_one(pacing: Pacing, watch: Stopwatch) -> None:
    pacing.hold("support", 30)
    pacing.hold("support", 1)

    watch.seconds += 2

    assert len(pacing.crowded()) == 2


def test_everything_can_be_held(pacing: Pacing, watch: Stopwatch) -> None:
    pacing.hold_all(8)

    assert pacing.held
    assert pacing.pause(60, pacing.now) == 8
    watch.seconds += 8
    assert not pacing.held


def test_the_pause_ends_when_the_first_place_is_free(pacing: Pacing) -> None:
    pacing.hold("support", 0.4)
    pacing.hold("alerting", 0.7)

    assert pacing.pause(IDLE_SECONDS, pacing.now) == pytest.approx(0.4)


def test_posts_to_one_place_are_spaced_and_redraws_and_others_are_not(database: Database) -> None:
    watch = Stopwatch()
    walk = Round(database, pacing=Pacing(POST_SECONDS, REDRAW_SECONDS, watch))
    posts = [walk.store(place="support") for _ in range(2)]
    redraw = walk.store(place="support", redraw=True)
    other = walk.store(place="alerting")

    walk.deliver_all()
    assert walk.sender.parcels == [[posts[0]], [redraw], [other]]
    assert walk.postman.pause() == pytest.approx(POST_SECONDS)

    watch.seconds += POST_SECONDS
    walk.deliver_all()
    assert walk.sender.parcels[-1] == [posts[1]]


def test_a_place_that_gets_free_while_he_turns_away_is_looked_at_again(database: Database) -> None:
    watch = Stopwatch()
    walk = Round(database, pacing=Pacing(POST_SECONDS, REDRAW_SECONDS, watch))
    posts = [walk.store(place="alerting") for _ in range(2)]
    walk.deliver_all()
    assert walk.sender.parcels == [[posts[0]]]

    watch.seconds += POST_SECONDS
    assert walk.postman.pause() == LEAST_PAUSE_SECONDS

    walk.deliver_all()
    assert walk.sender.parcels == [[posts[0]], [posts[1]]]
    watch.seconds += POST_SECONDS
    assert walk.deliver_all() == 0
    assert walk.postman.pause() == IDLE_SECONDS


def test_a_channel_that_comes_back_while_he_turns_away_is_looked_at_again(database: Database) -> None:
    watch = Stopwatch()
    walk = Round(database, pacing=Pacing(POST_SECONDS, REDRAW_SECONDS, watch))
    alert = walk.store(place="alerting")
    walk.pacing.hold_all(8)
    assert walk.deliver_all() == 0

    watch.seconds += 8
    assert walk.postman.pause() == LEAST_PAUSE_SECONDS

    walk.deliver_all()
    assert walk.sender.parcels == [[alert]]


def test_whoever_else_speaks_there_he_is_woken_for_what_can_be_said_before_he_looks(database: Database) -> None:
    watch = Stopwatch()
    walk = Round(database, pacing=Pacing(POST_SECONDS, REDRAW_SECONDS, watch))
    alert = walk.row(walk.store(place="alerting"))
    assert walk.postman.concerns(alert)  # he is at work, and may have looked before it was stored

    walk.deliver_all()
    assert walk.postman.pause() == POST_SECONDS
    assert not walk.postman.concerns(alert)  # he wakes when its place is free

    watch.seconds += POST_SECONDS
    walk.deliver_all()
    assert walk.postman.pause() == IDLE_SECONDS
    walk.pacing.spend("alerting", redraw=False)  # by another postman
    assert walk.postman.concerns(alert)


def test_a_place_that_is_held_for_long_hides_nothing_that_falls_due_elsewhere(database: Database) -> None:
    walk = Round(database)
    walk.pacing.hold("support", 30)
    walk.store(place="alerting", due_at=START + timedelta(seconds=2))

    assert walk.deliver_all() == 0
    assert walk.postman.pause() == 2


def test_after_a_look_in_vain_he_rests_as_long_as_looking_costs(database: Database, watch: Stopwatch) -> None:
    def look_for_a_while(_session: Session) -> datetime:
        watch.seconds += 0.01
        return START

    postman = Postman(
        database, StillClock(), Notebook(), Pacing(monotonic=watch), monotonic=watch, claim_time=look_for_a_while
    )
    assert postman.breath() == LEAST_REST_SECONDS

    assert postman.deliver_due() == 0
    assert postman.breath() == pytest.approx(0.01 * REST_AFTER_LOOK)

    watch.seconds += 1
    assert postman.breath() == LEAST_REST_SECONDS
