"""An event that comes again while it waits, or after it was taken in, is acked without being worked again."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases.inbound import Inbound, Taken
from bot.slack import copies
from bot.slack.copies import Copies
from tests.slack.outage import Outage, outage


def test_the_first_envelope_is_worked_and_the_others_are_acked_with_it() -> None:
    waiting = Copies()

    assert waiting.is_new("Ev1", "a")
    assert not waiting.is_new("Ev1", "b")
    assert not waiting.is_new("Ev1", "c")

    assert waiting.taken("Ev1") == ["b", "c"]
    assert waiting.is_taken("Ev1")
    assert not waiting.is_taken("Ev2")


def test_after_a_failure_each_envelope_gets_a_try_of_its_own() -> None:
    waiting = Copies()
    for envelope in ("a", "b"):
        waiting.is_new("Ev1", envelope)

    assert waiting.failed("Ev1") == "b"
    assert waiting.failed("Ev1") is None
    assert not waiting.is_taken("Ev1")
    assert waiting.is_new("Ev1", "c"), "Slack sends it again, and it is worked again"


def test_only_the_latest_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "REMEMBERED", 2)
    waiting = Copies()

    for event in ("Ev1", "Ev2", "Ev3"):
        waiting.taken(event)

    assert [waiting.is_taken(event) for event in ("Ev1", "Ev2", "Ev3")] == [False, True, True]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Outage]:
    """A desk that hears, and a Slack that sends an event again after a fifth of a second."""
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world:
        world.sandbox.link.ack_timeout = 0.2
        world.up()
        yield world


def test_what_waits_longer_than_slack_does_is_worked_once_and_acked(
    world: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, worked = threading.Event(), list[str]()
    intake = world.running.desk.intake
    receive = intake.receive

    def slowly(inbound: Inbound) -> Taken:
        worked.append("once")
        go_on.wait(10)
        return receive(inbound)

    monkeypatch.setattr(intake, "receive", slowly)
    world.writes("carla", "Is anybody there?")
    world.until(lambda: world.sandbox.link.retried >= 2, "Slack to send it again, twice")
    go_on.set()

    world.sandbox.settle()
    assert worked == ["once"]
    assert world.bodies() == ["Is anybody there?"]
    assert world.sandbox.link.lost == []
