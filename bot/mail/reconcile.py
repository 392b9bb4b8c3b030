"""The count of the books: every mail that the server has must stand in the ledger. Reads only."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.db import Database
from bot.mail.connection import open_mailbox
from bot.mail.ledger import Ledger
from bot.mail.mailbox import Mailbox
from bot.mail.oauth import Tokens, tokens_of
from bot.settings import Settings
from bot.tls import tls_context

# A running Casebot takes in what arrived this moment in about a second.
PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.2
_NAMED = 40


@dataclass(frozen=True, slots=True)
class Account:
    """One folder: the server's UIDs, those the ledger has no end for, and ledger rows whose mail is gone.

    `mark` is the UID up to which the folder was read, or None before Casebot's first look.
    """

    folder: str
    server: int
    unaccounted: tuple[int, ...]
    gone: tuple[int, ...]
    mark: int | None

    @property
    def balanced(self) -> bool:
        """Whether every mail of the server has an end."""
        return not self.unaccounted

    def lines(self) -> Iterator[str]:
        """Return the account for people, the sum first."""
        yield (
            f"{self.folder}: server {self.server} · ledger {self.server - len(self.unaccounted)}"
            f" · unaccounted {len(self.unaccounted)}"
        )
        if self.mark is None and self.unaccounted:
            yield "  Casebot never looked into this folder: start it with `casebot run`."
        else:
            yield from self._unaccounted_lines(self.mark or 0)
        if self.gone:
            yield f"  In the ledger, but no longer in the folder (deleted or moved away): UID {spans(self.gone)}"

    def _unaccounted_lines(self, mark: int) -> Iterator[str]:
        lost = [uid for uid in self.unaccounted if uid <= mark]
        waiting = [uid for uid in self.unaccounted if uid > mark]
        if lost:
            yield f"  Passed over, though the ledger tells no end: UID {spans(lost)}"
        if waiting:
            yield f"  Not taken in yet (is `casebot run` running?): UID {spans(waiting)}"


def reconcile(
    settings: Settings,
    database: Database,
    clock: Clock,
    tokens: Tokens | None = None,
    patience: float = PATIENCE_SECONDS,
) -> list[Account]:
    """Compare each folder with its ledger over a connection of its own; raises MailboxTrouble.

    Mail that arrived this moment gets `patience` seconds to be taken in by a Casebot that runs beside.
    """
    mailbox = open_mailbox(settings, tokens or tokens_of(settings, clock, tls_context()))
    try:
        address = (settings.imap_email or "").lower()
        ledgers = [Ledger(address, folder) for folder in settings.imap_folders]
        return [_patient_account(mailbox, ledger, database, patience) for ledger in ledgers]
    finally:
        mailbox.close()


def spans(uids: Sequence[int]) -> str:
    """Write sorted UIDs in short: 3, 7-9, 12 … and 40 more."""
    runs: list[list[int]] = []
    for uid in uids[:_NAMED]:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    named = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
    return named + (f" … and {len(uids) - _NAMED} more" if len(uids) > _NAMED else "")


def _patient_account(mailbox: Mailbox, ledger: Ledger, database: Database, patience: float) -> Account:
    mailbox.open(ledger.folder)
    present = mailbox.uids_above(0)
    deadline = time.monotonic() + patience
    while not (account := _account(mailbox, ledger, database, present)).balanced and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
    return account


def _account(mailbox: Mailbox, ledger: Ledger, database: Database, present: list[int]) -> Account:
    with database.readers.begin() as session:
        mark = ledger.mark(session)
        fits = mark is not None and mark.counts_as(mailbox.uid_validity)
        entered = ledger.all_entered(session, mark.uid_validity) if mark is not None and fits else set()
    known = entered.intersection(present)
    return Account(
        folder=ledger.folder,
        server=len(present),
        unaccounted=tuple(uid for uid in present if uid not in known),
        gone=tuple(sorted(entered.difference(present))),
        mark=mark.uid if mark is not None and fits else None,
    )
