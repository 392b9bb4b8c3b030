"""The door for Slack's calls: who may come in, what is answered when, and what makes a gap where there is no socket."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from slack_bolt import BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import Response

from bot.cases.models import Message
from bot.clock import SystemClock
from bot.slack import door as door_room
from bot.slack.connection import SlackAway, TokenRefused
from bot.slack.door import Door
from tests.services.process import wait_until
from tests.slack import payloads
from tests.slack.world import SlackWorld, slack_world

SECRET = "0123456789abcdef" * 2
CHALLENGE = {"type": "url_verification", "challenge": "3eZbrw1aB"}


class Caller:
    """Slack, calling the door of a desk by hand."""

    def __init__(self, world: SlackWorld) -> None:
        self.world = world
        assert world.slack.door is not None
        self.door: Door = world.slack.door
        self.hearing = world.slack.hearing

    def says(self, body: object, **headers: str) -> int:
        call: Callable[..., Response] = self.calls
        return call(json.dumps(body).encode(), **headers).status_code

    def calls(self, body: bytes, *, secret: str = SECRET, age: int = 0, **headers: str) -> Response:
        timestamp = str(int(SystemClock().now().timestamp()) - age)
        text = body.decode("utf-8", "replace")
        signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=text) or ""
        signed = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}
        return self.door.answer(
            request(signed | {name.replace("_", "-"): text for name, text in headers.items()}), body
        )

    def is_whole(self) -> None:
        """The desk is up, and all that was said before is in."""
        self.world.slack.connection.keep()
        assert self.hearing.gap is not None
        self.hearing.close(self.hearing.gap)


def request(headers: dict[str, str]) -> Request:
    raw = [(name.encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/slack/events", "query_string": b"", "headers": raw}
    return Request(scope)


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Caller]:
    """Slack, and a desk that was not brought up yet."""
    with slack_world(tmp_path, SLACK_MODE="http", SLACK_SIGNING_SECRET=SECRET, SLACK_APP_TOKEN="") as world:
        yield Caller(world)


def test_before_the_desk_is_ready_only_the_challenge_is_answered(slack: Caller) -> None:
    event, challenge = slack.says(payloads.message("Help")), slack.calls(json.dumps(CHALLENGE).encode())

    assert event == 503
    assert (challenge.status_code, json.loads(bytes(challenge.body))) == (200, {"challenge": "3eZbrw1aB"})
    assert slack.world.slack.connection.problem == "not connected yet"


def test_a_call_is_acked_when_it_is_stored_and_stored_once(slack: Caller) -> None:
    slack.is_whole()
    body = payloads.message("Help")

    answers = [slack.says(body), slack.says(body, x_slack_retry_num="1", x_slack_retry_reason="http_timeout")]

    assert answers == [200, 200]
    assert [message.body for message in slack.world.rows(Message)] == ["Help"]
    assert (slack.hearing.gap, slack.world.slack.connection.problem) == (None, "")


def test_what_could_not_be_stored_is_not_acked_and_makes_a_gap(slack: Caller) -> None:
    slack.is_whole()

    with slack.world.failing_commits():
        assert slack.says(payloads.message("Help")) == 500

    assert slack.hearing.gap is not None


def test_the_second_further_try_tells_that_the_road_was_broken(slack: Caller) -> None:
    slack.is_whole()

    slack.says(payloads.message("Help"), x_slack_retry_num="2", x_slack_retry_reason="connection_failed")

    assert slack.hearing.gap is not None


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"{}"),
        ({"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=1"}, b"{}"),
        ({"x-slack-request-timestamp": "1", "x-slack-signature": "v0=1"}, b"{}"),
        ({"x-slack-request-timestamp": str(2**40), "x-slack-signature": "é"}, b"\xff"),
    ],
)
def test_who_did_not_sign_is_refused_and_not_read(slack: Caller, headers: dict[str, str], body: bytes) -> None:
    slack.is_whole()

    answer = slack.door.answer(request(headers), body)

    assert answer.status_code == 401
    assert b"SLACK_SIGNING_SECRET" in bytes(answer.body)
    assert slack.hearing.age("call") is None


def test_another_apps_secret_and_a_call_recorded_long_ago_are_refused(slack: Caller) -> None:
    slack.is_whole()
    body = json.dumps(payloads.message("Help")).encode()

    answers = [slack.calls(body, secret="f" * 32), slack.calls(body, age=301), slack.calls(b"\xff\xfe")]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert slack.world.rows(Message) == []
    assert slack.world.slack.connection.details["refused_calls"] == 3


@pytest.mark.parametrize("body", [b"[1]", b'{"team": 1, "view', b'{"authorizations": "x"}', b'{"a":' + b"[" * 100_000])
def test_what_slack_would_never_sign_is_no_fault_of_ours(slack: Caller, body: bytes) -> None:
    slack.is_whole()

    assert slack.calls(body, content_type="application/json").status_code == 400


def test_a_machine_that_slept_has_a_gap_from_when_it_fell_asleep(slack: Caller) -> None:
    slack.is_whole()
    asleep = slack.world.clock.now()
    slack.world.passes(minutes=10)

    slack.world.slack.connection.keep()

    assert slack.hearing.gap is not None
    assert slack.hearing.gap.since == asleep
    assert slack.hearing.ripe


def test_while_slack_can_not_be_asked_nothing_is_known_to_be_heard(
    slack: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.is_whole()
    asked = slack.world.clock.now()
    monkeypatch.setattr(door_room, "ASK_SECONDS", 0.0)
    slack.world.passes(seconds=30)
    slack.world.sandbox.pause_slack()

    with pytest.raises(SlackAway):
        slack.world.slack.connection.keep()

    assert (slack.hearing.hears, slack.hearing.ripe) == (False, False)
    assert slack.world.slack.connection.problem.startswith("Slack answers HTTP 503")
    slack.world.sandbox.resume_slack()
    slack.world.slack.connection.keep()
    assert slack.hearing.ripe
    assert slack.hearing.gap is not None
    assert slack.hearing.gap.since == asked


def test_a_token_that_was_revoked_is_named(slack: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.is_whole()
    monkeypatch.setattr(door_room, "ASK_SECONDS", 0.0)
    slack.world.sandbox.faults.refuse("auth.test", "token_revoked")

    with pytest.raises(TokenRefused, match=r"SLACK_BOT_TOKEN is refused .* OAuth & Permissions"):
        slack.world.slack.connection.keep()


def test_at_the_end_what_is_in_hand_is_answered_and_the_rest_is_left_to_slack(
    slack: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.is_whole()
    entered, go_on = threading.Event(), threading.Event()
    dispatch = slack.world.slack.app.dispatch

    def slow(call: BoltRequest) -> BoltResponse:
        entered.set()
        go_on.wait(5)
        return dispatch(call)

    monkeypatch.setattr(slack.world.slack.app, "dispatch", slow)
    answers: list[int] = []
    in_hand = threading.Thread(target=lambda: answers.append(slack.says(payloads.message("In hand"))))
    in_hand.start()
    wait_until(entered.is_set, "the call in hand")
    closing = threading.Thread(target=slack.world.slack.connection.close)
    closing.start()
    wait_until(lambda: not slack.door.begun, "the door to close")

    assert slack.says(payloads.message("Too late")) == 503
    assert closing.is_alive()
    go_on.set()
    closing.join()
    in_hand.join()
    assert answers == [200]


def test_where_calls_do_not_arrive_the_patrol_says_so_at_once(slack: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    catchup = slack.world.slack.catchup
    slack.world.slack.connection.keep()
    catchup.keep()
    slack.world.workspace.say("carla", "#customers", "Is anybody there?")
    monkeypatch.setattr("bot.slack.patrol.LOOK_SECONDS", 0.0)
    monkeypatch.setattr("bot.slack.patrol.PATIENCE_SECONDS", 0.0)

    def noticed() -> bool:
        catchup.keep()
        return catchup.problem != ""

    wait_until(noticed, "the patrol")

    assert "does their Request URL lead here" in catchup.problem
    catchup.keep()
    assert [message.body for message in slack.world.rows(Message)] == ["Is anybody there?"]
