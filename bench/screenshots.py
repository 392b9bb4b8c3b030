"""Take the README's picture: the demo's page in the middle of its story, in a real browser.

`python -m bench.screenshots` (or `make screenshots`) writes fixtures/screenshots/desk.png, and all views of the page,
light and dark, wide and narrow, into test-output/screenshots to be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from bot.demo.manifest import install_app
from bot.demo.plug import BotPlug
from bot.demo.process import BotProcess
from bot.demo.stage import set_stage
from bot.demo.steps import STEPS
from bot.sandbox.page_deeds import Deeds
from bot.sandbox.page_story import Step
from bot.sandbox.server import Sandbox
from tests.services.chromium import chromium

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "fixtures" / "screenshots" / "desk.png"
VARIANTS = ROOT / "test-output" / "screenshots"
LARGEST = 300_000
TOLD = ("mail", "chase", "acknowledge", "reply", "answer", "eyes", "urgent", "home")
DESK = "as=U0ADA&at=C0SUPPORT&box=desk"
VIEWS = {
    "desk": DESK,
    "alert": "as=U0ADA&at=C0ALERTING&box=desk",
    "home": "as=U0ADA&at=home&box=desk",
    "customer": "as=U0CARLA&at=D0CARLA&pane=mail",
    "story": "as=U0ADA&at=C0SUPPORT&pane=story",
}
SIZES = {"wide": (1440, 900), "middle": (1000, 800), "narrow": (420, 860)}


def tell(sandbox: Sandbox) -> None:
    """Let the beginning of the story happen, each step until it shows."""
    deeds = Deeds(sandbox.workspace, sandbox.mailbox, sandbox.outlets, sandbox.advance)
    for step in STEPS:
        if step.key in TOLD and step.act is not None and step.possible(deeds.world):
            step.act(deeds)
            sandbox.workspace.wait_for(partial(_is_done, step, deeds), timeout=30)
    sandbox.settle()


def _is_done(step: Step, deeds: Deeds) -> bool:
    return step.done(deeds.world)


def shoot(browser: Browser, url: str, path: Path, scheme: Literal["light", "dark"], width: int, height: int) -> None:
    """Save one picture of the page at rest."""
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(url)
    page.locator("#conversation").wait_for(state="attached")
    page.wait_for_load_state("load")
    page.screenshot(path=path)
    context.close()


def shoot_all(browser: Browser, url: str) -> None:
    """Save every view in every size, light and dark."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for (view, query), (name, size), scheme in product(VIEWS.items(), SIZES.items(), schemes):
        shoot(browser, f"{url}?{query}", VARIANTS / f"{view}-{name}-{scheme}.png", scheme, *size)


def main() -> int:
    """Write the pictures; 1 if the README's is too heavy."""
    VARIANTS.mkdir(parents=True, exist_ok=True)
    plug = BotPlug()
    with tempfile.TemporaryDirectory() as folder, Sandbox(plugs=plug) as sandbox, chromium() as browser:
        bot = BotProcess(sandbox.environment(), Path(folder))
        plug.connect(bot, sandbox.changes)
        sandbox.on_clock = bot.advance_clock
        install_app(sandbox)
        try:
            bot.start()
            set_stage(sandbox)
            tell(sandbox)
            shoot(browser, f"{sandbox.url}?{DESK}", PICTURE, "light", *SIZES["wide"])
            shoot_all(browser, sandbox.url)
        finally:
            bot.stop()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes; more in {VARIANTS.relative_to(ROOT)}")
    return int(PICTURE.stat().st_size > LARGEST)


if __name__ == "__main__":
    sys.exit(main())
