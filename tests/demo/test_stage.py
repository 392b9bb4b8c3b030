"""What the demo tells the page: the help's hints, the manifest's shortcuts, and a story that can be told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.demo.acts import CARLA
from bot.demo.manifest import install_app, shortcuts
from bot.demo.stage import about_others, case_command, set_stage
from bot.demo.steps import STEPS
from bot.doctor import manifest
from bot.sandbox.page_letters import Letter
from bot.sandbox.page_stage import Shortcut
from bot.sandbox.page_story import Said, Step, World, tell
from bot.sandbox.server import Sandbox

MANIFEST = Path(__file__).parents[2] / "manifest.yml"

CARD = Said("1.0", "U0CASEBOT", "CASE-1 · open Carla", buttons=(("Close", "case_close"),))
ALERT = Said("2.0", "U0CASEBOT", "CASE-1 4th message without an answer", buttons=(("Acknowledge", "ack"),))
ANSWER = Letter("Support", "support@desk.test", "", "Re: Order 1017", "Soon.", "<a@desk>", (), verified=True, at=None)
BACK = Letter("Carla", CARLA, "", "Re: Order 1017", "Thanks!", "<b@c>", ("<a@desk>",), verified=True, at=None)
SENT = replace(CARD, reactions=frozenset({"envelope", "incoming_envelope"}))
CLOSURE = Said("3.0", "U0CASEBOT", "Case #CASE-1 closed at 2026-01-31T09:30:00+00:00 by Ada Admin")


def step(key: str) -> Step:
    return next(one for one in STEPS if one.key == key)


def world(**places: Said) -> World:
    return World(said={f"#{place}": (message,) for place, message in places.items()})


def test_the_hints_are_those_of_the_help() -> None:
    command = case_command()

    assert command.name == "/case"
    assert ("status CASE-42", "how a case stands") in command.usages
    assert ("help", "this list") in command.usages


def test_the_app_is_installed_as_its_manifest_describes_it() -> None:
    declared: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    sandbox = Sandbox()

    install_app(sandbox)

    grants = sandbox.workspace.grants
    assert grants.enforced
    assert grants.scopes == frozenset(declared["oauth_config"]["scopes"]["bot"])
    assert [grants.has_command(name) for name in ("/case", "/cases")] == [True, False]


def test_the_shortcuts_are_those_of_the_manifest() -> None:
    one = {"name": "New case", "type": "global", "callback_id": "new_case", "description": "For a customer"}
    other = {"name": "Send", "type": "message", "callback_id": "send"}
    manifest = {"features": {"shortcuts": [one, other]}}

    assert shortcuts(manifest, "global") == (Shortcut("new_case", "New case", "For a customer"),)
    assert shortcuts(manifest, "message") == (Shortcut("send", "Send"),)
    assert shortcuts({"features": {}}, "global") == ()


def test_without_a_manifest_everything_is_granted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(manifest, "files", lambda _package: tmp_path / "bot")
    sandbox = Sandbox()

    install_app(sandbox)
    set_stage(sandbox)

    assert not sandbox.workspace.grants.enforced
    assert sandbox.page.stage.shortcuts == ()


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        ("mail", world(support=CARD)),
        ("chase", world(alerting=ALERT)),
        ("acknowledge", world(alerting=replace(ALERT, text="CASE-1 acknowledged by Ada"))),
        ("reply", World(received={CARLA: (ANSWER,)})),
        ("answer", World(received={CARLA: (ANSWER,)}, mails=(BACK,))),
        ("envelope", world(support=SENT)),
        ("urgent", world(alerting=replace(ALERT, text="CASE-2 Cosmo says “urgent”"))),
        ("wait", world(alerting=replace(ALERT, text="waiting 48 h 03 min"))),
        ("forge", world(support=replace(CARD, text="asks to close CASE-1, sender not verified"))),
        ("close", world(logging=CLOSURE)),
        ("again", world(logging=CLOSURE, support=replace(CARD, ts="4.0"))),
        ("command", World(commanders=frozenset({"ada"}))),
        ("home", World(homes=frozenset({"ada"}))),
        ("kill", World(returns={"bot": 1})),
        ("away", World(returns={"slack": 1})),
    ],
)
def test_a_step_is_done_when_it_shows_and_not_before(key: str, seen: World) -> None:
    assert not step(key).done(World())
    assert step(key).done(seen)


def test_no_new_case_before_the_closure_counts() -> None:
    assert not step("again").done(world(logging=CLOSURE, support=CARD))


def test_cases_of_the_history_are_no_news() -> None:
    is_news = about_others(200)

    assert [is_news(text) for text in ("CASE-200 open", "Case #CASE-7 closed", "CASE-201 open", "Hello")] == [
        False,
        False,
        True,
        True,
    ]


def test_steps_that_make_no_sense_here_are_left_out() -> None:
    bare = [told.step.key for told in tell(STEPS, World())]
    plugged = [told.step.key for told in tell(STEPS, World(plugs=frozenset({"bot"})))]

    assert "kill" not in bare
    assert "kill" in plugged
    assert {"reply", "answer"} <= set(bare)


def test_a_topic_is_a_subject_without_its_answers() -> None:
    letter = Letter("Carla", "carla@customer.test", "", "Re: AW: Order 1017", "", "<1>", (), verified=True, at=None)

    assert letter.topic == "Order 1017"
