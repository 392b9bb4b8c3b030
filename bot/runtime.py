"""Start in order, stop in reverse; what the process does with signals."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType

import structlog

from bot.settings.proxies import spare_this_machine
from bot.slack.connection import SlackAway
from bot.wiring import Bot

log = structlog.get_logger(__name__)

# A stop takes 10 s at most, which is what containers are given: each part has its share.
EARS_SECONDS = 4.0
HANDS_SECONDS = 3.0
KEYS_SECONDS = 2.0
DATABASE_SECONDS = 0.5
# A thread that comes back from the database or the network waits so long for one that computes (Python's default is
# five times as long, and an ack comes back a dozen times).
SWITCH_SECONDS = 0.001


class Runtime:
    """Runs one bot until it is told to stop."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._stop = threading.Event()

    def run(self) -> None:
        """Start, wait for SIGTERM or Ctrl-C, and stop. TokenRefused and PortTaken before anything was begun."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)
        _log_what_escapes()
        sys.setswitchinterval(SWITCH_SECONDS)
        # What was imported and wired never dies: no collection need look at it again.
        gc.freeze()
        self.start()
        log.info("casebot runs", health=f"http://{self._bot.settings.host}:{self._bot.settings.port}/health")
        self._stop.wait()
        if not self.stop():
            # The interpreter's own end would wait for threads that are late, for as long as they like.
            logging.shutdown()
            os._exit(0)

    def start(self) -> None:
        """Bring the parts up, those first on which others lean."""
        bot = self._bot
        spare_this_machine()
        bot.slack.directory.load()
        try:
            bot.slack.connection.identify()
        except SlackAway as away:
            log.warning("slack can't be reached yet; mail and the clock go on without it", reason=str(away))
        if bot.desk.database.is_sqlite:
            # Whoever runs holds the lock beside the file (run_lock): nobody else can be at work.
            bot.slack.postman.free_leases()
            bot.turns.leases.free_all()
        bot.web.start()
        bot.delivering.start()
        bot.carrying.start()
        bot.posting.start()
        bot.redrawing.start()
        bot.connecting.start()
        bot.catching_up.start()
        if bot.collecting is not None:
            bot.collecting.start()
        bot.schedule.start()
        bot.turns.loop.start()
        bot.auditing.start()
        if bot.watching is not None:
            bot.watching.start()

    def stop(self) -> bool:
        """Hear nothing more, finish what is in hand, hand over; returns whether all of it ended in its time."""
        bot = self._bot
        log.info("casebot stops")
        ended = [
            _all_end(EARS_SECONDS, slack=self._hang_up, mailbox=self._leave_mailbox, leases=bot.turns.loop.stop),
            _all_end(
                HANDS_SECONDS,
                clock=bot.schedule.stop,
                auditor=bot.auditing.stop,
                alarm=bot.watching.stop if bot.watching else lambda: None,
                catch_up=bot.catching_up.stop,
                homes=bot.redrawing.stop,
                postman=bot.delivering.stop,
                porter=bot.carrying.stop,
                mail_postman=bot.posting.stop,
                asides=bot.slack.asides.close,
            ),
            _all_end(
                KEYS_SECONDS,
                leases=bot.turns.leases.hand_over,
                web=bot.web.stop,
                traces=bot.tracing.close if bot.tracing else lambda: None,
            ),
            _all_end(DATABASE_SECONDS, database=bot.desk.database.close),
        ]
        return all(ended)

    def ask_to_stop(self) -> None:
        """End `run` from another thread."""
        self._stop.set()

    def sweep_now(self) -> None:
        """Do at once what falls due by the clock: the demo's clock was moved."""
        # Not by the schedule: a sweep that is under way there began with the old time.
        self._bot.desk.sweep.sweep()
        self._bot.desk.agenda.keep_due()
        for postman in (self._bot.delivering, self._bot.carrying, self._bot.posting):
            postman.nudge()  # they rest until what they know to be due next, by the old time

    def _hang_up(self) -> None:
        self._bot.connecting.stop()
        self._bot.slack.connection.close()
        self._bot.slack.catchup.close()

    def _leave_mailbox(self) -> None:
        bot = self._bot
        if bot.mail is not None and bot.collecting is not None:
            bot.mail.stop()
            bot.collecting.stop()
            bot.mail.close()

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        if self._stop.is_set():
            os._exit(128 + number)  # asked twice: what is in hand is left as after a power cut
        self._stop.set()


def _all_end(seconds: float, **acts: Callable[[], object]) -> bool:
    """Do all at once and wait so long at most; what goes on is named in the log and left behind."""
    deadline = time.monotonic() + seconds
    threads = {name: threading.Thread(target=act, name=f"end-{name}", daemon=True) for name, act in acts.items()}
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0.0, deadline - time.monotonic()))
    late = [name for name, thread in threads.items() if thread.is_alive()]
    if late:
        log.warning("not finished in time", parts=late, seconds=seconds)
    return not late


def _log_what_escapes() -> None:
    """Send uncaught errors of any thread through the log, whose lines carry no secrets."""

    def escaped(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("uncaught", exc_info=(kind, error, trace))

    def escaped_in_thread(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None:
            escaped(what.exc_type, what.exc_value, what.exc_traceback)

    sys.excepthook = escaped
    threading.excepthook = escaped_in_thread
