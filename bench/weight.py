"""What the bot weighs: start to ready, memory and processor at rest and under load, imports, installed size.

    python -m bench.weight [--rest 60] [--load 6] [--runs 3]

The bot is `casebot run` as a process of its own, on an existing database, connected to a Dovecot and to the sandbox;
ready is when /health answers 200. Python's compiled modules are there, as they are from the second start on. The floor
of memory and imports is the interpreter with what every Slack bot of this kind needs: Bolt, SQLAlchemy, FastAPI.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path

import bot
from bench.events import Ground
from bench.program import Program, casebot
from bench.table import Figures, Mark, Table, arguments, machine_line, tell
from bot.log import configure
from bot.sandbox.server import Sandbox
from tests.services.dovecot import Dovecot

FLOOR, BOT = "bolt + sqlalchemy + fastapi", "casebot"
LIBRARIES = "slack_bolt.adapter.socket_mode.websocket_client, sqlmodel, fastapi, uvicorn"
WHOLE = "bot.cli, bot.runtime, bot.wiring"
SETTLE_SECONDS = 8.0
LOAD_RATE = 50
COLUMNS = ("ready s", "start CPU s", "MB at rest", "CPU % at rest", "wake-ups/s", "MB under load")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def imports(modules: str, folder: Path) -> Figures:
    """Import these in a fresh interpreter."""
    done = folder / "imported"
    done.unlink(missing_ok=True)
    words = f"import {modules}, pathlib, time; pathlib.Path({str(done)!r}).touch(); time.sleep(60)"
    program = Program(["-c", words], {}, folder / "imports.log")
    try:
        program.wait(done.exists, "the imports")
        return {"import s": program.cpu_seconds, "MB": program.megabytes}
    finally:
        program.stop()


def run_once(environment: Mapping[str, str], sandbox: Sandbox, folder: Path, rest: float, load: float) -> Figures:
    """Start the bot, let it rest, let it work."""
    with casebot(environment, folder) as program:
        found = {"ready s": time.monotonic() - program.begun, "start CPU s": program.cpu_seconds}
        time.sleep(SETTLE_SECONDS)
        begun, spent, woken = time.monotonic(), program.cpu_seconds, program.wakeups
        time.sleep(rest)
        lasted = time.monotonic() - begun
        found |= {
            "MB at rest": program.megabytes,
            "CPU % at rest": 100 * (program.cpu_seconds - spent) / lasted,
            "wake-ups/s": (program.wakeups - woken) / lasted,
        }
        ground = Ground(sandbox)
        ground.evenly(LOAD_RATE, load)
        ground.at_once(LOAD_RATE * int(load))
        return found | {"MB under load": program.peak_megabytes}


def measure(runs: int, rest: float, load: float) -> list[Figures]:
    """Start the bot on a new database, which is not measured, and then so many times on copies of that one."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-weight-")))
        (folder / "first").mkdir()
        dovecot = Dovecot()
        stack.callback(dovecot.remove)
        dovecot.start()
        found = []
        for number in range(runs + 1):
            with Sandbox() as sandbox:
                by_default = {"CUSTOMER_SLACK_CHANNELS": "#customers", "EMAIL_POLL_INTERVAL": "30"}
                environment = sandbox.environment() | dovecot.environment() | by_default
                if number == 0:
                    with casebot(environment, folder / "first"):
                        continue
                # Without what the load before left to be said.
                again = shutil.copytree(folder / "first", folder / f"run {number}")
                found.append(run_once(environment, sandbox, again, rest, load))
        return found


def installed_megabytes() -> float:
    """Return what the bot and the packages it requires take on disk, without extras and compiled modules."""
    seen: set[str] = set()
    wanted = ["casebot"]
    while wanted:
        name = _NAME.match(wanted.pop())
        key = name[0].lower().replace("_", "-") if name else ""
        if key in seen:
            continue
        seen.add(key)
        wanted += [line for line in _requirements(key) if "extra ==" not in line]
    return sum(map(_size, seen)) / 1e6


def _requirements(name: str) -> Sequence[str]:
    try:
        return metadata.requires(name) or ()
    except metadata.PackageNotFoundError:  # of another platform
        return ()


def _size(name: str) -> int:
    if name == "casebot":
        return sum(path.stat().st_size for path in Path(bot.__file__).parent.rglob("*.*") if path.suffix != ".pyc")
    try:
        files = metadata.files(name) or ()
    except metadata.PackageNotFoundError:
        return 0
    there = (Path(str(file.locate())) for file in files if file.suffix != ".pyc")
    return sum(path.stat().st_size for path in there if path.exists())


def tables(asked: argparse.Namespace) -> tuple[Table, Table, Table]:
    """Measure everything; return imports, the running bot, and what is installed."""
    brought = Table("Imports (CPU seconds)", ("import s", "MB"), {"of the libraries": ("import s", FLOOR)})
    with tempfile.TemporaryDirectory(prefix="bench-weight-") as folder:
        for modules in (LIBRARIES, WHOLE):
            imports(modules, Path(folder))  # compiles what is not compiled yet
        for _ in range(asked.runs):
            brought.add(FLOOR, [imports(LIBRARIES, Path(folder))])
            brought.add(BOT, [imports(WHOLE, Path(folder))])
    running = Table("The running bot", COLUMNS)
    running.add(BOT, measure(asked.runs, asked.rest, asked.load))
    size = Table("Installed, without compiled modules", ("MB",))
    size.add(BOT, [{"MB": installed_megabytes()}])
    return brought, running, size


def marks(running: Table) -> list[Mark]:
    """Return what was asked of the running bot."""
    wanted = {"ready s": 2.0, "MB at rest": 120.0, "CPU % at rest": 0.5, "MB under load": 200.0}
    return [Mark(name, most, running.figure(name, BOT), at_most=True) for name, most in wanted.items()]


def main() -> None:
    """Measure, tell."""
    parser = arguments(__doc__)
    parser.add_argument("--rest", type=float, default=60.0, help="seconds")
    parser.add_argument("--load", type=float, default=6.0, help="seconds at 50 events a second, then as many at once")
    asked = parser.parse_args()
    configure("CRITICAL", "console")
    print(machine_line(), flush=True)
    brought, running, size = tables(asked)
    tell("weight", [brought, running, size], marks(running), asked.json)


if __name__ == "__main__":
    main()
