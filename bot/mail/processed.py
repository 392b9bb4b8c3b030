"""Mail that ended is moved out of the way (IMAP_PROCESSED_FOLDER), after its end was committed."""

from __future__ import annotations

import imaplib
from collections.abc import Sequence

import structlog
from imapclient import DELETED, IMAPClient

from bot.db import Database
from bot.mail.ledger import Ledger
from bot.mail.mailbox import Mailbox
from bot.mail.models import LedgerState
from bot.mail.trouble import lost, one_line

log = structlog.get_logger(__name__)

MOVED_AT_ONCE = 500
# What waits for a person, and what is from before our time, stays where people look for it.
_STAYS = {LedgerState.QUARANTINED, LedgerState.BEFORE_START}
_MOVES = frozenset(set(LedgerState) - _STAYS)


class ProcessedMail:
    """Moves what ended to a folder, or, with no folder, nothing. Belongs to the watcher's thread.

    A move that the server refuses is told once and stops nothing: the mail is stored, and the next pass tries again.
    """

    def __init__(self, target: str | None, database: Database) -> None:
        self._target = target
        self._database = database
        self._told = ""

    def move(self, mailbox: Mailbox, ledger: Ledger) -> int:
        """Move every mail of the open folder that ended; returns how many. Raises MailboxTrouble."""
        if self._target is None:
            return 0
        uids = self._ended(mailbox, ledger)
        if not uids:
            return 0
        try:
            with mailbox.writing() as client:
                return self._move_all(client, mailbox, uids, self._target)
        except imaplib.IMAP4.abort as error:
            raise lost(error) from error
        except imaplib.IMAP4.error as error:
            self._tell(f"the server does not move mail to {self._target}: {one_line(error)}")
            return 0

    def _ended(self, mailbox: Mailbox, ledger: Ledger) -> list[int]:
        """Look at what the server has, not at what this pass did: a crash may have come before an earlier move."""
        present = mailbox.uids_not_deleted()
        with self._database.readers.begin() as session:
            mark = ledger.mark(session)
            if mark is None or not present:
                return []
            chunks = (present[start : start + MOVED_AT_ONCE] for start in range(0, len(present), MOVED_AT_ONCE))
            ended = [ledger.ended_as(session, mark.uid_validity, chunk, _MOVES) for chunk in chunks]
        return sorted(set().union(*ended))

    def _move_all(self, client: IMAPClient, mailbox: Mailbox, uids: Sequence[int], target: str) -> int:
        if not client.folder_exists(target):
            client.create_folder(target)
        for start in range(0, len(uids), MOVED_AT_ONCE):
            chunk = uids[start : start + MOVED_AT_ONCE]
            if mailbox.can_move:
                client.move(chunk, target)
            else:
                self._copy(client, mailbox, chunk, target)
        log.info("mail moved", mails=len(uids), to=target)
        return len(uids)

    def _copy(self, client: IMAPClient, mailbox: Mailbox, uids: Sequence[int], target: str) -> None:
        client.copy(uids, target)
        client.add_flags(uids, [DELETED], silent=True)
        if mailbox.can_expunge_some:
            client.uid_expunge(uids)
        else:
            # A plain EXPUNGE would also remove what people only marked.
            self._tell("the server can't remove single mails (UIDPLUS): moved mail stays here, marked as deleted")

    def _tell(self, reason: str) -> None:
        if reason != self._told:
            log.warning("mail not moved away", reason=reason)
            self._told = reason
