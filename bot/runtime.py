"""Start in order, stop in reverse; what the process does with signals."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType, TracebackType

import structlog

from bot.settings.proxies import spare_this_machine
from bot.slack.connection import SlackAway
from bot.wiring import Bot

log = structlog.get_logger(__name__)


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
        self.start()
        log.info("casebot runs", health=f"http://{self._bot.settings.host}:{self._bot.settings.port}/health")
        self._stop.wait()
        self.stop()

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
            bot.slack.postman.free_leases()
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
        if bot.watching is not None:
            bot.watching.start()

    def stop(self) -> None:
        """Stop hearing first, then finish what is in hand."""
        bot = self._bot
        log.info("casebot stops")
        if bot.watching is not None:
            bot.watching.stop()
        bot.connecting.stop()
        bot.slack.connection.close()
        bot.slack.catchup.close()
        bot.catching_up.stop()
        if bot.mail is not None and bot.collecting is not None:
            bot.mail.stop()
            bot.collecting.stop()
            bot.mail.close()
        bot.schedule.stop()
        bot.redrawing.stop()
        bot.delivering.stop()
        bot.carrying.stop()
        bot.posting.stop()
        bot.slack.asides.close()
        bot.web.stop()
        bot.desk.database.close()

    def ask_to_stop(self) -> None:
        """End `run` from another thread."""
        self._stop.set()

    def sweep_now(self) -> None:
        """Do at once what falls due by the clock: the demo's clock was moved."""
        # Not by the schedule: a sweep that is under way there began with the old time.
        self._bot.desk.sweep.sweep()
        self._bot.desk.agenda.keep_due()

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()


def _log_what_escapes() -> None:
    """Send uncaught errors of any thread through the log, whose lines carry no secrets."""

    def escaped(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("uncaught", exc_info=(kind, error, trace))

    def escaped_in_thread(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None:
            escaped(what.exc_type, what.exc_value, what.exc_traceback)

    sys.excepthook = escaped
    threading.excepthook = escaped_in_thread
