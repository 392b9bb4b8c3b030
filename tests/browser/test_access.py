"""Everybody can use the page: axe finds nothing serious, in light and dark, wide and narrow, with everything drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from slack_sdk import WebClient

from bot.demo.stage import case_command
from bot.demo.steps import STEPS
from bot.sandbox.page_stage import Shortcut, Stage
from bot.sandbox.server import Sandbox
from tests.sandbox.gallery import BLOCKS, MODAL

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def full() -> Iterator[Sandbox]:
    """A sandbox with something of everything in it."""
    with Sandbox() as sandbox:
        workspace = sandbox.workspace
        client = WebClient(workspace.bot_token, base_url=sandbox.api_url)
        shortcuts = (Shortcut("send", "Send to customer"),)
        sandbox.page.stage = Stage((case_command(),), shortcuts, STEPS, global_shortcuts=shortcuts)
        card = str(client.chat_postMessage(channel="#support", text="everything", blocks=BLOCKS)["ts"])
        client.chat_postMessage(channel="#support", text="A reply", thread_ts=card)
        client.chat_postEphemeral(channel="C0SUPPORT", user="U0ADA", text="Only for you")
        workspace.react("ada", "#support", card, "eyes")
        workspace.upload("ada", "#support", "notes.txt", b"1", "Mine")
        sandbox.mailbox.send("Carla <carla@customer.test>", "Help", "It is broken.", verified=False)
        sandbox.pause_slack()
        yield sandbox


@contextmanager
def screen(browser: Browser, scheme: Literal["light", "dark"], width: int) -> Iterator[Page]:
    """Open a tab in these colours and of this width."""
    size: ViewportSize = {"width": width, "height": 900}
    context = browser.new_context(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    try:
        yield context.new_page()
    finally:
        context.close()


def findings(page: Page) -> list[str]:
    """Return what axe finds serious, a line each."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(
    ("scheme", "width", "query"),
    [
        ("light", 1500, "as=U0ADA&at=C0SUPPORT&box=desk"),
        ("dark", 1500, "as=U0ADA&at=C0SUPPORT&box=desk"),
        ("light", 1000, "as=U0CARLA&pane=mail"),
        ("light", 420, "as=U0ADA&at=C0SUPPORT"),
        ("dark", 420, "as=U0ADA&pane=story"),
    ],
)
def test_nothing_serious_is_found(
    full: Sandbox, browser: Browser, scheme: Literal["light", "dark"], width: int, query: str
) -> None:
    with screen(browser, scheme, width) as page:
        page.goto(f"{full.url}?{query}")

        assert findings(page) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 420), ("dark", 1500)])
def test_nothing_serious_is_found_in_a_modal(
    full: Sandbox, browser: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    with full.changes.writing():
        full.workspace.shelf.open("U0AMOS", MODAL)
    with screen(browser, scheme, width) as page:
        page.goto(f"{full.url}?as=U0AMOS")
        page.get_by_role("dialog", name="Every input").wait_for()

        assert findings(page) == []


def test_nothing_serious_is_found_in_menus_and_the_list_of_keys(full: Sandbox, browser: Browser) -> None:
    with screen(browser, "light", 1500) as page:
        page.goto(f"{full.url}?as=U0ADA&at=C0SUPPORT")
        message = page.locator("article", has_text="Mine")
        message.hover()
        message.locator("summary[aria-label='More for this message']").click()
        menu = findings(page)
        page.keyboard.press("Escape")
        page.locator("summary[aria-label=Shortcuts]").click()
        shortcuts = findings(page)
        page.keyboard.press("Control+/")
        page.get_by_role("dialog", name="Keyboard").wait_for()

        assert [*menu, *shortcuts, *findings(page)] == []


def test_whoever_wants_no_motion_gets_none(full: Sandbox, browser: Browser) -> None:
    with screen(browser, "light", 1500) as page:
        page.goto(f"{full.url}?as=U0ADA&at=C0SUPPORT")
        page.keyboard.press("Control+/")
        page.locator("article").first.evaluate("message => message.classList.add('found')")

        assert page.evaluate("document.getAnimations().length") == 0
