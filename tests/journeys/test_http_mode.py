"""SLACK_MODE=http: Slack calls the desk, signs what it says, and tries again; everything else is as over the socket."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cases.models import Message
from bot.sandbox.http_link import HttpLink
from bot.slack.action_ids import REPLY
from tests.journeys.promises import broken
from tests.journeys.world import ALERTING, CARLA, LOGGING, SUPPORT, World, journey
from tests.services.http import http
from tests.slack.world import failing_commits


@pytest.fixture
def world(tmp_path: Path, untouched: None) -> Iterator[World]:
    """A desk that Slack calls; no app-level token is anywhere."""
    with journey(tmp_path, SLACK_MODE="http", UNDO_SECONDS="0") as running:
        assert running.settings.slack_app_token is None
        yield running
        assert broken(running) == []


def calls_of(world: World) -> HttpLink:
    assert world.sandbox.calls is not None
    return world.sandbox.calls


def test_the_whole_story_over_http(world: World) -> None:
    assert calls_of(world).verify()

    world.mail(CARLA, "Printer", "Urgent: it burns.")
    world.sees(ALERTING, "CASE-1")
    card = world.sees(SUPPORT, "CASE-1")
    asked = world.clicks("ada", card, REPLY)
    world.until(lambda: world.workspace.modal("ada"))
    sent = world.workspace.submit_view("ada", {"text": "Step back, help is on its way."})
    world.until(lambda: world.sandbox.mailbox.inbox(CARLA))
    listed = world.command("amos", "list")
    world.workspace.open_home("ada")
    world.until(lambda: world.workspace.home("ada"))
    world.workspace.say("ada", SUPPORT, "I'm closing this case.", str(card["ts"]))

    world.sees(LOGGING, "Case #CASE-1 closed at")
    assert (asked.acked, sent.acked) == (True, True)
    assert "CASE-1" in listed
    assert world.workspace.called("apps.connections.open") == []
    assert world.health()["details"]["slack"]["mode"] == "http"


def test_what_could_not_be_stored_is_not_acked_and_comes_again(world: World) -> None:
    with failing_commits(world.bot.desk.database):
        world.writes("cosmo", "The shop is down!")
        world.until(lambda: calls_of(world).retried)

    world.sees(SUPPORT, "The shop is down!")
    world.settles()

    assert len(world.rows(Message)) == 1
    assert calls_of(world).lost == []


def test_what_nobody_signed_is_refused_and_touches_nothing(world: World) -> None:
    address = f"http://127.0.0.1:{world.settings.port}/slack/events"
    event = {"type": "event_callback", "event": {"type": "message", "user": "U0CARLA", "text": "Let me in"}}
    stranger = HttpLink(address, "f" * 32)

    refused = [
        http.post(address, json=event).status_code,
        http.post(address, content=b"\xff{", headers={"X-Slack-Request-Timestamp": "soon"}).status_code,
        http.get(address).status_code,
    ]

    assert refused == [401, 401, 405]
    assert not stranger.verify()
    stranger.close()
    assert world.rows(Message) == []
    assert world.health()["details"]["slack"]["refused_calls"] == 3
    assert world.health()["status"] == "healthy"


def test_after_an_hour_away_all_is_in_and_one_line_tells_of_it(world: World) -> None:
    world.opens("cosmo", "First")
    world.settles()
    world.stop()
    world.writes("cosmo", "Second")
    world.until(lambda: calls_of(world).lost)
    world.sandbox.advance(timedelta(minutes=55))

    world.start()
    world.until(lambda: world.case().message_count == 2)
    world.until(lambda: world.bot.slack.hearing.gap is None)
    world.passes(seconds=30)

    assert "1 Slack message taken in" in world.sees(SUPPORT, "Away")["text"]


def test_while_slack_can_not_be_asked_it_counts_as_away_and_is_caught_up_with(world: World) -> None:
    world.opens("cosmo", "First")
    world.sandbox.pause_slack()
    world.bot.slack.connection.wake()
    world.sandbox.advance(timedelta(minutes=2))  # as long as a machine was asleep
    world.until(lambda: world.health()["services"]["slack"] == "failing")

    world.writes("cosmo", "Second")
    world.sandbox.resume_slack()

    world.until(lambda: world.health()["status"] == "healthy")
    world.until(lambda: world.case().message_count == 2)
