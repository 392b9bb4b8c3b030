"""Slack's calls over HTTP: signed, in Slack's forms, tried again as Slack does; the ack's payload takes effect."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.http_link import HttpLink
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import text_of
from tests.services.listening import listening


class App(ThreadingHTTPServer):
    """Somebody's app: it keeps what it was called with, and answers with these, the last one again and again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Calls)
        self.answers: list[tuple[int, bytes, dict[str, str]]] = [(200, b"", {})]
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.slow = threading.Event()
        self.slow.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/slack/events"


class Calls(BaseHTTPRequestHandler):
    server: App

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.server.slow.wait(5)
        answers = self.server.answers
        status, answer, headers = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def app() -> Iterator[App]:
    with listening(App()) as running:
        yield running


@pytest.fixture
def sandbox(app: App) -> Iterator[Sandbox]:
    with Sandbox() as running:
        running.deliver_by_http(app.url, pauses=(0.0, 0.05, 0.1))
        yield running


def link_of(sandbox: Sandbox) -> HttpLink:
    assert sandbox.calls is not None
    return sandbox.calls


def test_the_environment_names_the_secret_and_no_app_token(sandbox: Sandbox) -> None:
    environment = sandbox.environment()

    assert environment["SLACK_MODE"] == "http"
    assert environment["SLACK_SIGNING_SECRET"] == sandbox.workspace.signing_secret
    assert "SLACK_APP_TOKEN" not in environment


def test_an_event_is_signed_json(sandbox: Sandbox, app: App) -> None:
    sandbox.workspace.say("carla", "@casebot", "Grüße")
    sandbox.settle()

    [(headers, body)] = app.calls
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["event"]["text"] == "Grüße"
    assert SignatureVerifier(sandbox.workspace.signing_secret).is_valid_request(body, headers)
    assert "x-slack-retry-num" not in headers


def test_a_command_is_a_form_and_the_answer_in_its_ack_is_shown(sandbox: Sandbox, app: App) -> None:
    app.answers = [(200, json.dumps({"text": "All quiet."}).encode(), {"Content-Type": "application/json"})]

    ended = sandbox.workspace.command("ada", "#support", "/case", "list")

    form = parse_qs(app.calls[0][1].decode())
    assert (form["command"], form["text"]) == (["/case"], ["list"])
    assert ended.acked
    assert text_of(sandbox.workspace.ephemerals("ada")[0]) == "All quiet."


def test_a_click_is_a_form_with_one_field_and_fails_before_the_person(sandbox: Sandbox, app: App) -> None:
    app.answers = [(500, b"", {})]

    ended = sandbox.workspace.global_shortcut("ada", "new_case")

    payload: dict[str, Any] = json.loads(parse_qs(app.calls[0][1].decode())["payload"][0])
    assert payload["callback_id"] == "new_case"
    assert ended.outcome == "operation_timeout"
    assert len(app.calls) == len(link_of(sandbox).timeouts) == 1


def test_an_event_that_fails_is_tried_three_times_more_and_given_up(sandbox: Sandbox, app: App) -> None:
    app.answers = [(503, b"", {})]

    sandbox.workspace.say("carla", "@casebot", "Help")
    sandbox.settle()

    tries = [(headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")) for headers, _ in app.calls]
    assert tries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len(link_of(sandbox).lost) == 1


def test_who_asks_for_no_further_try_gets_none(sandbox: Sandbox, app: App) -> None:
    app.answers = [(500, b"", {"X-Slack-No-Retry": "1"})]

    sandbox.workspace.say("carla", "@casebot", "Help")
    sandbox.settle()

    assert len(app.calls) == 1


def test_who_answers_too_late_is_called_again(sandbox: Sandbox, app: App) -> None:
    link = link_of(sandbox)
    link.answer_timeout = 0.1
    app.slow.clear()

    sandbox.workspace.say("carla", "@casebot", "Help")
    sandbox.workspace.wait_for(lambda: link.retried)
    app.slow.set()
    sandbox.settle()

    assert app.calls[1][0]["x-slack-retry-reason"] == "http_timeout"
    assert link.lost == []


def test_while_slack_is_away_nothing_is_told_and_nothing_is_lost(sandbox: Sandbox, app: App) -> None:
    sandbox.pause_slack()
    sandbox.workspace.say("carla", "@casebot", "Help")
    assert (app.calls, sandbox.waiting) == ([], 1)

    sandbox.resume_slack()
    sandbox.settle()

    assert len(app.calls) == 1


def test_the_address_is_verified_by_its_challenge(sandbox: Sandbox, app: App) -> None:
    link = link_of(sandbox)
    assert not link.verify()

    challenge = json.loads(app.calls[0][1])["challenge"]
    app.answers = [(200, json.dumps({"challenge": challenge}).encode(), {"Content-Type": "application/json"})]

    assert link.verify()
