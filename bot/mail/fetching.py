"""From the server to the archive: mails are fetched in batches, large ones in pieces, and kept before anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.db import Database
from bot.mail.archive import LARGEST_PIECE, Archive, Kept
from bot.mail.ledger import Ledger
from bot.mail.mailbox import Listing, Mailbox
from bot.mail.trouble import MailboxTrouble

BATCH_MAILS = 100
BATCH_BYTES = 8_000_000
HEADER_BYTES = 262_144
# A mail that broke the connection this often while it was fetched is left to a person.
MOST_STRIKES = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail of the folder and the number under which it is kept, None where the server refuses it.

    `content` are its bytes while they are in memory; of an `oversized` one only the header is kept.
    """

    listing: Listing
    raw_id: int | None
    content: bytes | None
    oversized: bool


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

    def kept(self, mailbox: Mailbox, uid_validity: int, batch: list[Listing], *, oversized: bool) -> Iterator[Fetched]:
        """Keep the raw mails in one transaction before anything looks into them, then hand them out one by one."""
        uids = [listing.uid for listing in batch]
        with self._database.readers.begin() as session:
            numbers = self._ledger.kept(session, uid_validity, uids)
        missing = [listing for listing in batch if listing.uid not in numbers]
        contents = self._contents(mailbox, missing, oversized=oversized) if missing else {}
        if contents:
            numbers = self._keep(uid_validity, batch, {uid: kept for uid, (kept, _) in contents.items()})
        refused = self._refused(mailbox, [uid for uid in uids if uid not in numbers])
        there = [listing for listing in batch if listing.uid in numbers or listing.uid in refused]
        # What was kept before, or by somebody else meanwhile, is read from there.
        bodies = {uid: content for uid, (_, content) in contents.items()}
        return (Fetched(one, numbers.get(one.uid), bodies.pop(one.uid, None), oversized) for one in there)

    def _keep(self, uid_validity: int, batch: Sequence[Listing], fetched: dict[int, Kept]) -> dict[int, int]:
        with self._database.writers.begin() as session:
            self._ledger.queue_up(session)
            # A second Casebot on the same mailbox may have kept some of them meanwhile.
            numbers = self._ledger.kept(session, uid_validity, [listing.uid for listing in batch])
            new = [listing for listing in batch if listing.uid not in numbers]
            return numbers | self._ledger.keep(session, uid_validity, new, fetched)

    def _goes_alone(self, listing: Listing) -> bool:
        return self._strikes[listing.uid] > 0 or listing.size > LARGEST_PIECE

    def _refused(self, mailbox: Mailbox, missing: Sequence[int]) -> set[int]:
        """Return what still is there, but was not handed over; a server that is only busy gets some more chances."""
        refused = {listing.uid for listing in mailbox.listings(missing, self._clock.now())} if missing else set()
        self._strikes.update(refused)
        if any(self._strikes[uid] < MOST_STRIKES for uid in refused):
            raise MailboxTrouble("mailbox busy", "the server does not hand over a mail", "look at the server's log")
        return refused

    def _contents(
        self, mailbox: Mailbox, batch: list[Listing], *, oversized: bool
    ) -> dict[int, tuple[Kept, bytes | None]]:
        if oversized:
            headers = ((one, mailbox.header(one.uid, HEADER_BYTES)) for one in batch)
            return {
                one.uid: (replace(self._archive.keep(header), size=one.size), header)
                for one, header in headers
                if header
            }
        wanted = [listing for listing in batch if self._strikes[listing.uid] < MOST_STRIKES]
        try:
            return self._whole(mailbox, wanted)
        except MailboxTrouble:
            self._strikes.update(listing.uid for listing in wanted)
            raise

    def _whole(self, mailbox: Mailbox, wanted: list[Listing]) -> dict[int, tuple[Kept, bytes | None]]:
        if len(wanted) == 1 and wanted[0].size > LARGEST_PIECE:
            kept = self._archive.keep_pieces(mailbox.chunks(wanted[0]))
            return {wanted[0].uid: (kept, None)} if kept.size else {}
        bodies = mailbox.bodies([listing.uid for listing in wanted]) if wanted else {}
        return {uid: (self._archive.keep(raw), raw) for uid, raw in bodies.items()}
