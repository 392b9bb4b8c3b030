"""A desk that reads a mailbox: the real intake, the real watcher, and what they stored."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlmodel import Session, select

from bot.cases.intake import Intake
from bot.cases.models import Case, Message
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.clock import SystemClock
from bot.db import Database
from bot.mail.models import LedgerEntry, RawMail
from bot.mail.reception import Intake as AnyIntake
from bot.mail.trouble import MailboxTrouble
from bot.mail.watcher import MailWatcher
from bot.wiring.mail_edge import mail_watcher
from tests.mail.samples import settings


class Post:
    """One mailbox and its desk. `begin_again` is a restart of Casebot: a new watcher on the same database."""

    def __init__(self, database: Database, mailbox: dict[str, str], **variables: str) -> None:
        self.database = database
        self.settings = settings(**(mailbox | {"IMAP_START": "all"} | variables))
        self.told: list[tuple[str, dict[str, str]]] = []
        self.intake: AnyIntake = Intake(
            database, SystemClock(), Rules(), Replies(database, SystemClock(), Rules(), mail_leaves=False)
        )
        self.watcher = self._new_watcher()

    def begin_again(self, mailbox: dict[str, str] | None = None, **variables: str) -> None:
        self.close()
        changed = {name.lower(): value for name, value in (mailbox or {}).items()}
        self.settings = self.settings.model_validate(dict(self.settings) | changed | variables)
        self.watcher = self._new_watcher()

    def close(self) -> None:
        self.watcher.stop()
        self.watcher.close()

    def collect(self) -> int:
        return self.watcher.collect()

    def collect_until_quiet(self) -> int:
        """Collect until there is nothing more, over every connection that breaks on the way (but not for ever)."""
        taken, breaks = 0, 0
        while True:
            try:
                found = self.collect()
            except MailboxTrouble:
                breaks += 1
                if breaks > 3:
                    raise
                continue
            if not found:
                return taken
            taken += found

    @contextmanager
    def watching(self) -> Iterator[MailWatcher]:
        """The watcher at work in a thread of its own, as its Loop runs it."""
        leaving = threading.Event()

        def repeat() -> None:
            while not leaving.is_set():
                self.watcher.watch()

        thread = threading.Thread(target=repeat, name="mailbox")
        thread.start()
        try:
            yield self.watcher
        finally:
            leaving.set()
            self.watcher.stop()
            thread.join(10)
            assert not thread.is_alive()

    def ledger(self) -> Sequence[LedgerEntry]:
        with self.database.readers.begin() as session:
            return session.exec(select(LedgerEntry).order_by("uid_validity", "uid")).all()

    def states(self) -> list[str]:
        return [entry.state for entry in self.ledger()]

    def state_counts(self) -> Counter[str]:
        return Counter(self.states())

    def cases(self) -> Sequence[Case]:
        with self.database.readers.begin() as session:
            return session.exec(select(Case)).all()

    def messages(self) -> Sequence[Message]:
        with self.database.readers.begin() as session:
            return session.exec(select(Message)).all()

    def has_more_than(self, messages: int) -> bool:
        return len(self.messages()) > messages

    def raw_mails(self) -> Sequence[RawMail]:
        with self.database.readers.begin() as session:
            return session.exec(select(RawMail).order_by("uid")).all()

    def tell(self, _session: Session, kind: str, words: dict[str, str]) -> None:
        self.told.append((kind, words))

    def _new_watcher(self) -> MailWatcher:
        return mail_watcher(self.settings, self.database, SystemClock(), self.intake, self.tell)
