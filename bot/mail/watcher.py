"""Watches the mailbox: one pass, then IDLE or the clock until the next. IDLE only wakes; polling is the floor."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import structlog

from bot.clock import Clock
from bot.mail.bell import Bell
from bot.mail.collection import Collection
from bot.mail.connection import open_mailbox
from bot.mail.mailbox import Mailbox
from bot.mail.oauth import Tokens
from bot.mail.processed import ProcessedMail
from bot.mail.reception import is_database_trouble
from bot.mail.trouble import MailboxTrouble
from bot.settings import Settings

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


class Condition(StrEnum):
    """How the watcher is doing, as /health tells it."""

    CONNECTING = "connecting"
    RUNNING = "running"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class WatcherState:
    """The present condition, since when and why, and when the last whole pass ended."""

    condition: Condition
    since: datetime
    reason: str = ""
    last_pass_at: datetime | None = None


class MailWatcher:
    """Reads its folders for ever. `watch` is the act of a Loop with `every=0`: it waits by itself, until `stop`.

    The folder of the last collection is the one that is waited in: its mail is heard at once (IDLE); the others are
    looked into as often as the poll interval says.
    `collect` and `watch` belong to one thread, which owns the connection; everything else may be called from any.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        collections: Sequence[Collection],
        processed: ProcessedMail,
        tokens: Tokens | None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._collections = collections
        self._processed = processed
        self._tokens = tokens
        self._bell = Bell()
        self._mailbox: Mailbox | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._state = WatcherState(Condition.CONNECTING, clock.now())
        self._owner: int | None = None

    @property
    def state(self) -> WatcherState:
        """How the watcher is doing right now."""
        return self._state

    @property
    def problem(self) -> str:
        """What is wrong, in words, or an empty text while all is well."""
        state = self._state
        return "" if state.condition is Condition.RUNNING else state.reason or "not connected yet"

    def collect(self) -> int:
        """One pass: connect if needed, take in every UID above the marks; returns how many mails ended or were moved.

        Raises MailboxTrouble, or the database's error; the mark then stands where the last settled mail put it.
        """
        if self._owner not in {None, threading.get_ident()}:
            self.disconnect()
        self._owner = threading.get_ident()
        try:
            mailbox = self._mailbox = self._mailbox or open_mailbox(self._settings, self._tokens)
            taken = sum(self._collect_from(mailbox, collection) for collection in self._collections)
        except MailboxTrouble:
            self.disconnect()
            raise
        self._passed()
        return taken

    def watch(self) -> int:
        """Do one pass and, if there was nothing, wait for mail; trouble is told once and slept over, not raised."""
        if self._bell.stopped:
            return 0
        self._bell.quiet()
        try:
            taken = self.collect()
            if taken == 0:
                self._wait_for_mail()
        except MailboxTrouble as trouble:
            self.disconnect()
            self._failed(trouble.kind, trouble.reason, trouble.advice)
            return 0
        except Exception as error:
            if not is_database_trouble(error):
                self.disconnect()
                raise
            self._failed("database not writable", str(error).splitlines()[0], "check DATABASE_URL")
            return 0
        finally:
            self._hang_up_if_stopped()
        return taken

    def nudge(self) -> None:
        """Look into the mailbox now."""
        self._bell.ring()

    def stop(self) -> None:
        """End the wait in hand and every later one; the mail in hand is settled first."""
        self._bell.stop()

    def disconnect(self) -> None:
        """Hang up; the next pass connects anew."""
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            mailbox.close()

    def close(self) -> None:
        """Hang up for good, once no thread watches any more."""
        self.disconnect()
        self._bell.close()

    def _collect_from(self, mailbox: Mailbox, collection: Collection) -> int:
        mailbox.open(collection.ledger.folder)
        taken = collection.collect(mailbox, lambda: self._bell.stopped)
        return taken if self._bell.stopped else taken + self._processed.move(mailbox, collection.ledger)

    def _hang_up_if_stopped(self) -> None:
        if self._bell.stopped:
            self.disconnect()

    def _wait_for_mail(self) -> None:
        seconds = self._settings.email_poll_interval
        if self._mailbox is not None and self._mailbox.can_idle:
            self._mailbox.idle(seconds, self._bell)
        else:
            self._bell.wait(seconds)

    def _passed(self) -> None:
        now = self._clock.now()
        if self._state.condition is not Condition.RUNNING:
            log.info("mailbox connected", server=self._settings.imap_server, folder=self._settings.imap_folder)
            self._state = WatcherState(Condition.RUNNING, now)
        self._state = replace(self._state, last_pass_at=now)
        self._pause = FIRST_PAUSE_SECONDS

    def _failed(self, kind: str, reason: str, advice: str) -> None:
        """Say it once per change, then wait; the pauses grow, so that no server is hammered with a wrong password."""
        if self._bell.stopped:
            return
        told = f"{kind}: {reason}"
        if self._state.reason != told:
            log.warning(kind, reason=reason, advice=advice, retrying_in=f"{self._pause:.0f} s")
        was_failing = self._state.condition is Condition.FAILING
        since = self._state.since if was_failing else self._clock.now()
        self._state = WatcherState(Condition.FAILING, since, told, self._state.last_pass_at)
        self._bell.wait(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
