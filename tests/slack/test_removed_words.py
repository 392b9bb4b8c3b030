"""Words that are removed vanish from what Casebot posted in Slack: the card, the alert, the posts of the thread."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases.inbound import Author
from bot.slack.threads import case_threads
from tests.slack import payloads
from tests.slack.payloads import CARLA
from tests.slack.world import SlackWorld, slack_world, words_of

ANNA = Author("console:anna", "anna (console)", is_admin=True)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SlackWorld]:
    """A desk that keeps words for ninety days; Carla's case was urgent, and is closed."""
    with slack_world(tmp_path, RETAIN_CLOSED_DAYS="90") as world:
        world.meet()
        urgent = payloads.message("Urgent: my printer smokes")
        world.hears(urgent, payloads.message("And it burns"), payloads.edit(urgent, "Urgent: the printer smokes"))
        world.deliver()
        world.bot.desk.replies.reply("CASE-1", "Carla, pull the plug", ANNA)
        world.bot.desk.cases.note("CASE-1", "Carla never pays", ANNA)
        world.deliver()
        world.bot.desk.cases.solve("CASE-1", Author(CARLA, "Carla Customer"))
        world.deliver()
        yield world


def posted(world: SlackWorld) -> str:
    """All that stands in the team's channels, threads included."""
    told = []
    for room in ("#support", "#alerting", "#logging"):
        for parent in world.workspace.messages(room):
            told += [words_of(message) for message in world.workspace.thread(room, parent["ts"])]
    return "\n".join(told)


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
    words = ("Carla", CARLA, "smokes", "burns", "the plug", "never pays")
    assert [word for word in words if word not in posted(world)] == []

    world.bot.desk.erasure.erase(CARLA, ANNA)
    world.deliver()

    assert [word for word in words if word in posted(world)] == []
    assert "Case #CASE-1 closed at" in posted(world)
    assert "by Erased customer" in posted(world)
    with world.bot.desk.database.readers.begin() as session:
        assert set(case_threads(session, world.clock.now())) == {"C0SUPPORT", "C0ALERTING"}
