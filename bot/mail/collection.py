"""One pass over a folder: every UID above the mark is kept and settled, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.db import Database
from bot.mail.ahead import Ahead
from bot.mail.arrivals import Arrivals, Batch, Look, chunks
from bot.mail.ledger import Beginning, Ledger, Mark, Settled
from bot.mail.mailbox import Mailbox
from bot.mail.models import LedgerState
from bot.mail.reception import Tell
from bot.mail.settling import Settling
from bot.settings import Settings

log = structlog.get_logger(__name__)

SKIPPED_AT_ONCE = 5_000
# From more mails than this on, the first look makes one notice instead of a card for each case.
QUIET_FROM = 20


class Collection:
    """Takes in what stands in a folder above the mark: what Arrivals bring, Settling lets end.

    The next batch is fetched and kept while the present one is read and settled.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        tell: Tell,
        ledger: Ledger,
        arrivals: Arrivals,
        settling: Settling,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._tell = tell
        self._ledger = ledger
        self._arrivals = arrivals
        self._settling = settling

    @property
    def ledger(self) -> Ledger:
        """The books of the folder."""
        return self._ledger

    def collect(self, mailbox: Mailbox, stopped: Callable[[], bool]) -> int:
        """Take in everything above the mark, or as much of it until `stopped`; returns how many mails ended."""
        mark, beginning = self._standing(mailbox)
        uids = mailbox.uids_above(mark.uid)
        wanted = self._without_older(mailbox, mark, beginning, uids)
        taken = len(uids) - len(wanted) + self._take_in(Look(mailbox, mark, beginning), wanted, stopped)
        if uids and not stopped():
            self._pass_over(Mark(mark.uid_validity, uids[-1]))
        return taken

    def _take_in(self, look: Look, uids: Sequence[int], stopped: Callable[[], bool]) -> int:
        taken = 0
        batches = self._arrivals.batches(look, uids)
        with Ahead(batches) if len(uids) > 1 else nullcontext(batches) as ready:
            for batch in ready:
                taken += self._let_end(batch, look, stopped)
                if stopped():
                    # Nobody waits for what is fetched meanwhile.
                    look.mailbox.cut()
                    break
        return taken

    def _let_end(self, batch: Batch, look: Look, stopped: Callable[[], bool]) -> int:
        if batch.skipped:
            self._skip(look.uid_validity, batch.skipped)
            return len(batch.skipped)
        return self._settling.settle(batch.mails, look.beginning, look.uid_validity, stopped, ahead=batch.ahead)

    def _standing(self, mailbox: Mailbox) -> tuple[Mark, Beginning]:
        with self._database.readers.begin() as session:
            mark, beginning = self._ledger.mark(session), self._ledger.beginning(session)
        if mark is not None and beginning is not None:
            if mark.fits(mailbox):
                return mark, beginning
            # What the server told at first may be older than the mark: only what it tells now says anything.
            mailbox.reopen()
            if mark.fits(mailbox):
                return mark, beginning
        return self._begin(mailbox)

    def _begin(self, mailbox: Mailbox) -> tuple[Mark, Beginning]:
        """Start with every mail of the folder before us: at first contact, or after the server numbered them anew."""
        now = self._clock.now()
        uids = mailbox.uids_above(0)
        waiting = self._waiting(mailbox, uids, now)
        with self._database.writers.begin() as session:
            self._ledger.queue_up(session)
            mark, earlier = self._ledger.mark(session), self._ledger.beginning(session)
            # A mail at or above the mark belies a server that tells a wrong UIDNEXT.
            if mark is not None and earlier is not None and (mark.fits(mailbox) or mark.is_among(mailbox, uids)):
                return mark, earlier
            since = earlier.since if earlier else self._settings.imap_start.since(now)
            mark = Mark(self._ledger.unused(session, mailbox.uid_validity))
            quiet = earlier is None and waiting > QUIET_FROM
            beginning = Beginning(since, Mark(mark.uid_validity, uids[-1] if uids else 0), quiet)
            self._ledger.begin(session, beginning, now)
            if quiet:
                self._tell(session, "mail_backlog", {"folder": self._ledger.folder, "mails": str(waiting)})
        said = "mailbox numbered anew, every mail is looked at again" if earlier else "first look into the mailbox"
        log.info(said, folder=self._ledger.folder, mails=len(uids), taken_from=str(since or "the first mail on"))
        return mark, beginning

    def _waiting(self, mailbox: Mailbox, uids: Sequence[int], now: datetime) -> int:
        """Count the mails that will be taken in at first contact; the server counts by days, so roughly."""
        since = self._settings.imap_start.since(now)
        if since is not None and since >= now:
            return 0
        return len(uids) if since is None else len(set(mailbox.uids_since(since)) & set(uids))

    def _without_older(self, mailbox: Mailbox, mark: Mark, beginning: Beginning, uids: list[int]) -> list[int]:
        """Enter what the server itself says is from before our time, without looking at each; return the others."""
        if beginning.since is None or not uids or uids[0] > beginning.last.uid:
            return uids
        recent = set(mailbox.uids_since(beginning.since))
        older = [uid for uid in uids if uid <= beginning.last.uid and uid not in recent]
        for done, chunk in enumerate(chunks(older, SKIPPED_AT_ONCE), start=1):
            self._skip(mark.uid_validity, chunk)
            entered = min(done * SKIPPED_AT_ONCE, len(older))
            log.info("older mail entered as before our time (IMAP_START)", entered=entered, of=len(older))
        skipped = set(older)
        return [uid for uid in uids if uid not in skipped]

    def _skip(self, uid_validity: int, uids: Sequence[int]) -> None:
        with self._database.writers.begin() as session:
            self._ledger.queue_up(session)
            known = self._ledger.entered(session, uid_validity, uids)
            new = [uid for uid in uids if uid not in known]
            self._ledger.enter_all(session, uid_validity, new, Settled(LedgerState.BEFORE_START), self._clock.now())

    def _pass_over(self, mark: Mark) -> None:
        """Move the mark over UIDs that vanished between search and fetch, or were entered before."""
        with self._database.writers.begin() as session:
            self._ledger.queue_up(session)
            stored = self._ledger.mark(session)
            if stored is None or (stored.uid_validity == mark.uid_validity and stored.uid < mark.uid):
                self._ledger.move(session, mark, self._clock.now())
