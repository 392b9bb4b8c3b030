"""The bot as the demo's child process: the same bot, with a clock that its parent moves.

Standard input carries the parent's orders, a line each: `clock SECONDS` sets how far the clock is ahead. When the
parent is gone, standard input ends, and so does the child.
"""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from typing import TextIO

from bot.clock import ShiftedClock
from bot.leases import TERM_SECONDS
from bot.log import configure
from bot.outbox.pacing import Pacing
from bot.run_lock import alone_on
from bot.runtime import Runtime
from bot.settings import load_settings
from bot.wiring import build_bot

# Slack's one post a second would only make the story slow; the sandbox sets no such limit by itself.
POST_SECONDS = 0.05


def main(ahead: timedelta, term: float = TERM_SECONDS) -> None:
    """Run until told to stop or orphaned; `term` is how many seconds a role outlives its holder."""
    settings = load_settings(env_file=None)
    configure(settings.log_level, settings.log_format, settings.log_file, settings.secret_values)
    clock = ShiftedClock(ahead)
    with alone_on(settings.database_url.get_secret_value()):
        runtime = Runtime(build_bot(settings, clock, Pacing(POST_SECONDS, POST_SECONDS), term))
        threading.Thread(target=_obey, args=(sys.stdin, clock, runtime), name="orders", daemon=True).start()
        runtime.run()


def _obey(orders: TextIO, clock: ShiftedClock, runtime: Runtime) -> None:
    for order in orders:
        name, _, seconds = order.strip().partition(" ")
        if name == "clock":
            clock.shift_to(timedelta(seconds=float(seconds)))
            runtime.sweep_now()
    runtime.ask_to_stop()


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    main(timedelta(seconds=given[0] if given else 0.0), *given[1:2])
