"""Modals as Slack keeps them: what is filled in stays, files go up, offers are chosen, closing is told."""

import threading

import pytest
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from tests.sandbox.test_interactions import answered, modal, opened, posted
from tests.sandbox.wire import BUTTON, Json, Wire
from tests.services.http import http

FILES = {
    "type": "input",
    "block_id": "files",
    "label": {"type": "plain_text", "text": "Files"},
    "optional": True,
    "element": {"type": "file_input", "action_id": "chosen", "filetypes": ["txt", "pdf"], "max_files": 2},
}
CASE = {
    "type": "input",
    "block_id": "case",
    "dispatch_action": True,
    "label": {"type": "plain_text", "text": "Case"},
    "optional": True,
    "element": {"type": "external_select", "action_id": "which", "min_query_length": 1},
}
OFFER = {"text": {"type": "plain_text", "text": "CASE-7 Carla"}, "value": "CASE-7"}
GROUPS = {"option_groups": [{"label": {"type": "plain_text", "text": "Open"}, "options": [OFFER]}]}


def with_more(*blocks: Json, title: str = "Reply") -> Json:
    view = modal(title)
    return view | {"blocks": [*view["blocks"], *blocks]}


def values(payload: Json) -> Json:
    kept: Json = payload["view"]["state"]["values"]
    return kept


def test_what_is_filled_in_travels_with_each_click_and_survives_an_update(
    sandbox: Sandbox, client: WebClient, wire: Wire
) -> None:
    shown = opened(sandbox, client, wire, with_more({"type": "actions", "elements": [BUTTON]}))
    sandbox.workspace.fill_in("ada", {"words": "Half", "how": "soon"})

    clicked, _ = answered(wire, lambda: sandbox.workspace.click_modal("ada", "go"))
    client.views_update(view_id=shown["id"], view=with_more(title="Again"))
    submitted, _ = answered(wire, lambda: sandbox.workspace.submit_view("ada"))

    for payload in (clicked, submitted):
        assert values(payload)["answer"]["words"]["value"] == "Half"
        assert values(payload)["how"]["urgency"]["selected_option"]["value"] == "soon"


def test_files_of_a_modal_are_the_app_s_to_read(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, with_more(FILES))

    chosen = [("a.txt", b"words"), ("b.pdf", b"%PDF")]
    asked, _ = answered(wire, lambda: sandbox.workspace.submit_view("ada", {"chosen": chosen}))

    told = values(asked)["files"]["chosen"]
    assert [file["name"] for file in told["files"]] == ["a.txt", "b.pdf"]
    assert client.files_info(file=told["files"][0]["id"])["file"]["user"] == "U0ADA"
    assert sandbox.workspace.file(told["files"][1]["id"]).content == b"%PDF"


@pytest.mark.parametrize(
    ("files", "words"),
    [([("a.exe", b"x")], "only txt, pdf"), ([("a.txt", b"x")] * 3, "no more than 2 files")],
)
def test_files_that_the_field_does_not_take_never_leave(
    sandbox: Sandbox, client: WebClient, wire: Wire, files: list[tuple[str, bytes]], words: str
) -> None:
    opened(sandbox, client, wire, with_more(FILES))

    with pytest.raises(ValueError, match=words):
        sandbox.workspace.submit_view("ada", {"files": files})


@pytest.mark.parametrize("answer", [{"options": [OFFER]}, GROUPS])
def test_what_the_app_offered_is_chosen_by_its_value(
    sandbox: Sandbox, client: WebClient, wire: Wire, answer: Json
) -> None:
    opened(sandbox, client, wire, with_more(CASE))
    answered(wire, lambda: sandbox.workspace.suggest("ada", "which", "carl"), answer)
    clicked, _ = answered(wire, lambda: sandbox.workspace.click_modal("ada", "which", "CASE-7"))
    submitted, _ = answered(wire, lambda: sandbox.workspace.submit_view("ada"))

    assert clicked["actions"][0]["selected_option"] == OFFER
    assert values(submitted)["case"]["which"]["selected_option"] == OFFER


def test_a_value_of_long_ago_may_still_be_chosen(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, with_more(CASE))

    submitted, _ = answered(wire, lambda: sandbox.workspace.submit_view("ada", {"which": "CASE-77"}))

    assert values(submitted)["case"]["which"]["selected_option"]["value"] == "CASE-77"


def test_an_app_home_can_be_filled_in_and_asked_too(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [CASE]})

    asked, _ = answered(wire, lambda: sandbox.workspace.suggest("ada", "which", "c", home=True), {"options": [OFFER]})
    sandbox.workspace.fill_in("ada", {"case": "CASE-7"}, home=True)
    clicked, _ = answered(wire, lambda: sandbox.workspace.click_home("ada", "which", "CASE-7"))

    assert (asked["view"]["type"], asked["container"]["type"]) == ("home", "view")
    assert values(clicked)["case"]["which"]["selected_option"] == OFFER


def test_of_a_field_without_dispatch_action_nobody_is_told(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal())

    with pytest.raises(ValueError, match="no dispatch_action"):
        sandbox.workspace.click_modal("ada", "words", "Hello")


@pytest.mark.parametrize(("whole", "left"), [(False, "Reply"), (True, None)])
def test_cancel_leads_back_and_the_x_closes_all(
    sandbox: Sandbox, client: WebClient, wire: Wire, whole: bool, left: str | None
) -> None:
    opened(sandbox, client, wire, modal())
    asked, _ = answered(wire, lambda: sandbox.workspace.global_shortcut("ada", "more"))
    client.views_push(trigger_id=asked["trigger_id"], view=modal("Second", notify_on_close=True))

    closed, _ = answered(wire, lambda: sandbox.workspace.close_view("ada", whole=whole))

    assert (closed["type"], closed["view"]["title"]["text"], closed["is_cleared"]) == ("view_closed", "Second", whole)
    shown = sandbox.workspace.modal("ada")
    assert (shown and shown["title"]["text"]) == left


def test_an_answer_to_a_modal_that_is_gone_closes_no_other(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal("First"))
    submitting = threading.Thread(target=sandbox.workspace.submit_view, args=("ada",))
    submitting.start()
    submission = wire.hear()
    sandbox.workspace.close_view("ada")
    client.views_open(trigger_id=sandbox.workspace.triggers.give("U0ADA"), view=modal("Second"))

    wire.ack(submission)
    submitting.join()

    shown = sandbox.workspace.modal("ada")
    assert shown is not None
    assert shown["title"]["text"] == "Second"


def test_a_modal_that_nobody_acks_says_so_itself(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    opened(sandbox, client, wire, modal())
    sandbox.link.ack_timeout = 0.05

    ended = sandbox.workspace.submit_view("ada")

    assert ended.outcome == "operation_timeout"
    assert sandbox.workspace.modal_errors("ada") == {"": "We had some trouble connecting. Try again?"}
    assert sandbox.workspace.ephemerals("ada") == []


def test_a_private_answer_in_a_thread_is_replaced_and_deleted_there(
    sandbox: Sandbox, client: WebClient, wire: Wire
) -> None:
    parent = posted(client, wire)
    buttons = [{"type": "actions", "elements": [BUTTON]}]
    client.chat_postEphemeral(channel="C0SUPPORT", user="U0ADA", text="Sure?", thread_ts=parent, blocks=buttons)
    [asked] = sandbox.workspace.ephemerals("ada")
    clicked, _ = answered(wire, lambda: sandbox.workspace.click("ada", "#support", asked["ts"], "go"))

    http.post(clicked["response_url"], json={"replace_original": True, "text": "Done"})
    [replaced] = sandbox.workspace.ephemerals("ada")
    http.post(clicked["response_url"], json={"delete_original": True})

    assert (asked["thread_ts"], clicked["container"]["is_ephemeral"]) == (parent, True)
    assert (replaced["text"], replaced["ts"], "blocks" in replaced) == ("Done", asked["ts"], False)
    assert sandbox.workspace.ephemerals("ada") == []
