"""`casebot demo`: a small Slack and a mailbox in the browser, and the real bot connected to them."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.demo.process import BotProcess
from bot.demo.stage import set_stage
from bot.sandbox.server import Sandbox

PORT = 8765
PORTS_TRIED = 20

_WELCOME = """
Casebot's demo is ready: {url}

  Try this: write a mail as Carla, look at #support. Write three more: #alerting.
  Switch to Ada and click Acknowledge. Write “urgent” as Cosmo. Move the clock by 48 h.
  In a case's thread, write as Ada: I'm closing this case.

The bot's log: {log}
Ctrl-C ends it and leaves nothing behind."""


def demo(tell: Callable[[str], None], port: int, *, open_page: bool, stop: threading.Event) -> None:
    """Serve the demo until `stop` is set. OSError when no port is free from `port` on."""
    with tempfile.TemporaryDirectory(prefix="casebot-demo-") as directory, _sandbox(tell, port) as sandbox:
        bot = BotProcess(sandbox.environment(), Path(directory))
        sandbox.on_clock = bot.advance_clock
        try:
            bot.start()
            set_stage(sandbox, bot)
            tell(_WELCOME.format(url=sandbox.url, log=bot.log))
            if open_page and _has_display():
                webbrowser.open(sandbox.url)
            stop.wait()
        finally:
            bot.stop()


@contextmanager
def _sandbox(tell: Callable[[str], None], port: int) -> Iterator[Sandbox]:
    """Serve the sandbox on the first free port."""
    sandbox = _started(tell, port)
    try:
        yield sandbox
    finally:
        sandbox.stop()


def _started(tell: Callable[[str], None], port: int) -> Sandbox:
    for candidate in range(port, port + PORTS_TRIED):
        sandbox = Sandbox(port=candidate)
        try:
            sandbox.start()
        except OSError:
            tell(f"Port {candidate} is taken; trying the next one.")
            continue
        return sandbox
    raise OSError(f"no free port between {port} and {port + PORTS_TRIED - 1}; choose one with --port")


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
