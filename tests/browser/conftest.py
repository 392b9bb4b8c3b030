"""A desk to click through: the real bot as a process, the sandbox's page, and a tab that tolerates no complaint."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.demo.manifest import install_app
from bot.demo.plug import BotPlug
from bot.demo.process import BotProcess
from bot.demo.stage import set_stage
from bot.sandbox.server import Sandbox
from tests.services.chromium import chromium
from tests.services.standing import lay_down

PATIENCE = 30_000
"""Milliseconds in which something shows; only a machine with much else to do needs them."""
LONGEST = 240
"""Seconds for one test: the story alone takes twenty on an idle machine."""
ARTEFACTS = Path(__file__).parents[2] / "test-output" / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests of this folder take their time."""
    expect.set_options(timeout=PATIENCE)
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for a module: Playwright's event loop must not run on when other tests come."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The demo as `casebot demo` starts it; one for a module, so its tests tell one story."""
    plug = BotPlug()
    with Sandbox(plugs=plug) as sandbox:
        bot = BotProcess(sandbox.environment(), tmp_path_factory.mktemp("desk"))
        lay_down(bot.database_url)
        plug.connect(bot, sandbox.changes)
        sandbox.on_clock = bot.advance_clock
        install_app(sandbox)
        try:
            bot.start()
            set_stage(sandbox)
            yield sandbox
        finally:
            bot.stop()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A wide tab; a script error or anything red in its console fails the test."""
    context = browser.new_context(viewport={"width": 1500, "height": 950})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
        assert [text for text in complaints if not is_expected(text)] == []
    finally:
        context.close()


def is_expected(complaint: str) -> bool:
    """A refused form and a lost sandbox are told on the page; Chromium writes them into the console besides."""
    return any(words in complaint for words in ("400 (Bad Request)", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET"))


@pytest.fixture
def keep() -> Callable[[Page, str], None]:
    """Keep a screenshot as an artefact."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)

    def shot(page: Page, name: str) -> None:
        page.screenshot(path=ARTEFACTS / f"{name}.png")

    return shot
