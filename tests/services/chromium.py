"""A browser without a window, for the tests that look at a page as a person does."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ON_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def program() -> Path | None:
    """The browser that is installed, if one is. Playwright's own download is never used."""
    found = next((path for path in map(shutil.which, _NAMES) if path), None)
    return Path(found) if found else next((Path(p) for p in _ON_MACOS if Path(p).exists()), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Started headless; root can't have Chromium's own sandbox, and pages under test come from loopback only."""
    found = program()
    if found is None:
        raise FileNotFoundError("Chromium is not installed: apt-get install chromium")
    arguments = ["--disable-dev-shm-usage", "--no-proxy-server"]
    if os.getuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
