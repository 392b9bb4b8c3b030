"""What a pass takes from the server: listed, sorted and kept, batch after batch, the urgent before their turn."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import structlog

from bot.clock import Clock
from bot.db import Database
from bot.mail.fetching import Fetched, Fetching
from bot.mail.ledger import Beginning, Ledger, Mark
from bot.mail.mailbox import Listing, Mailbox
from bot.mail.precedence import Precedence
from bot.settings import Settings

log = structlog.get_logger(__name__)

LISTED_AT_ONCE = 500


class _Kind(Enum):
    BEFORE_START = auto()
    OVERSIZED = auto()
    ORDINARY = auto()


@dataclass(frozen=True, slots=True)
class Look:
    """One pass over an open folder: how far it was read before, and when we first looked into it."""

    mailbox: Mailbox
    mark: Mark
    beginning: Beginning

    @property
    def uid_validity(self) -> int:
        """Under which number the UIDs of this pass are entered."""
        return self.mark.uid_validity


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails that are kept and are to end next, in this order; `ahead`: before their turn.

    `skipped` are UIDs that are to be entered as from before our time.
    """

    mails: Iterable[Fetched] = ()
    ahead: bool = False
    skipped: Sequence[int] = ()


class Arrivals:
    """Brings the mails of one folder.

    A pass uses the mailbox nowhere else, so that its batches may be asked for in any thread, one at a time. What the
    batch before the last one held must have ended by then.
    """

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, ledger: Ledger, fetching: Fetching
    ) -> None:
        self._database = database
        self._clock = clock
        self._ledger = ledger
        self._fetching = fetching
        self._most = settings.max_mail_size
        self._precedence = Precedence(settings.escalate_keywords)
        # What was read ahead in this pass, and what was brought last and may not have ended yet.
        self._ahead: set[int] = set()
        self._in_hand: set[int] = set()

    def batches(self, look: Look, uids: Sequence[int]) -> Iterator[Batch]:
        """Yield these UIDs' mails and what presses meanwhile, as long as somebody asks. Raises MailboxTrouble."""
        # The first look's backlog is told in one notice: nobody waits for an alert of it.
        self._precedence.begin(max(look.mark.uid, look.beginning.last.uid), len(uids))
        self._ahead.clear()
        self._in_hand.clear()
        for done, chunk in enumerate(chunks(uids, LISTED_AT_ONCE)):
            if len(uids) > LISTED_AT_ONCE:
                log.info("taking in a backlog", done=done * LISTED_AT_ONCE, of=len(uids))
            listings = self._listed(look, chunk)
            for kind, group in itertools.groupby(listings, lambda listing: self._kind(listing, look.beginning)):
                yield from self._run(look, kind, list(group))

    def _listed(self, look: Look, uids: Sequence[int]) -> list[Listing]:
        """Return what the server says of those mails that have not ended and are not about to."""
        with self._database.readers.begin() as session:
            known = self._ledger.entered(session, look.uid_validity, uids) | self._in_hand
        return look.mailbox.listings([uid for uid in uids if uid not in known], self._clock.now())

    def _kind(self, listing: Listing, beginning: Beginning) -> _Kind:
        if beginning.excludes(listing):
            return _Kind.BEFORE_START
        return _Kind.OVERSIZED if listing.size > self._most else _Kind.ORDINARY

    def _run(self, look: Look, kind: _Kind, run: list[Listing]) -> Iterator[Batch]:
        if kind is _Kind.BEFORE_START:
            yield Batch(skipped=[listing.uid for listing in run])
            return
        oversized = kind is _Kind.OVERSIZED
        for batch in ([one] for one in run) if oversized else self._fetching.batches(run):
            yield from self._pressing(look)
            left = [listing for listing in batch if listing.uid not in self._ahead]
            if left:
                yield self._kept(look, left, oversized=oversized)

    def _pressing(self, look: Look) -> Iterator[Batch]:
        """Yield what presses, before the mail whose turn it is; what has come meanwhile is looked at too."""
        pressing = self._precedence.pressing(look.mailbox)
        listings = self._listed(look, pressing) if pressing else []
        ordinary = [listing for listing in listings if self._kind(listing, look.beginning) is _Kind.ORDINARY]
        if ordinary:
            log.info("mails with keywords read ahead of others", mails=len(ordinary))
        for batch in self._fetching.batches(ordinary):
            self._ahead.update(listing.uid for listing in batch)
            yield self._kept(look, batch, ahead=True)

    def _kept(self, look: Look, batch: list[Listing], *, oversized: bool = False, ahead: bool = False) -> Batch:
        mails = self._fetching.kept(look.mailbox, look.uid_validity, batch, oversized=oversized)
        self._in_hand = {listing.uid for listing in batch}
        return Batch(mails, ahead)


def chunks(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Cut a long list of UIDs."""
    return (uids[start : start + size] for start in range(0, len(uids), size))
