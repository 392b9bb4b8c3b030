"""What was heard, and the gaps in it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.slack.hearing import RIPE_SECONDS, Hearing, earlier, order
from tests.cases.desk import START, StillClock
from tests.outbox.round import Stopwatch


class Ear:
    """A hearing whose times a test sets."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.stopwatch = Stopwatch()
        self.hearing = Hearing(self.clock, self.stopwatch)

    def hears(self, ts: str, channel: str = "C1", *, taken: bool = True, **more: Any) -> None:
        self.hearing.heard({"event": {"type": "message", "channel": channel, "ts": ts} | more}, taken=taken)


@pytest.fixture
def ear() -> Ear:
    """Connected, and caught up."""
    ear = Ear()
    ear.hearing.greeted(1)
    assert ear.hearing.gap is not None
    ear.hearing.close(ear.hearing.gap)
    return ear


def test_at_the_start_everything_may_be_missing() -> None:
    hearing = Hearing(StillClock())

    assert hearing.gap is not None
    assert (hearing.gap.since, hearing.ripe) == (None, False)
    hearing.greeted(1)
    assert hearing.ripe


def test_the_newest_event_is_known_by_channel_and_in_all(ear: Ear) -> None:
    ear.hears("1772442000.000200")
    ear.hears("1772442000.000100")
    ear.hears("1772441000.000000", "C2")

    assert ear.hearing.newest == ear.hearing.newest_in("C1") == "1772442000.000200"
    assert ear.hearing.newest_in("C2") == "1772441000.000000"
    assert ear.hearing.newest_in("C3") == ""


@pytest.mark.parametrize("ts", ["", "soon", "17724420000001.5", None])
def test_an_odd_time_moves_nothing(ear: Ear, ts: str | None) -> None:
    ear.hears("1772442000.000200")

    ear.hears("", event_ts=ts)

    assert ear.hearing.newest == "1772442000.000200"


def test_an_event_that_was_not_stored_opens_a_gap_that_waits_for_slacks_own_tries(ear: Ear) -> None:
    ear.hears("1772442000.000200", taken=False)

    assert ear.hearing.newest == ""
    assert ear.hearing.gap is not None
    assert ear.hearing.gap.since == START
    assert not ear.hearing.ripe
    ear.stopwatch.seconds += RIPE_SECONDS
    assert ear.hearing.ripe


def test_a_gap_keeps_its_beginning_and_is_closed_by_who_saw_its_end(ear: Ear) -> None:
    ear.hearing.lost(START - timedelta(seconds=7))
    seen = ear.hearing.gap
    assert seen is not None
    ear.clock.advance(timedelta(minutes=1))
    ear.hearing.missed()

    assert not ear.hearing.close(seen)
    again = ear.hearing.gap
    assert again is not None
    assert (seen.since, again.since) == (START - timedelta(seconds=7), START + timedelta(minutes=1))
    assert ear.hearing.close(again)
    assert ear.hearing.gap is None


def test_ages_tell_how_long_ago_slack_spoke(ear: Ear) -> None:
    ear.stopwatch.seconds += 4
    ear.hearing.ponged()
    ear.stopwatch.seconds += 3

    assert (ear.hearing.age("hello"), ear.hearing.age("pong"), ear.hearing.age("event")) == (7, 3, None)


def test_times_of_slack_compare_exactly() -> None:
    assert order("1772442000.000100") < order("1772442000.000101") < order("1772442001")
    assert earlier("1772442000.000100", 300) == "1772441700.000100"
    assert earlier("", 300) == "0.000000"
