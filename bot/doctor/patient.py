"""The desk that is examined: its settings as far as they are right, and its parts, each opened when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from bot.clock import Clock
from bot.db import Database
from bot.doctor.answering import Answer, answer_at
from bot.doctor.slack_side import SlackSide
from bot.mail.connection import open_mailbox
from bot.mail.mailbox import Mailbox
from bot.mail.oauth import tokens_of
from bot.settings import Settings, Sketch
from bot.tls import tls_context


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a figure is a fault: bytes of free disk, seconds of skew, seconds a delivery may be due."""

    free_bytes: int = 200_000_000
    skew_seconds: float = 30.0
    due_seconds: float = 300.0


class Patient:
    """What the checks look at. What one check opened the next one finds open; a failed opening is tried again."""

    def __init__(self, sketch: Sketch, clock: Clock, limits: Limits | None = None) -> None:
        self.sketch = sketch
        self.clock = clock
        self.limits = limits or Limits()

    @property
    def settings(self) -> Settings:
        """The settings; a check names in `uses` those that it needs to be right."""
        return self.sketch.settings

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown."""
        return self.settings.secret_values

    def at_fault(self, names: Iterable[str]) -> Sequence[str]:
        """Return which of these settings are wrong or missing."""
        return [name for name in names if name in self.sketch.faults]

    @cached_property
    def database(self) -> Database:
        """The database; nothing is connected by asking for it."""
        return Database(self.settings.database_url.get_secret_value())

    @property
    def database_url(self) -> URL:
        """Where the database is."""
        return make_url(self.settings.database_url.get_secret_value())

    @property
    def database_file(self) -> Path | None:
        """SQLite's file as an absolute path; None for PostgreSQL, and for a database in memory."""
        url = self.database_url
        if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
            return None
        return Path(str(url.database)).absolute()

    @cached_property
    def slack(self) -> SlackSide:
        """The way to Slack."""
        return SlackSide(self.settings, self.clock)

    @cached_property
    def mailbox(self) -> Mailbox:
        """The mailbox, logged in; raises MailboxTrouble."""
        return open_mailbox(self.settings, tokens_of(self.settings, self.clock, tls_context()))

    @cached_property
    def answer(self) -> Answer:
        """What answers where our web server listens."""
        token = self.settings.web_token
        return answer_at(self.settings.host, self.settings.port, token.get_secret_value() if token else "")

    def close(self) -> None:
        """Hang up everywhere."""
        if "mailbox" in self.__dict__:
            self.mailbox.close()
        if "database" in self.__dict__:
            self.database.close()
