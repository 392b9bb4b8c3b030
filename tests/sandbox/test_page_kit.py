"""Block Kit on the page: one of everything is drawn, what is chosen reaches the bot, what is unknown is loud."""

import re

import httpx
import pytest
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from tests.sandbox.answering import answering
from tests.sandbox.gallery import BLOCKS, ELEMENTS, INPUTS, MODAL
from tests.sandbox.wire import Json, Wire

SHOWN = (
    "Everything there is",
    "<strong>bold</strong>",
    "@Carla Customer",
    "<blockquote>quote</blockquote>",
    "Second field",
    'aria-label="a big cat"',
    "<figcaption>Cats",
    "<strong>strong</strong>",
    '<ol class="deep-0">',
    "<pre>a = 1</pre>",
    'data-confirm-title="Really?"',
    'data-confirm-yes="End"',
    '<optgroup label="Group">',
    '<option value="U0ADA" selected>',
    'value="2026-01-31"',
    'value="2026-01-31T09:30"',
    "the first",
)


def show(sandbox: Sandbox, blocks: list[Json]) -> None:
    """Put blocks on Ada's Home as they are."""
    with sandbox.changes.writing():
        sandbox.workspace.shelf.publish("U0ADA", {"type": "home", "blocks": blocks}, "")


def drawn(browser: httpx.Client, at: str = "home") -> str:
    html = browser.get("/", params={"as": "U0ADA", "at": at}).text
    return html[html.index('id="conversation"') : html.index('id="mailbox"')]


def test_everything_slack_accepts_is_drawn(client: WebClient, browser: httpx.Client) -> None:
    client.chat_postMessage(channel="#support", text="everything", blocks=BLOCKS)

    html = drawn(browser, "C0SUPPORT")

    assert 'class="unknown"' not in html
    assert [words for words in SHOWN if words not in html] == []
    assert html.count('name="action_id"') == len(ELEMENTS) - 1  # all but the link


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("static_select", "a", {"selected_option": {"text": {"type": "plain_text", "text": "Option a"}, "value": "a"}}),
        ("users_select", "U0AMOS", {"selected_user": "U0AMOS"}),
        ("multi_users_select", ["U0ADA", "U0AMOS"], {"selected_users": ["U0ADA", "U0AMOS"]}),
        ("checkboxes", [], {"selected_options": []}),
        ("datepicker", "2026-02-01", {"selected_date": "2026-02-01"}),
        ("timepicker", "10:00", {"selected_time": "10:00"}),
        ("datetimepicker", "2026-01-31T09:30", {"selected_date_time": 1769851800}),
    ],
)
def test_what_is_chosen_reaches_the_bot(
    sandbox: Sandbox, browser: httpx.Client, wire: Wire, kind: str, given: str | list[str], told: Json
) -> None:
    element = next(one for one in ELEMENTS if one["type"] == kind)
    form = {"as": "U0ADA", "surface": "home", "action_id": element["action_id"], "kind": kind, "value": given}
    show(sandbox, [{"type": "actions", "block_id": "row", "elements": [element]}])

    with answering(wire) as heard:
        browser.post("/sandbox/click", data=form)

    [action] = heard[0]["payload"]["actions"]
    shown = {key: action[key] for key in told}
    if "selected_option" in shown:
        shown["selected_option"] = {key: shown["selected_option"][key] for key in ("text", "value")}
    assert shown == told


def test_every_input_has_its_label_and_field(client: WebClient, sandbox: Sandbox, browser: httpx.Client) -> None:
    client.views_open(trigger_id=sandbox.workspace.triggers.give("U0ADA"), view=MODAL)

    html = browser.get("/", params={"as": "U0ADA"}).text
    html = html[html.index("data-modal") : html.index("</dialog>")]

    assert 'class="unknown"' not in html
    for number in range(len(INPUTS)):
        assert re.search(rf'name="field:in-{number}"[^>]* form="modal-form"', html)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "hologram"},
        {"type": "actions", "elements": [{"type": "hologram", "action_id": "x"}]},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "accessory": {"type": "hologram"}},
        {"type": "video", "title": "hologram<script>"},
    ],
)
def test_what_is_unknown_is_shown_as_json(sandbox: Sandbox, browser: httpx.Client, block: Json) -> None:
    show(sandbox, [block])

    html = drawn(browser)

    assert 'class="unknown"' in html
    assert "hologram" in html
    assert "<script" not in html
