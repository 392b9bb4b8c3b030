"""The bot as the demo's child process: the same bot, with a clock that its parent moves.

Standard input carries the parent's orders, a line each: `clock SECONDS` sets how far the clock is ahead; others may
know more. When the parent is gone, standard input ends, and so does the child.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TextIO

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import ShiftedClock
from bot.leases import TERM_SECONDS
from bot.log import configure
from bot.outbox.pacing import Pacing
from bot.run_lock import alone_on
from bot.runtime import Runtime
from bot.settings import load_settings
from bot.wiring import Bot, build_bot

log = structlog.get_logger(__name__)

# Slack's one post a second would only make the story slow; the sandbox sets no such limit by itself.
POST_SECONDS = 0.05

Order = Callable[[str], None]
Orders = Mapping[str, Order]


def no_more(_bot: Bot) -> Orders:
    """Return no orders besides the clock's."""
    return {}


def main(ahead: timedelta, term: float = TERM_SECONDS, more: Callable[[Bot], Orders] = no_more) -> None:
    """Run until told to stop or orphaned; `term` is how many seconds a role outlives its holder."""
    settings = load_settings(env_file=None)
    configure(settings.log_level, settings.log_format, settings.log_file, settings.secret_values)
    clock = ShiftedClock(ahead)
    with alone_on(settings.database_url.get_secret_value()):
        bot = build_bot(settings, clock, Pacing(POST_SECONDS, POST_SECONDS), term)
        runtime = Runtime(bot)
        orders = {"clock": lambda seconds: _move(clock, runtime, seconds), **more(bot)}
        threading.Thread(target=_obey, args=(sys.stdin, orders, runtime), name="orders", daemon=True).start()
        runtime.run()


def _obey(heard: TextIO, orders: Orders, runtime: Runtime) -> None:
    for line in heard:
        name, _, rest = line.strip().partition(" ")
        if name in orders:
            orders[name](rest)
    runtime.ask_to_stop()


def _move(clock: ShiftedClock, runtime: Runtime, seconds: str) -> None:
    clock.shift_to(timedelta(seconds=float(seconds)))
    try:
        runtime.sweep_now()
    except SQLAlchemyError as error:
        log.warning("not swept at once", reason=str(error).splitlines()[0])


def given() -> tuple[timedelta, float]:
    """Return what the parent wrote on the command line: how far the clock is ahead, and the term."""
    words = [float(word) for word in sys.argv[1:]]
    return timedelta(seconds=words[0] if words else 0.0), words[1] if len(words) > 1 else TERM_SECONDS


if __name__ == "__main__":
    main(*given())
