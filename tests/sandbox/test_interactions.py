"""Homes, modals, shortcuts and response URLs: what the bot may do with a click, and for how long."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import Interaction
from tests.sandbox.wire import BUTTON, Json, Wire
from tests.services.http import http

ANSWER = {
    "type": "input",
    "block_id": "answer",
    "label": {"type": "plain_text", "text": "Answer"},
    "element": {"type": "plain_text_input", "action_id": "words", "initial_value": "Dear Carla"},
}
URGENT = {
    "type": "input",
    "block_id": "how",
    "label": {"type": "plain_text", "text": "How"},
    "optional": True,
    "element": {
        "type": "static_select",
        "action_id": "urgency",
        "options": [{"text": {"type": "plain_text", "text": "Soon"}, "value": "soon"}],
    },
}
BUTTONS = {"type": "actions", "elements": [BUTTON]}


def modal(title: str = "Reply", **parts: object) -> Json:
    words = {"type": "plain_text", "text": title}
    return {"type": "modal", "title": words, "submit": words, "blocks": [ANSWER, URGENT], **parts}


def answered(wire: Wire, act: Callable[[], Interaction], payload: Json | None = None) -> tuple[Json, Interaction]:
    """Do something that waits for an ack, ack it, and return the bot's payload and how it ended."""
    ended: list[Interaction] = []
    person = threading.Thread(target=lambda: ended.append(act()))
    person.start()
    frame = wire.hear()
    wire.ack(frame, payload)
    person.join()
    asked: Json = frame["payload"]
    return asked, ended[0]


def posted(client: WebClient, wire: Wire) -> str:
    ts = str(client.chat_postMessage(channel="#support", text="card", blocks=[BUTTONS])["ts"])
    wire.ack(wire.hear())
    return ts


def opened(sandbox: Sandbox, client: WebClient, wire: Wire, view: Json) -> Json:
    """Open a modal for Ada, as a click lets the bot do."""
    ts = posted(client, wire)
    clicked, _ = answered(wire, lambda: sandbox.workspace.click("ada", "#support", ts, "go"))
    shown: Json = client.views_open(trigger_id=clicked["trigger_id"], view=view)["view"]
    return shown


def test_a_click_brings_everything_a_listener_needs(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    ts = posted(client, wire)

    clicked, ended = answered(wire, lambda: sandbox.workspace.click("ada", "#support", ts, "go"))

    assert ended.acked
    assert clicked["actions"][0]["value"] == "CASE-1:1"
    assert clicked["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0SUPPORT",
        "is_ephemeral": False,
    }
    assert clicked["message"]["text"] == "card"
    assert (clicked["user"]["id"], clicked["channel"]["name"]) == ("U0ADA", "support")


def test_a_response_url_works_five_times(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    ts = posted(client, wire)
    clicked, _ = answered(wire, lambda: sandbox.workspace.click("ada", "#support", ts, "go"))

    answers = [http.post(clicked["response_url"], json={"text": str(n)}) for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[-1].json()["error"] == "used_url"
    assert [m["text"] for m in sandbox.workspace.ephemerals("ada")] == ["0", "1", "2", "3", "4"]


def test_a_response_url_ends_after_half_an_hour(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    ts = posted(client, wire)
    clicked, _ = answered(wire, lambda: sandbox.workspace.click("ada", "#support", ts, "go"))

    sandbox.advance(timedelta(minutes=31))

    assert http.post(clicked["response_url"], json={"text": "late"}).json()["error"] == "expired_url"


def test_a_response_url_replaces_and_deletes(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    ts = posted(client, wire)
    clicked, _ = answered(wire, lambda: sandbox.workspace.click("ada", "#support", ts, "go"))
    url = clicked["response_url"]

    http.post(url, json={"text": "replaced", "replace_original": True})
    replaced = sandbox.workspace.messages("#support")
    http.post(url, json={"text": "for all", "response_type": "in_channel"})
    http.post(url, json={"delete_original": True})

    assert [(m["text"], "blocks" in m) for m in replaced] == [("replaced", False)]
    assert [m["text"] for m in sandbox.workspace.messages("#support")] == ["for all"]


def test_a_modal_is_filled_in_and_submitted(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal(private_metadata="CASE-1"))

    asked, ended = answered(wire, lambda: sandbox.workspace.submit_view("ada", {"how": "soon"}))

    values = asked["view"]["state"]["values"]
    assert asked["view"]["private_metadata"] == "CASE-1"
    assert values["answer"]["words"] == {"type": "plain_text_input", "value": "Dear Carla"}
    assert values["how"]["urgency"]["selected_option"]["value"] == "soon"
    assert ended.acked
    assert sandbox.workspace.modal("ada") is None


def test_errors_keep_the_modal_open(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal())
    errors = {"response_action": "errors", "errors": {"answer": "Say something."}}

    answered(wire, lambda: sandbox.workspace.submit_view("ada", {"words": None}), errors)

    assert sandbox.workspace.modal("ada") is not None
    assert sandbox.workspace.modal_errors("ada") == {"answer": "Say something."}


def test_an_ack_may_update_push_and_clear_modals(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal())

    for action, title in (("update", "Second"), ("push", "Third")):
        answer = {"response_action": action, "view": modal(title)}
        answered(wire, lambda: sandbox.workspace.submit_view("ada"), answer)
        shown = sandbox.workspace.modal("ada")
        assert shown is not None
        assert shown["title"]["text"] == title
    answered(wire, lambda: sandbox.workspace.submit_view("ada"), {"response_action": "clear"})

    assert sandbox.workspace.modal("ada") is None


def test_a_closed_modal_is_told_to_those_who_asked(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal(notify_on_close=True))

    asked, _ = answered(wire, lambda: sandbox.workspace.close_view("ada"))

    assert asked["type"] == "view_closed"
    assert sandbox.workspace.modal("ada") is None


def test_a_trigger_works_once_and_for_three_seconds(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    ts = posted(client, wire)
    first, _ = answered(wire, lambda: sandbox.workspace.click("ada", "#support", ts, "go"))
    client.views_open(trigger_id=first["trigger_id"], view=modal())
    late, _ = answered(wire, lambda: sandbox.workspace.click("ada", "#support", ts, "go"))
    sandbox.advance(timedelta(seconds=4))

    for trigger, error in ((first, "exchanged_trigger_id"), (late, "expired_trigger_id")):
        with pytest.raises(SlackApiError, match=error):
            client.views_open(trigger_id=trigger["trigger_id"], view=modal())


def test_a_stale_hash_does_not_overwrite_a_newer_view(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    shown = opened(sandbox, client, wire, modal())
    client.views_update(view_id=shown["id"], hash=shown["hash"], view=modal("Newer"))

    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=shown["id"], hash=shown["hash"], view=modal("Older"))


def test_a_home_is_opened_published_and_used(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    sandbox.workspace.open_home("ada")
    event = wire.hear()["payload"]["event"]
    client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [BUTTONS]})

    clicked, _ = answered(wire, lambda: sandbox.workspace.click_home("ada", "go"))

    assert (event["type"], event["tab"]) == ("app_home_opened", "home")
    assert sandbox.workspace.home("carla") is None
    assert clicked["view"]["type"] == "home"
    assert clicked["container"]["type"] == "view"


def test_a_message_shortcut_brings_the_message(sandbox: Sandbox, wire: Wire) -> None:
    ts = sandbox.workspace.say("ada", "#support", "to the customer, please")
    wire.ack(wire.hear())

    asked, _ = answered(wire, lambda: sandbox.workspace.shortcut("ada", "#support", ts, "send_to_customer"))

    assert (asked["type"], asked["callback_id"]) == ("message_action", "send_to_customer")
    assert asked["message"]["text"] == "to the customer, please"


def test_a_click_on_nothing_says_what_there_is(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    ts = posted(client, wire)

    with pytest.raises(LookupError, match=r"there are \['go'\]"):
        sandbox.workspace.click("ada", "#support", ts, "gone")
