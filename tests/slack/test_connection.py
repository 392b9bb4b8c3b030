"""The line to Slack over a real socket: what comes in is acked, what is lost is opened anew, what is wrong is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases.models import Message
from bot.loop import Loop
from bot.sandbox.workspace import text_of
from bot.slack.action_ids import ACKNOWLEDGE
from bot.slack.connection import SlackAway, TokenRefused
from tests.services.process import wait_until
from tests.slack.world import SlackWorld, slack_world


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[SlackWorld]:
    """A bot that hears the workspace over its socket."""
    with slack_world(tmp_path) as world:
        connection = world.slack.connection
        connecting = Loop("slack", connection.keep, lambda: 0.2, world.clock)
        connection.wake = connecting.nudge
        connecting.start()
        wait_until(lambda: connection.problem == "", "the socket", seconds=5)
        yield world
        connecting.stop()
        connection.close()


def test_a_whole_story_over_the_socket(connected: SlackWorld) -> None:
    workspace = connected.workspace

    workspace.say("carla", "@casebot", "It is urgent, please help")
    connected.sandbox.settle()
    connected.deliver()
    [alert] = workspace.messages("#alerting")
    click = workspace.click("ada", "#alerting", alert["ts"], ACKNOWLEDGE)
    typed = workspace.command("amos", "#support", "/case", "status 1")
    workspace.open_home("ada")

    assert (click.acked, typed.acked) == (True, True)
    assert "escalated before" in text_of(workspace.ephemerals("amos")[-1])
    assert connected.seen(lambda: workspace.home("ada")) is not None
    assert connected.sandbox.link.lost == []


def test_what_could_not_be_stored_comes_again_and_is_stored_once(connected: SlackWorld) -> None:
    connected.sandbox.link.ack_timeout = 0.3

    with connected.failing_commits():
        connected.workspace.say("carla", "@casebot", "Help")
        wait_until(lambda: connected.sandbox.link.retried > 0, "the redelivery", seconds=5)
    connected.sandbox.settle()

    assert len(connected.rows(Message)) == 1
    assert connected.sandbox.link.lost == []


def test_asked_to_move_it_moves_and_loses_nothing(connected: SlackWorld) -> None:
    connected.sandbox.link.ack_timeout = 2
    connected.sandbox.link.disconnect("refresh_requested")
    for number in range(20):
        connected.workspace.say("carla", "@casebot", f"line {number}")

    connected.sandbox.settle()

    assert len(connected.rows(Message)) == 20


def test_before_the_first_contact_the_problem_says_so(tmp_path: Path) -> None:
    with slack_world(tmp_path) as world:
        assert world.slack.connection.problem == "not connected yet"


def test_while_slack_is_away_the_next_try_may_succeed(tmp_path: Path) -> None:
    with slack_world(tmp_path) as world:
        world.sandbox.pause_slack()

        with pytest.raises(SlackAway):
            world.slack.connection.keep()

        assert world.slack.connection.problem != ""
        world.sandbox.resume_slack()
        world.slack.connection.keep()
        wait_until(lambda: world.slack.connection.problem == "", "the socket", seconds=5)
        world.slack.connection.close()


def test_a_missing_scope_is_named(tmp_path: Path) -> None:
    with slack_world(tmp_path) as world:
        world.sandbox.faults.refuse("conversations.list", "missing_scope")

        with pytest.raises(SlackAway, match="Slack answers missing_scope"):
            world.slack.connection.keep()


def test_a_refused_token_says_which_and_where_to_copy_it(tmp_path: Path) -> None:
    with slack_world(tmp_path, SLACK_BOT_TOKEN="xoxb-1-of-another-workspace") as world:
        with pytest.raises(TokenRefused, match="SLACK_BOT_TOKEN is refused by Slack"):
            world.slack.connection.keep()

        assert "OAuth & Permissions" in world.slack.connection.problem


def test_without_its_channels_it_does_not_listen_and_says_which(tmp_path: Path) -> None:
    with slack_world(tmp_path, LOGGING_SLACK_CHANNEL="#diary") as world:
        world.slack.connection.keep()

        assert world.slack.connection.problem.startswith("LOGGING_SLACK_CHANNEL: there is no channel #diary")
        assert world.sandbox.link.connections == 0
