"""Global shortcuts, external selects, kept choices, and what a person loses by restarting Slack."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox
from tests.sandbox.test_interactions import answered, modal, opened
from tests.sandbox.wire import BUTTON, Json, Wire

OPTION = {"text": {"type": "plain_text", "text": "Ada"}, "value": "ada"}
WHO = {
    "type": "actions",
    "block_id": "who",
    "elements": [
        {"type": "external_select", "action_id": "assignee", "min_query_length": 1},
        {"type": "static_select", "action_id": "level", "options": [OPTION]},
    ],
}


def test_a_global_shortcut_belongs_to_no_message_and_may_open_a_modal(
    sandbox: Sandbox, client: WebClient, wire: Wire
) -> None:
    chosen, ended = answered(wire, lambda: sandbox.workspace.global_shortcut("ada", "new_case"))

    client.views_open(trigger_id=chosen["trigger_id"], view=modal())

    assert (chosen["type"], chosen["callback_id"], ended.acked) == ("shortcut", "new_case", True)
    assert not {"channel", "message", "response_url"} & set(chosen)
    assert sandbox.workspace.modal("ada") is not None


def test_an_external_select_asks_the_bot_for_its_options(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    posted = client.chat_postMessage(channel="#support", text="?", blocks=[WHO])
    wire.ack(wire.hear())
    ts = str(posted["ts"])

    asked, ended = answered(
        wire, lambda: sandbox.workspace.suggest("ada", "assignee", "ad", "#support", ts), {"options": [OPTION]}
    )

    assert (asked["type"], asked["action_id"], asked["block_id"], asked["value"]) == (
        "block_suggestion",
        "assignee",
        "who",
        "ad",
    )
    assert ended.payload == {"options": [OPTION]}


def test_a_view_remembers_what_was_chosen_in_it(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal(blocks=[WHO, {"type": "actions", "elements": [BUTTON]}]))

    answered(wire, lambda: sandbox.workspace.click_modal("ada", "level", "ada"))
    clicked, _ = answered(wire, lambda: sandbox.workspace.click_modal("ada", "go"))
    submitted, _ = answered(wire, lambda: sandbox.workspace.submit_view("ada"))

    for payload in (clicked, submitted):
        kept: Json = payload["view"]["state"]["values"]["who"]
        assert kept["level"]["selected_option"] == OPTION
        assert kept["assignee"]["selected_option"] is None


def test_a_view_is_found_by_its_external_id_once(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal(external_id="reply-1"))

    client.views_update(external_id="reply-1", view=modal("Again", external_id="reply-1"))
    asked, _ = answered(wire, lambda: sandbox.workspace.global_shortcut("ada", "more"))

    shown = sandbox.workspace.modal("ada")
    assert shown is not None
    assert shown["title"]["text"] == "Again"
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        client.views_push(trigger_id=asked["trigger_id"], view=modal(external_id="reply-1"))


def test_a_stale_hash_updates_no_modal(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    first = opened(sandbox, client, wire, modal())
    client.views_update(view_id=first["id"], hash=first["hash"], view=modal("Second"))

    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=first["id"], hash=first["hash"], view=modal("Third"))


def test_what_was_said_in_private_ends_with_a_restart_of_slack(sandbox: Sandbox, client: WebClient) -> None:
    whispered = client.chat_postEphemeral(channel="C0SUPPORT", user="U0ADA", text="psst")

    for method in ("chat.update", "chat.delete"):
        with pytest.raises(SlackApiError, match="message_not_found"):
            client.api_call(method, params={"channel": "C0SUPPORT", "ts": whispered["message_ts"], "text": "x"})
    sandbox.workspace.reload("ada")

    assert sandbox.workspace.ephemerals("ada") == []
    assert client.conversations_history(channel="C0SUPPORT")["messages"] == []
