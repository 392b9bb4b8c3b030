"""The page in a browser takes nothing away from who is writing, works by keyboard, keeps hostile text inert."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from bot.sandbox.page_stage import Command, Shortcut, Stage
from bot.sandbox.server import Sandbox
from tests.sandbox.gallery import MODAL
from tests.sandbox.wire import Json

HACK = "document.title='hacked'"
HOSTILE = f'<script>{HACK}</script><img src=x onerror="{HACK}"><style>*{{display:none}}</style>'


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        usages = (("list [open|closed]", "cases"), ("status CASE-42", "how a case stands"))
        running.page.stage = Stage((Command("/case", "the desk", usages),), (Shortcut("send", "Send to customer"),))
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> WebClient:
    return WebClient(sandbox.workspace.bot_token, base_url=sandbox.api_url)


def test_typing_survives_what_happens_meanwhile(sandbox: Sandbox, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0ADA&at=C0CUSTOMERS")
    composer = tab.get_by_role("textbox", name="Message #customers")
    composer.press_sequentially("Half a sen")

    sandbox.workspace.say("carla", "#customers", "News!")
    expect(tab.locator("#conversation")).to_contain_text("News!")
    composer.press_sequentially("tence")

    expect(composer).to_be_focused()
    expect(composer).to_have_value("Half a sentence")
    tab.get_by_role("link", name="support", exact=True).click()
    expect(tab.get_by_role("heading", name="support", exact=True)).to_be_visible()
    expect(tab.get_by_role("textbox", name="Message #support")).to_have_value("")
    tab.go_back()
    expect(composer).to_have_value("Half a sentence")
    tab.reload()
    expect(composer).to_have_value("Half a sentence")


def test_shift_enter_breaks_the_line_and_enter_sends(sandbox: Sandbox, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0CARLA&at=C0CUSTOMERS")
    composer = tab.get_by_role("textbox", name="Message #customers")

    composer.press_sequentially("one")
    composer.press("Shift+Enter")
    composer.press_sequentially("two")
    composer.press("Enter")

    expect(composer).to_have_value("")
    assert sandbox.workspace.wait_for(lambda: sandbox.workspace.messages("#customers")[-1]["text"] == "one\ntwo")


def test_a_command_is_found_by_its_first_letters(sandbox: Sandbox, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0ADA&at=C0SUPPORT")
    composer = tab.get_by_role("textbox", name="Message #support")

    composer.press_sequentially("/c")
    expect(tab.get_by_role("option")).to_have_count(3)
    composer.press("ArrowDown")
    composer.press("ArrowDown")
    composer.press("ArrowDown")
    expect(tab.get_by_role("option", selected=True)).to_contain_text("/case status CASE-42")
    composer.press("Enter")

    expect(composer).to_have_value("/case status CASE-")
    expect(tab.get_by_role("listbox")).to_be_hidden()


def test_a_modal_keeps_the_keyboard_and_escape_closes_it(sandbox: Sandbox, client: WebClient, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0ADA&at=C0SUPPORT")
    client.views_open(trigger_id=sandbox.workspace.triggers.give("U0ADA"), view=MODAL)
    modal = tab.get_by_role("dialog", name="Every input")
    expect(modal).to_be_visible()
    expect(modal.get_by_label("Input 0")).to_be_focused()
    modal.get_by_label("Input 0").fill("typed")

    sandbox.workspace.say("ada", "#support", "News!")
    expect(tab.locator("#conversation")).to_contain_text("News!")

    expect(modal.get_by_label("Input 0")).to_have_value("typed")
    tab.keyboard.press("Escape")
    expect(modal).to_be_hidden()
    assert sandbox.workspace.modal("ada") is None


def test_reactions_and_the_menu_work_by_keyboard(sandbox: Sandbox, tab: Page) -> None:
    ts = sandbox.workspace.say("ada", "#support", "React to me")
    tab.goto(f"{sandbox.url}?as=U0AMOS&at=C0SUPPORT")
    message = tab.locator("article", has_text="React to me")

    message.get_by_role("button", name="React with :eyes:").focus()
    tab.keyboard.press("Enter")
    expect(message.locator(".reaction")).to_have_attribute("aria-pressed", "true")
    message.locator("summary[aria-label='More for this message']").focus()
    tab.keyboard.press("Enter")
    expect(message.get_by_role("button", name="Send to customer")).to_be_visible()
    tab.keyboard.press("Escape")

    expect(message.get_by_role("button", name="Send to customer")).to_be_hidden()
    assert sandbox.workspace.reactions("#support", ts) == {"eyes": ["U0AMOS"]}


def test_a_refused_form_says_why_and_keeps_the_words(sandbox: Sandbox, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0CARLA&at=C0CUSTOMERS")
    tab.get_by_label("Subject").fill("Only a subject")

    tab.get_by_role("button", name="Send mail").click()

    expect(tab.get_by_role("alert")).to_contain_text("write some words first")
    expect(tab.get_by_label("Subject")).to_have_value("Only a subject")


def test_hostile_text_stays_text(sandbox: Sandbox, client: WebClient, tab: Page) -> None:
    tab.goto(f"{sandbox.url}?as=U0ADA&at=C0CUSTOMERS&box=desk")
    sandbox.mailbox.deliver(f"From: {HOSTILE}\r\nSubject: {HOSTILE}\r\nMessage-ID: {HOSTILE}\r\n\r\n{HOSTILE}".encode())
    section = {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}}
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": HOSTILE}]}
    blocks: list[Json] = [section, {"type": "rich_text", "elements": [rich]}]
    client.chat_postMessage(channel="#customers", text=HOSTILE, blocks=blocks)
    sandbox.workspace.say("carla", "#customers", HOSTILE)

    expect(tab.locator("article.message", has_text="hacked")).to_have_count(2)
    expect(tab.locator(".letter", has_text="hacked")).to_have_count(1)
    assert tab.evaluate("document.title") == "#customers · Casebot sandbox"
    assert tab.locator("#page script, #page img, #page style").count() == 0
