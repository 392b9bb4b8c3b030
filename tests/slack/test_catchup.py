"""Catching up: what was said while nobody heard it is in the desk once, as if it had been heard."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases.models import CaseEvent, EventKind, Message
from tests.slack.outage import CUSTOMERS, SUPPORT, Outage, outage

PHRASE = "I'm closing this case."


@pytest.fixture
def world(database_url: str) -> Iterator[Outage]:
    """A desk that was up once, and is down now."""
    with outage(database_url) as world:
        world.up()
        yield world


def test_what_was_said_while_the_bot_was_down_comes_in_once(world: Outage) -> None:
    world.opens("carla", "The till is broken")
    world.down()
    world.writes("carla", "It is urgent now")
    world.workspace.say("cosmo", CUSTOMERS, "Is anybody there?")

    world.up()

    assert world.bodies() == ["The till is broken", "It is urgent now", "Is anybody there?"]
    assert world.case().escalated
    world.down()
    world.up()
    assert world.count(Message) == 3


@pytest.mark.one_database
def test_somebody_who_never_wrote_before_is_heard_in_his_new_dm(world: Outage) -> None:
    world.down()
    world.writes("carla", "Hello, is this the shop?")

    world.up()

    assert world.bodies() == ["Hello, is this the shop?"]


@pytest.mark.one_database
def test_an_admins_words_in_an_old_cases_thread_close_it(world: Outage) -> None:
    card = world.opens("carla", "The till is broken")
    for number in range(3):
        world.workspace.say("ada", SUPPORT, f"Lunch {number}?")
    world.down()
    world.workspace.say("amos", SUPPORT, "Looking into it", str(card["ts"]))
    world.workspace.say("ada", SUPPORT, PHRASE, str(card["ts"]))

    world.up()

    assert world.case().status == "closed"
    assert world.case().closed_by == world.workspace.person("ada").display_name
    assert "Looking into it" in world.bodies()


@pytest.mark.one_database
def test_replies_under_a_customers_message_are_found(world: Outage) -> None:
    said = world.workspace.say("cosmo", CUSTOMERS, "The door is stuck")
    world.until(lambda: world.count(Message) == 1, "the message")
    world.down()
    world.workspace.say("ada", CUSTOMERS, "Push harder", said)
    world.workspace.say("cosmo", CUSTOMERS, "I did", said)

    world.up()

    assert world.bodies() == ["The door is stuck", "Push harder", "I did"]


@pytest.mark.one_database
def test_an_edit_and_a_deletion_of_that_time_are_recorded(world: Outage) -> None:
    edited = world.writes("carla", "The till is broken")
    deleted = world.writes("carla", "Never mind")
    world.until(lambda: world.count(Message) == 2, "both messages")
    world.down()
    world.workspace.edit("carla", "@casebot", edited, "The till burns, it is an emergency")
    world.workspace.delete("carla", "@casebot", deleted)
    world.writes("carla", "Help")

    world.up()

    first, second, _ = sorted(world.rows(Message), key=lambda row: row.timestamp)
    assert first.body == "The till burns, it is an emergency"
    assert second.deleted_at is not None
    assert world.case().escalated
    kinds = [event.kind for event in world.rows(CaseEvent)]
    assert (kinds.count(EventKind.EDITED), kinds.count(EventKind.DELETED)) == (1, 1)


@pytest.mark.one_database
def test_files_of_that_time_are_listed_with_their_message(world: Outage) -> None:
    world.down()
    world.workspace.say("carla", world.workspace.dm("carla"), "See this", files=[("till.png", b"image")])

    world.up()

    [body] = world.bodies()
    assert body.startswith("See this")
    [message] = world.rows(Message)
    assert message.sender == world.workspace.person("carla").id


def test_at_the_first_start_the_past_is_left_alone(tmp_path: Path) -> None:
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world:
        world.writes("carla", "Long ago")
        world.workspace.say("cosmo", CUSTOMERS, "Long ago too")
        world.up()
        world.down()
        world.writes("carla", "News")

        world.up()

        assert world.bodies() == ["News"]


def test_a_channel_the_bot_was_not_in_is_read_from_its_joining_on(tmp_path: Path) -> None:
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world:
        workspace = world.workspace
        workspace.create_channel("lounge", ["carla"], with_bot=False)
        workspace.create_channel("attic", ["carla"], with_bot=False)
        world.up()
        world.down()
        workspace.say("carla", "#lounge", "Said among ourselves")
        workspace.join("casebot", "#lounge")
        workspace.say("carla", "#lounge", "Hello Casebot")
        workspace.say("carla", "#attic", "Nobody listens here")

        world.up()

        assert world.bodies() == ["Hello Casebot"]


def test_among_a_thousand_messages_the_customers_come_in_order_and_once(tmp_path: Path) -> None:
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world:
        world.up()
        world.down()
        for number in range(1000):
            speaker = "cosmo" if number % 25 == 0 else "ada"
            world.workspace.say(speaker, CUSTOMERS, f"line {number}")

        world.up()

        assert world.bodies() == [f"line {number}" for number in range(0, 1000, 25)]
        assert [row.body for row in world.rows(Message)] == world.bodies()
        pages = [asked for asked in world.asked("conversations.history") if asked.get("cursor")]
        assert len(pages) == 4
