"""`casebot demo`: a small Slack and a mailbox in the browser, and the real bot connected to them."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo.keeping import NAME, Keeper, Unreadable
from bot.demo.manifest import install_app
from bot.demo.plug import BotPlug
from bot.demo.process import DATABASE, BotProcess
from bot.sandbox.server import Sandbox

PORT = 8765
PORTS_TRIED = 20

_WELCOME = """
Casebot's demo is ready: {url}

  Try this: write a mail as Carla, look at #support. Write three more: #alerting.
  Switch to Ada and click Acknowledge. Write “urgent” as Cosmo. Move the clock by 48 h.
  In a case's thread, write as Ada: I'm closing this case.

The bot's log: {log}
{ending}"""


@dataclass(frozen=True, slots=True)
class History:
    """What the demo begins with: so many cases of the last weeks, told from one seed number."""

    cases: int = 0
    number: int = 1


def demo(
    tell: Callable[[str], None],
    port: int,
    *,
    open_page: bool,
    stop: threading.Event,
    history: History | None = None,
    data: Path | None = None,
) -> None:
    """Serve the demo until `stop` is set; with `data`, go on from that directory and keep everything there.

    OSError when no port is free from `port` on, or `data` can't be used.
    """
    plug = BotPlug()
    with _directory(data) as directory, _sandbox(tell, port, plug) as sandbox, _kept(sandbox, data) as goes_on:
        bot = BotProcess(sandbox.environment(), directory)
        bot.advance_clock(sandbox.clock.offset)
        plug.connect(bot, sandbox.changes)
        sandbox.on_clock = bot.advance_clock
        if history is not None and history.cases:
            _tell_history(tell, sandbox, bot, history, goes_on=goes_on)
        install_app(sandbox)
        try:
            bot.start(wait=False)
            _tell_page(sandbox, history)
            bot.wait_until_healthy()
            ending = (
                "Ctrl-C ends it and leaves nothing behind." if data is None else f"Ctrl-C ends it; {data} keeps it."
            )
            tell(_WELCOME.format(url=sandbox.url, log=bot.log, ending=ending))
            if open_page and _has_display():
                webbrowser.open(sandbox.url)
            stop.wait()
        finally:
            bot.stop()


def _tell_history(
    tell: Callable[[str], None], sandbox: Sandbox, bot: BotProcess, history: History, *, goes_on: bool
) -> None:
    if goes_on:
        tell("This desk has its history already, so --seed changes nothing.")
        return
    from bot.demo.seed import seed  # it brings the whole bot along, which others need not wait for

    tell(f"Living through {history.cases} cases …")
    environment = sandbox.environment() | {"DATABASE_URL": bot.database_url}
    still_open = seed(sandbox, environment, history.cases, history.number)
    tell(f"{history.cases} cases lie behind this desk; {still_open} are open.")


def _tell_page(sandbox: Sandbox, history: History | None) -> None:
    from bot.demo.stage import set_stage  # its imports take as long as the bot's start, so they happen beside it

    set_stage(sandbox, history.cases if history is not None else 0)


@contextmanager
def _directory(data: Path | None) -> Iterator[Path]:
    """Return where the bot's files lie: the given directory, or one that vanishes."""
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="casebot-demo-") as directory:
        yield Path(directory)


@contextmanager
def _kept(sandbox: Sandbox, data: Path | None) -> Iterator[bool]:
    """Keep the sandbox's state in `data`, if there is one; yields whether it went on from an earlier run."""
    if data is None:
        yield False
        return
    keeper = Keeper(sandbox, data)
    goes_on = keeper.has_state
    if goes_on:
        keeper.restore()
    elif (data / DATABASE).exists():
        raise Unreadable(f"{data} has a database but no {NAME}, so they can't fit. Choose another --data.")
    with keeper:
        yield goes_on


@contextmanager
def _sandbox(tell: Callable[[str], None], port: int, plug: BotPlug) -> Iterator[Sandbox]:
    """Serve the sandbox on the first free port."""
    sandbox = on_free_port(tell, port, lambda candidate: Sandbox(port=candidate, plugs=plug))
    try:
        yield sandbox
    finally:
        sandbox.stop()


def on_free_port(tell: Callable[[str], None], port: int, make: Callable[[int], Sandbox]) -> Sandbox:
    """Return a started sandbox on the first free port from `port` on; OSError if there is none."""
    for candidate in range(port, port + PORTS_TRIED):
        sandbox = make(candidate)
        try:
            sandbox.start()
        except OSError:
            tell(f"Port {candidate} is taken; trying the next one.")
            continue
        return sandbox
    raise OSError(f"no free port between {port} and {port + PORTS_TRIED - 1}; choose one with --port")


def _has_display() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
