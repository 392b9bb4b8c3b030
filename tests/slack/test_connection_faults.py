"""A line that is cut, refused, frozen or deaf: noticed, opened anew, and what was said meanwhile is caught up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox import socket_mode
from bot.slack import catchup, line, patrol
from tests.services.process import wait_until
from tests.services.tcp_proxy import TcpProxy
from tests.slack.outage import Outage, outage
from tests.slack.world import slack_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Outage]:
    """A desk that hears, and a Slack that sends nothing twice."""
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world:
        world.sandbox.link.ack_timeout = 0.2
        world.up()
        yield world


def test_what_is_said_while_the_socket_is_down_is_read_from_history(world: Outage) -> None:
    world.sandbox.link.refusing = True
    world.sandbox.link.cut()
    world.until(lambda: world.sandbox.link.connections == 0, "the cut")
    world.writes("carla", "Is anybody there?")
    world.until(lambda: len(world.sandbox.link.lost) == 1, "Slack to give up")

    world.sandbox.link.refusing = False
    world.until(lambda: world.bodies() == ["Is anybody there?"], "what was said")

    world.is_whole()
    assert "1 Slack message taken in" in world.recap()[0]


def test_asked_to_move_there_is_no_gap(world: Outage) -> None:
    hellos = world.asked("apps.connections.open")
    world.sandbox.link.disconnect("refresh_requested")
    world.until(lambda: len(world.asked("apps.connections.open")) > len(hellos), "another socket")
    world.writes("carla", "Is anybody there?")

    world.until(lambda: world.bodies() == ["Is anybody there?"], "what was said")
    world.sandbox.settle()

    assert world.sandbox.link.lost == []
    assert world.recap() == []


def test_a_deaf_socket_is_noticed_and_left(world: Outage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patrol, "LOOK_SECONDS", 0.4)
    monkeypatch.setattr(patrol, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(catchup, "PLACES_SECONDS", 1.0)
    world.sandbox.link.deafen()
    world.writes("carla", "Is anybody there?")
    world.until(lambda: len(world.sandbox.link.lost) == 1, "Slack to give up")

    def heard() -> bool:
        world.running.catching_up.nudge()
        return world.bodies() == ["Is anybody there?"]

    world.until(heard, "what was said")
    world.is_whole()
    monkeypatch.undo()
    world.writes("carla", "At last")

    world.until(lambda: world.bodies()[-1] == "At last", "what is said on the new socket")
    assert len(world.sandbox.link.lost) == 1


def test_a_frozen_socket_is_noticed_by_its_missing_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "PING_SECONDS", 0.2)
    monkeypatch.setattr(line, "SILENT_SECONDS", 2.0)
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world, TcpProxy(world.sandbox.port) as proxy:
        world.sandbox.link.ack_timeout = 0.2
        direct = world.workspace.socket_url
        world.workspace.socket_url = lambda: direct().replace(str(world.sandbox.port), str(proxy.port))
        bot = world.up()
        proxy.silence()
        world.writes("carla", "Is anybody there?")
        world.until(lambda: len(world.sandbox.link.lost) == 1, "Slack to give up")
        world.until(lambda: "socket" in bot.slack.connection.problem, "the silence to be noticed")
        proxy.speak()

        def heard() -> bool:
            bot.connecting.nudge()
            return world.bodies() == ["Is anybody there?"]

        world.until(heard, "what was said")
        world.until(lambda: "last_pong_seconds" in bot.slack.connection.details, "an answer to a ping")


def test_refused_by_slack_it_says_why_and_slows_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_mode, "MOST_CONNECTIONS", 0)
    with slack_world(tmp_path) as world:
        connection = world.slack.connection

        def refused() -> bool:
            connection.keep()
            return "stop other copies" in connection.problem

        wait_until(refused, "the refusal")
        for _ in range(100):
            connection.keep()
        assert len(world.workspace.called("apps.connections.open")) <= 3

        monkeypatch.undo()

        def connected() -> bool:
            connection.keep()
            return connection.problem == ""

        wait_until(connected, "the socket")
        connection.close()
