"""The line after an outage: once, where something happened, and nothing after an ordinary restart."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.slack.outage import SUPPORT, Outage, outage

CLICKS = "Reactions and button clicks of that time are not known to me."


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Outage]:
    """A desk that was up once, and is down now."""
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world:
        world.up()
        world.down()
        yield world


def test_after_an_outage_one_line_tells_what_came_in(world: Outage) -> None:
    world.writes("carla", "The till burns, it is urgent")
    world.writes("cosmo", "Hello")
    world.sandbox.clock.advance(timedelta(minutes=55))

    world.up()

    [line] = world.recap()
    assert line.endswith(f"UTC: 2 Slack messages taken in, 1 escalation fell due. {CLICKS}")
    assert world.recap() == [line]


def test_an_ordinary_restart_says_nothing(world: Outage) -> None:
    world.up()
    assert world.recap() == []
    world.down()
    world.up()

    assert world.recap() == []


def test_one_message_in_a_short_drop_is_worth_a_line(world: Outage) -> None:
    world.writes("carla", "Hello")

    world.up()

    [line] = world.recap()
    assert "1 Slack message taken in." in line


def test_a_long_silent_outage_is_told_for_its_clicks(world: Outage) -> None:
    world.sandbox.clock.advance(timedelta(hours=2))

    world.up()

    [line] = world.recap()
    assert line.endswith(f"nothing came in. {CLICKS}")


def test_what_was_heard_live_is_no_news(world: Outage) -> None:
    world.up()
    world.opens("carla", "Hello")

    world.down()
    world.up()

    assert world.recap() == []


def test_two_outages_are_two_lines(world: Outage) -> None:
    for text in ("First", "Second"):
        world.writes("carla", text)
        world.up()
        world.recap()
        world.down()
    world.up()

    assert len(world.recap()) == 2
    assert all("1 Slack message taken in" in text for text in world.texts(SUPPORT) if text.startswith("Away"))
