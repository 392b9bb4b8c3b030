"""The patrol: what stands in Slack and was not heard proves a line deaf; what was heard, or is on its way, does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.hearing import Hearing
from bot.slack.history import History, Place
from bot.slack.patrol import LONGEST_RENEW_SECONDS, LOOK_SECONDS, RENEW_SECONDS, Patrol
from tests.cases.desk import StillClock
from tests.outbox.round import Stopwatch
from tests.slack.payloads import CUSTOMERS, SUPPORT
from tests.slack.world import SlackWorld, slack_world

PLACES = [Place(SUPPORT, "channel"), Place(CUSTOMERS, "channel")]


class Watch:
    """A patrol over a real history, at times a test sets; it hears nothing but what the test says."""

    def __init__(self, slack: SlackWorld) -> None:
        self.slack = slack
        self.workspace = slack.workspace
        self.stopwatch = Stopwatch()
        self.hearing = Hearing(StillClock(), self.stopwatch)
        self.hearing.greeted(1)
        self.closes_gap()
        self.renewed = 0
        self.heard_elsewhere = False
        self.patrol = Patrol(
            History(slack.slack.web), self.hearing, self._renew, self.stopwatch, lambda _ts: self.heard_elsewhere
        )

    def _renew(self) -> None:
        self.renewed += 1

    def closes_gap(self) -> None:
        if self.hearing.gap is not None:
            self.hearing.close(self.hearing.gap)

    def looks(self, times: int = 1) -> list[bool]:
        """Look so many times, whenever it is time to."""
        return [self.look() for _ in range(times)]

    def look(self) -> bool:
        self.stopwatch.seconds += LOOK_SECONDS
        return self.patrol.look(PLACES)

    def hears(self, ts: str) -> None:
        self.hearing.heard({"event": {"type": "message", "channel": CUSTOMERS, "ts": ts}}, taken=True)

    def calls(self) -> int:
        return len(self.workspace.called("conversations.history"))


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    """Everything that was ever said is known."""
    with slack_world(tmp_path) as world:
        yield Watch(world)


def test_where_nobody_speaks_nobody_is_deaf(watch: Watch) -> None:
    assert watch.looks(6) == [False] * 6
    assert watch.hearing.gap is None


def test_what_stands_there_unheard_at_two_looks_proves_the_line_deaf(watch: Watch) -> None:
    watch.workspace.say("carla", CUSTOMERS, "Is anybody there?")

    assert watch.looks(2) == [False, True]
    assert watch.renewed == 1
    assert watch.hearing.gap is not None


def test_what_slack_told_another_process_of_ours_makes_nobody_deaf(watch: Watch) -> None:
    watch.workspace.say("carla", CUSTOMERS, "Is anybody there?")
    watch.heard_elsewhere = True

    assert watch.looks(3) == [False] * 3
    assert watch.renewed == 0


def test_every_second_look_is_at_the_first_place(watch: Watch) -> None:
    watch.looks(4)

    asked = [call["channel"] for call in watch.workspace.called("conversations.history")]
    assert asked == [CUSTOMERS, SUPPORT, CUSTOMERS, SUPPORT]


def test_what_was_only_late_proves_nothing(watch: Watch) -> None:
    ts = watch.workspace.say("carla", CUSTOMERS, "Is anybody there?")
    assert not watch.look()

    watch.hears(ts)

    assert not any(watch.looks(4))


def test_what_the_catch_up_read_is_known(watch: Watch) -> None:
    ts = watch.workspace.say("carla", CUSTOMERS, "Is anybody there?")

    watch.hearing.learn(CUSTOMERS, ts)

    assert not any(watch.looks(4))


def test_while_events_come_in_nothing_is_asked(watch: Watch) -> None:
    watch.looks(1)
    asked = watch.calls()

    for second in range(5):
        watch.stopwatch.seconds += LOOK_SECONDS
        watch.hears(f"177244200{second}.000000")
        assert not watch.patrol.look(PLACES)

    assert watch.calls() == asked


def test_a_new_socket_that_did_not_help_is_not_changed_again_and_again(watch: Watch) -> None:
    for _ in range(4):
        watch.workspace.say("carla", CUSTOMERS, "Is anybody there?")
        assert any(watch.looks(3))
        watch.closes_gap()

    assert watch.renewed == 1
    assert watch.patrol.problem == ""


def test_where_no_socket_hears_health_says_where_to_look(watch: Watch) -> None:
    for pause in (0.0, RENEW_SECONDS, LONGEST_RENEW_SECONDS):
        watch.stopwatch.seconds += pause
        watch.workspace.say("carla", CUSTOMERS, "Is anybody there?")
        assert any(watch.looks(3))

    assert watch.renewed == 3
    assert "Event Subscriptions" in watch.patrol.problem
    watch.stopwatch.seconds += LOOK_SECONDS
    watch.hears("1772442000.000000")
    watch.patrol.look(PLACES)
    assert watch.patrol.problem == ""
