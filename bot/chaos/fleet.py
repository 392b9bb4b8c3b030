"""The desk under trial: one or two bots that can be killed, a small Slack, a mailbox, a database."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.chaos.points import CommitPoints
from bot.chaos.servers.dovecot import Dovecot
from bot.chaos.servers.postgresql import Postgres
from bot.demo.process import BotProcess
from bot.sandbox.server import Sandbox

# Slack's own: an event that nobody acks comes again, and is given up after the third time.
ACK_SECONDS = 1.0
TERM_SECONDS = 4.0
_SETTINGS = {"EMAIL_POLL_INTERVAL": "1", "ESCALATION_CHECK_INTERVAL": "2", "UNDO_SECONDS": "1", "LOG_FORMAT": "json"}


class Fleet:
    """Starts and ends it all; `url` is an empty database, `postgres` its server where that may be struck too."""

    def __init__(
        self,
        sandbox: Sandbox,
        folder: Path,
        url: str,
        processes: int = 1,
        *,
        dovecot: Dovecot | None = None,
        postgres: Postgres | None = None,
    ) -> None:
        self.sandbox = sandbox
        self.dovecot = dovecot
        self.postgres = postgres
        self.engine: Engine = create_engine(url)
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.delivered = 0
        self.kills = 0
        self.skew = timedelta(0)
        self.locked_at = self.frozen_at = 0.0
        sandbox.link.ack_timeout = ACK_SECONDS
        environment = self._environment(url)
        names = [f"bot{number}" for number in range(1, processes + 1)]
        self.bots = [BotProcess(environment, folder, name, TERM_SECONDS, "bot.chaos.child") for name in names]
        self.points = CommitPoints([bot.log for bot in self.bots])
        self._lock: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Start every bot; returns when all are healthy."""
        for bot in self.bots:
            bot.start(wait=False)
        for bot in self.bots:
            bot.wait_until_healthy()

    def stop(self) -> None:
        """End everything in order."""
        self.unlock_database()
        for bot in self.bots:
            bot.stop()
        self.engine.dispose()

    def kill(self, number: int) -> None:
        """Pull a bot's plug."""
        self.bots[number].kill()
        self.kills += 1

    def light_fuse(self, number: int, points: str) -> None:
        """Let a bot kill itself at the first of these commit points that it reaches."""
        self.bots[number].order(f"die {points}")

    def freeze(self, number: int) -> None:
        """Stop a bot in the middle of whatever it does; it does not know, and its connections stay open."""
        os.kill(self.bots[number].pid, signal.SIGSTOP)
        self.frozen_at = time.monotonic()

    def thaw(self) -> None:
        """Let every bot go on."""
        for bot in self.bots:
            if bot.running:
                os.kill(bot.pid, signal.SIGCONT)

    def revive(self) -> None:
        """Start whoever is dead, by whose hand ever, and let nobody die any more."""
        for bot in self.bots:
            bot.order("live")
        self.start_the_dead()

    def start_the_dead(self) -> None:
        """Start every bot that does not run."""
        for bot in self.bots:
            if not bot.running:
                bot.start(wait=False)

    @property
    def healthy(self) -> bool:
        """Whether every bot lives and says that all works."""
        return all(bot.running and bot.healthy() for bot in self.bots)

    def deliver(self, mail: bytes) -> None:
        """Put a mail into the desk's mailbox."""
        if self.dovecot is not None:
            self.dovecot.deliver(mail)
        else:
            self.sandbox.mailbox.deliver(mail)
        self.delivered += 1

    def pause_mailbox(self) -> None:
        """The mailbox and the way out go away, with every connection."""
        self.sandbox.pause_mailbox()
        if self.dovecot is not None:
            self.dovecot.kill()

    def resume_mailbox(self) -> None:
        """They come back, with all the mail."""
        if self.sandbox.mailbox.is_away:
            self.sandbox.resume_mailbox()
        if self.dovecot is not None:
            self.dovecot.start()

    def shift_clocks(self, length: timedelta) -> None:
        """Set the bots' clocks forward or back; Slack's and the mailbox's stay right."""
        for bot in self.bots:
            bot.advance_clock(length)

    def let_time_pass(self, length: timedelta) -> None:
        """Move everybody's clock on."""
        self.sandbox.advance(length)
        self.shift_clocks(length)

    def lock_database(self) -> None:
        """Hold every write up until `unlock_database`."""
        self.unlock_database()
        if not self._database_answers:
            return
        connection = self.engine.connect()
        statement = "BEGIN EXCLUSIVE" if self.is_sqlite else "LOCK TABLE cases, deliveries, leases, mail_ledger"
        connection.exec_driver_sql(statement)

        def unlock() -> None:
            with contextlib.suppress(SQLAlchemyError):  # its server may have been restarted meanwhile
                connection.exec_driver_sql("ROLLBACK")
                connection.close()

        self._lock = unlock

    def unlock_database(self) -> None:
        """Let go of what was locked."""
        self._lock()
        self._lock = lambda: None

    def drop_lines(self) -> None:
        """End every bot's connection to PostgreSQL."""
        if not self._database_answers:
            return
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'casebot'"
        with self.engine.connect() as connection:
            connection.execute(text(ended))

    @property
    def _database_answers(self) -> bool:
        """Whether its server was not stopped by another strike."""
        return self.postgres is None or self.postgres.running

    def _environment(self, url: str) -> Mapping[str, str]:
        mailbox = self.dovecot.environment() if self.dovecot else {}
        return self.sandbox.environment() | mailbox | _SETTINGS | {"DATABASE_URL": url}
