"""From the server to the archive: mails are fetched in batches, large ones in pieces, and kept before anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.db import Database
from bot.mail.archive import LARGEST_PIECE, Archive, Kept
from bot.mail.ledger import Ledger
from bot.mail.mailbox import Listing, Mailbox
from bot.mail.models import RawMail
from bot.mail.trouble import MailboxTrouble

BATCH_MAILS = 100
BATCH_BYTES = 8_000_000
HEADER_BYTES = 262_144
# A mail that broke the connection this often while it was fetched is left to a person.
MOST_STRIKES = 5


class Fetching:
    """Fetches the mails of one folder and keeps them raw."""

    def __init__(self, database: Database, clock: Clock, ledger: Ledger, archive: Archive) -> None:
        self._database = database
        self._clock = clock
        self._ledger = ledger
        self._archive = archive
        self._strikes: Counter[int] = Counter()

    def batches(self, run: Sequence[Listing]) -> Iterator[list[Listing]]:
        """Cut by count and bytes; a big mail, and one that broke the connection before, goes alone."""
        batch: list[Listing] = []
        for listing in run:
            alone = self._goes_alone(listing) or (batch and self._goes_alone(batch[-1]))
            full = len(batch) >= BATCH_MAILS or sum(one.size for one in batch) + listing.size > BATCH_BYTES
            if batch and (alone or full):
                yield batch
                batch = []
            batch.append(listing)
        if batch:
            yield batch

    def kept(
        self, mailbox: Mailbox, uid_validity: int, batch: list[Listing], *, oversized: bool
    ) -> Iterator[tuple[Listing, RawMail | None]]:
        """Keep the raw mails in one transaction before anything looks into them; None for what is not handed over."""
        uids = [listing.uid for listing in batch]
        with self._database.readers.begin() as session:
            mails = self._ledger.kept(session, uid_validity, uids)
        missing = [listing for listing in batch if listing.uid not in mails]
        fetched = self._fetched(mailbox, missing, oversized=oversized) if missing else {}
        if fetched:
            with self._database.writers.begin() as session:
                self._ledger.queue_up(session)
                # A second Casebot on the same mailbox may have kept some of them meanwhile.
                mails = self._ledger.kept(session, uid_validity, uids)
                new = [listing for listing in missing if listing.uid not in mails]
                mails |= self._ledger.keep(session, uid_validity, new, fetched)
        refused = self._refused(mailbox, [uid for uid in uids if uid not in mails])
        return (
            (listing, mails.get(listing.uid)) for listing in batch if listing.uid in mails or listing.uid in refused
        )

    def _goes_alone(self, listing: Listing) -> bool:
        return self._strikes[listing.uid] > 0 or listing.size > LARGEST_PIECE

    def _refused(self, mailbox: Mailbox, missing: Sequence[int]) -> set[int]:
        """Return what still is there, but was not handed over; a server that is only busy gets some more chances."""
        refused = {listing.uid for listing in mailbox.listings(missing, self._clock.now())} if missing else set()
        self._strikes.update(refused)
        if any(self._strikes[uid] < MOST_STRIKES for uid in refused):
            raise MailboxTrouble("mailbox busy", "the server does not hand over a mail", "look at the server's log")
        return refused

    def _fetched(self, mailbox: Mailbox, batch: list[Listing], *, oversized: bool) -> dict[int, Kept]:
        if oversized:
            headers = ((one, mailbox.header(one.uid, HEADER_BYTES)) for one in batch)
            return {one.uid: replace(self._archive.keep(header), size=one.size) for one, header in headers if header}
        wanted = [listing for listing in batch if self._strikes[listing.uid] < MOST_STRIKES]
        try:
            return self._whole(mailbox, wanted)
        except MailboxTrouble:
            self._strikes.update(listing.uid for listing in wanted)
            raise

    def _whole(self, mailbox: Mailbox, wanted: list[Listing]) -> dict[int, Kept]:
        if len(wanted) == 1 and wanted[0].size > LARGEST_PIECE:
            kept = self._archive.keep_pieces(mailbox.chunks(wanted[0]))
            return {wanted[0].uid: kept} if kept.size else {}
        bodies = mailbox.bodies([listing.uid for listing in wanted]) if wanted else {}
        return {uid: self._archive.keep(raw) for uid, raw in bodies.items()}
