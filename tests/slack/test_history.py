"""Reading Slack's history: pages and their order, and patience that a stop ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack.connection import SlackAway
from bot.slack.history import CALLS_A_MINUTE, PAGE, Closed, History, Place
from tests.outbox.round import Stopwatch
from tests.slack.payloads import CUSTOMERS, SUPPORT
from tests.slack.world import SlackWorld, slack_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SlackWorld]:
    with slack_world(tmp_path) as world:
        yield world


@pytest.fixture
def history(world: SlackWorld) -> History:
    return History(world.slack.web, Stopwatch())


def test_several_pages_come_as_one_in_order(world: SlackWorld, history: History) -> None:
    said = [world.workspace.say("carla", CUSTOMERS, f"line {number}") for number in range(PAGE + 20)]

    assert [message["ts"] for message in history.since(CUSTOMERS, said[4])] == said[5:]
    assert history.newest(CUSTOMERS) == said[-1]


def test_looking_back_tells_how_far_it_saw(world: SlackWorld, history: History) -> None:
    said = [world.workspace.say("carla", CUSTOMERS, f"line {number}") for number in range(PAGE + 20)]

    shown, reached = history.before(CUSTOMERS, said[0], said[-2], pages=1)
    assert ([message["ts"] for message in shown], reached) == (said[19:-1], said[19])

    shown, reached = history.before(CUSTOMERS, said[0], said[-2], pages=2)
    assert ([message["ts"] for message in shown], reached) == (said[:-1], said[0])


def test_of_a_thread_only_new_replies_are_read(world: SlackWorld, history: History) -> None:
    parent = world.workspace.say("carla", CUSTOMERS, "Help")
    replies = [world.workspace.say("ada", CUSTOMERS, text, parent) for text in ("One", "Two", "Three")]

    assert [message["text"] for message in history.replies(CUSTOMERS, parent, replies[0])] == ["Two", "Three"]


def test_every_conversation_with_the_bot_is_found(world: SlackWorld, history: History) -> None:
    direct = world.workspace.dm("carla")
    world.workspace.create_channel("attic", ["carla"], with_bot=False)
    vault = world.workspace.create_channel("vault", ["ada"], private=True)

    found = history.places()

    assert {Place(direct, "im"), Place(vault, "group"), Place(SUPPORT, "channel")} <= set(found)
    assert len(found) == len({place.channel for place in found}) == 6


def test_a_channel_that_is_not_ours_is_closed(world: SlackWorld, history: History) -> None:
    attic = world.workspace.create_channel("attic", ["carla"], with_bot=False)

    with pytest.raises(Closed, match="not_in_channel"):
        history.since(attic, "0")


def test_slack_away_is_told_as_such(world: SlackWorld, history: History) -> None:
    world.sandbox.pause_slack()

    with pytest.raises(SlackAway):
        history.places()


def test_no_more_calls_a_minute_than_slack_likes_and_a_stop_ends_the_wait(world: SlackWorld, history: History) -> None:
    for _ in range(CALLS_A_MINUTE):
        history.newest(SUPPORT)
    history.stop()

    with pytest.raises(SlackAway, match="the bot stops"):
        history.newest(SUPPORT)
    assert len(world.workspace.called("conversations.history")) == CALLS_A_MINUTE


def test_where_we_may_not_look_there_is_nothing_newest(world: SlackWorld, history: History) -> None:
    assert history.newest(world.workspace.create_channel("attic", ["carla"], with_bot=False)) == ""
