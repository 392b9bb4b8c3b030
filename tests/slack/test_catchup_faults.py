"""Catching up under difficulties: rate limits, outages in the middle, a database that fails, words it can't take."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session as OrmSession

from bot.cases.models import Case, Message
from bot.slack import hearing
from bot.slack.catchup import TRIES, NotTaken
from tests.slack.outage import CUSTOMERS, SUPPORT, Outage, outage
from tests.slack.world import failing_commits


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Outage]:
    """A desk that knows a case, and is down."""
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world:
        world.up()
        world.opens("carla", "The till is broken")
        world.down()
        yield world


def test_a_rate_limit_is_waited_out(world: Outage) -> None:
    world.writes("carla", "Still broken")
    world.sandbox.faults.rate_limit("conversations.history", times=2, retry_after=1)
    world.sandbox.faults.rate_limit("users.conversations", retry_after=1)

    world.up()

    assert world.bodies() == ["The till is broken", "Still broken"]


def test_slack_going_away_in_the_middle_costs_only_time(world: Outage) -> None:
    world.writes("carla", "Still broken")
    world.sandbox.faults.fail("conversations.history", times=2)

    world.up()

    assert world.bodies() == ["The till is broken", "Still broken"]


def test_a_channel_that_is_closed_to_us_holds_nobody_up(world: Outage) -> None:
    world.writes("carla", "Still broken")
    bot = world.up(whole=False)
    world.until(lambda: bot.slack.places.resolved, "the places")
    world.is_whole()
    world.workspace.leave("casebot", CUSTOMERS)
    world.sandbox.faults.refuse("conversations.history", "not_in_channel")

    bot.slack.hearing.missed()
    world.is_whole()

    assert world.bodies() == ["The till is broken", "Still broken"]


def test_until_everything_is_in_the_mark_stays_where_it_was(world: Outage) -> None:
    before = world.marks().line_at
    world.writes("carla", "Still broken")
    world.sandbox.faults.fail("conversations.replies", times=10_000)
    world.workspace.say("ada", SUPPORT, "Looking", world.workspace.messages(SUPPORT)[0]["ts"])

    bot = world.up(whole=False)
    world.until(lambda: bot.catching_up.pulse.reason != "", "the failure")
    assert world.marks().line_at == before
    assert "catch-up" in bot.checks["slack"].problem()

    world.sandbox.faults.clear()
    world.is_whole()
    assert world.marks().line_at != before
    assert "Looking" in world.bodies()


def test_a_message_that_can_never_be_stored_holds_up_no_other(world: Outage) -> None:
    def poisoned(_session: OrmSession, message: Message | object) -> None:
        if isinstance(message, Message) and message.body == "poison":
            raise OperationalError("INSERT", {}, Exception("no such words"))

    world.writes("carla", "poison")
    world.writes("carla", "Still broken")
    bot = world.up(by_hand=True)
    event.listen(OrmSession, "before_attach", poisoned)
    try:
        for _ in range(TRIES):
            with pytest.raises(NotTaken):
                bot.slack.catchup.keep()
        bot.slack.catchup.keep()
    finally:
        event.remove(OrmSession, "before_attach", poisoned)

    assert bot.slack.hearing.gap is None
    assert world.bodies() == ["The till is broken", "Still broken"]


def test_what_the_database_refused_for_too_long_is_read_from_history(
    world: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "RIPE_SECONDS", 0.1)
    world.sandbox.link.ack_timeout = 0.1
    bot = world.up()
    bot.catching_up.stop()

    with failing_commits(bot.desk.database):
        world.writes("carla", "Still broken")
        world.until(lambda: len(world.sandbox.link.lost) == 1, "Slack to give up")
    assert bot.slack.hearing.gap is not None
    world.until(lambda: bot.slack.hearing.ripe, "Slack's own tries to be over")
    bot.slack.catchup.keep()

    assert world.bodies() == ["The till is broken", "Still broken"]
    assert world.count(Case) == 1


def test_live_events_and_history_meet_without_doubling(world: Outage) -> None:
    for number in range(30):
        world.writes("carla", f"missed {number}")
    bot = world.up(whole=False)
    world.until(lambda: bot.slack.hearing.hears, "the socket")
    for number in range(30):
        world.writes("cosmo", f"live {number}")

    world.is_whole()
    world.sandbox.settle()

    assert len(world.bodies()) == 61
    assert len(set(world.bodies())) == 61
    assert world.count(Case) == 2
