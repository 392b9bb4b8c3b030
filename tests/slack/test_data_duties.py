"""Words that are removed vanish from what Casebot posted in Slack: the card, the alert, the posts of the thread."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases.inbound import Author
from tests.slack import payloads
from tests.slack.payloads import CARLA
from tests.slack.world import SlackWorld, slack_world, words_of

ANNA = Author("console:anna", "anna (console)", is_admin=True)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SlackWorld]:
    """A desk that keeps words for ninety days; Carla's case was urgent, and is closed."""
    with slack_world(tmp_path, RETAIN_CLOSED_DAYS="90") as world:
        world.meet()
        world.hears(payloads.message("Urgent: my printer smokes"), payloads.message("And it burns"))
        world.deliver()
        world.bot.desk.cases.close("CASE-1", ANNA, "solved")
        world.deliver()
        yield world


def posted(world: SlackWorld) -> str:
    """All that stands in the team's channels, threads included."""
    rooms = [world.workspace.messages(room) for room in ("#support", "#alerting", "#logging")]
    return "\n".join(words_of(message) for room in rooms for message in room)


def test_after_its_time_a_closed_case_keeps_its_figures(world: SlackWorld) -> None:
    assert "smokes" in posted(world)
    world.passes(days=91)

    world.bot.desk.retention.clear_due()
    world.deliver()

    card, *_ = world.workspace.messages("#support")
    assert "(removed 90 days after closing)" in words_of(card)
    assert "Carla" in words_of(card)
    [alert] = world.workspace.messages("#alerting")
    assert "says “urgent”" in words_of(alert)
    assert "smokes" not in words_of(alert)


def test_of_an_erased_customer_no_post_tells(world: SlackWorld) -> None:
    world.bot.desk.erasure.erase(CARLA, ANNA)
    world.deliver()

    told = [word for word in ("Carla", CARLA, "smokes", "burns") if word in posted(world)]
    assert told == []
    assert "Case #CASE-1 closed at" in posted(world)
    assert "Erased customer" in posted(world)
