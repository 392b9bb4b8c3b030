"""Blocks are refused where Slack refuses them, with the place of the fault."""

import pytest

from bot.sandbox.block_limits import check_message, check_view
from bot.sandbox.shapes import SlackError
from tests.sandbox.wire import BUTTON, Json


def words(length: int, kind: str = "mrkdwn") -> Json:
    return {"type": kind, "text": "x" * length}


def plain(length: int) -> Json:
    return words(length, "plain_text")


def option(length: int = 1) -> Json:
    return {"text": plain(length), "value": "v"}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def modal(**parts: object) -> Json:
    return {"type": "modal", "title": plain(24), "blocks": [{"type": "divider"}], **parts}


CONFIRM = {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)}
INPUT = {"type": "input", "label": plain(10), "element": {"type": "plain_text_input", "action_id": "t"}}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section", "text": words(3000)},
        {"type": "section", "fields": [words(1000)] * 10},
        {"type": "section", "text": words(1), "accessory": {"type": "overflow", "options": [option(75)] * 5}},
        {"type": "header", "text": plain(150)},
        {"type": "context", "elements": [words(10)] * 10},
        {"type": "image", "image_url": "https://example.test/a.png", "alt_text": "a"},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [words(9, "text")]}]},
        {"type": "markdown", "text": "**yes**"},
        actions(*({**BUTTON, "action_id": str(n)} for n in range(25))),
        actions({**BUTTON, "text": plain(75), "value": "v" * 2000, "style": "danger", "confirm": CONFIRM}),
        actions({"type": "static_select", "action_id": "s", "options": [option()] * 100}),
        INPUT,
    ],
)
def test_what_slack_takes_is_taken(block: Json) -> None:
    assert check_message([block]) == [block]


@pytest.mark.parametrize(
    ("block", "pointer"),
    [
        ({"type": "section", "text": words(3001)}, "/blocks/0/text/text"),
        ({"type": "section"}, "/blocks/0"),
        ({"type": "section", "text": "no object"}, "/blocks/0/text"),
        ({"type": "section", "text": words(0)}, "/blocks/0/text/text"),
        ({"type": "section", "fields": [words(1)] * 11}, "/blocks/0/fields"),
        ({"type": "section", "fields": [words(2001)]}, "/blocks/0/fields/0/text"),
        ({"type": "section", "text": words(1), "accessory": INPUT["element"]}, "/blocks/0/accessory/type"),
        ({"type": "header", "text": plain(151)}, "/blocks/0/text/text"),
        ({"type": "header", "text": words(1)}, "/blocks/0/text/type"),
        ({"type": "context", "elements": [words(1)] * 11}, "/blocks/0/elements"),
        ({"type": "context", "elements": []}, "/blocks/0/elements"),
        ({"type": "image", "image_url": "https://example.test/a.png"}, "/blocks/0/alt_text"),
        ({"type": "sectoin", "text": words(1)}, "/blocks/0/type"),
        ({"type": "divider", "block_id": "b" * 256}, "/blocks/0/block_id"),
        (actions(*({**BUTTON, "action_id": str(n)} for n in range(26))), "/blocks/0/elements"),
        (actions(BUTTON, BUTTON), "/blocks/0/elements/1/action_id"),
        (actions({**BUTTON, "text": plain(76)}), "/blocks/0/elements/0/text/text"),
        (actions({**BUTTON, "text": words(5)}), "/blocks/0/elements/0/text/type"),
        (actions({**BUTTON, "value": "v" * 2001}), "/blocks/0/elements/0/value"),
        (actions({**BUTTON, "action_id": "a" * 256}), "/blocks/0/elements/0/action_id"),
        (actions({**BUTTON, "style": "loud"}), "/blocks/0/elements/0/style"),
        (actions({**BUTTON, "confirm": {**CONFIRM, "title": plain(101)}}), "/blocks/0/elements/0/confirm/title/text"),
        (actions({**BUTTON, "confirm": {**CONFIRM, "text": words(301)}}), "/blocks/0/elements/0/confirm/text/text"),
        (actions({"type": "static_select", "options": [option()] * 101}), "/blocks/0/elements/0/options"),
        (actions({"type": "static_select", "options": [option(76)]}), "/blocks/0/elements/0/options/0/text/text"),
        (actions({"type": "overflow", "options": [option()] * 6}), "/blocks/0/elements/0/options"),
    ],
)
def test_what_slack_refuses_is_refused_with_its_place(block: Json, pointer: str) -> None:
    with pytest.raises(SlackError) as refusal:
        check_message([block])

    assert refusal.value.code == "invalid_blocks"
    assert any(f"[json-pointer:{pointer}]" in message for message in refusal.value.messages)


def test_a_message_holds_fifty_blocks_and_not_more() -> None:
    divider = {"type": "divider"}

    assert len(check_message([divider] * 50)) == 50
    with pytest.raises(SlackError, match="invalid_blocks"):
        check_message([divider] * 51)


def test_all_blocks_of_a_message_together_have_a_limit() -> None:
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        check_message([{"type": "section", "text": words(2700)}] * 5)


def test_two_blocks_cannot_share_an_id() -> None:
    with pytest.raises(SlackError) as refusal:
        check_message([{"type": "divider", "block_id": "one"}] * 2)

    assert "block_id already exists: one" in refusal.value.messages[0]


@pytest.mark.parametrize(
    "view",
    [
        modal(),
        modal(blocks=[INPUT], submit=plain(24)),
        {"type": "home", "blocks": [{"type": "divider"}] * 100, "private_metadata": "m" * 3000},
    ],
)
def test_a_view_that_slack_takes_is_taken(view: Json) -> None:
    assert check_view(view) == view


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        (modal(title=plain(25)), "/view/title/text"),
        (modal(title=None), "/view/title"),
        (modal(blocks=[INPUT]), "/view/submit"),
        (modal(private_metadata="m" * 3001), "/view/private_metadata"),
        (modal(callback_id="c" * 256), "/view/callback_id"),
        ({"type": "home", "blocks": [{"type": "divider"}] * 101}, "/view/blocks"),
        ({"type": "window", "blocks": []}, "/view/type"),
        ({"type": "home", "blocks": [{"type": "markdown", "text": "x"}]}, "/view/blocks/0/type"),
    ],
)
def test_a_view_that_slack_refuses_is_refused(view: Json, pointer: str) -> None:
    with pytest.raises(SlackError) as refusal:
        check_view(view)

    assert refusal.value.code == "invalid_arguments"
    assert any(f"[json-pointer:{pointer}" in message for message in refusal.value.messages)
