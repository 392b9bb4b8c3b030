"""One pass over a folder: every UID above the mark is kept, read, handed on and entered in the ledger, in order."""

from __future__ import annotations

import itertools
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.cases.inbound import Inbound
from bot.clock import Clock
from bot.db import Database, queue_up
from bot.log import correlated
from bot.mail.headers import Headers
from bot.mail.ledger import Beginning, Ledger, Mark, Settled
from bot.mail.mailbox import Listing, Mailbox, MailboxTrouble
from bot.mail.models import LedgerState, RawMail
from bot.mail.parser import UnreadableMail, parse_header
from bot.mail.reception import Reception, Tell, is_database_trouble, tell_nobody
from bot.settings import Settings

log = structlog.get_logger(__name__)

LISTED_AT_ONCE = 500
BATCH_MAILS = 100
BATCH_BYTES = 8_000_000
HEADER_BYTES = 262_144
# A mail that broke the connection this often while it was fetched is left to a person.
MOST_STRIKES = 5


class _Kind(Enum):
    BEFORE_START = auto()
    OVERSIZED = auto()
    ORDINARY = auto()


@dataclass(frozen=True, slots=True)
class _Notice:
    """What support is told of a mail that nobody could read."""

    reason: str
    headers: Headers

    def words(self, uid: int) -> dict[str, str]:
        return {
            "sender": self.headers.decoded("from")[:300],
            "subject": self.headers.decoded("subject")[:300],
            "reason": self.reason,
            "uid": str(uid),
        }


class Collection:
    """Takes in what stands in a folder above the mark. Each mail is settled in a transaction of its own.

    `tell` is called inside the transaction that quarantines a mail. A database that fails ends the pass with its
    error and the mark where it was; nothing else about a mail does.
    """

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, reception: Reception, tell: Tell, ledger: Ledger
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._reception = reception
        self._tell = tell
        self._ledger = ledger
        self._strikes: Counter[int] = Counter()

    def collect(self, mailbox: Mailbox, stopped: Callable[[], bool]) -> int:
        """Take in everything above the mark, or as much of it until `stopped`; returns how many mails ended."""
        mark, beginning = self._standing(mailbox)
        taken = 0
        for uids in _chunks(mailbox.uids_above(mark.uid), LISTED_AT_ONCE):
            with self._database.readers.begin() as session:
                known = self._ledger.entered(session, mark.uid_validity, uids)
            listings = mailbox.listings([uid for uid in uids if uid not in known], self._clock.now())
            for kind, run in itertools.groupby(listings, lambda listing: self._kind(listing, beginning)):
                taken += self._take_in(mailbox, kind, list(run), stopped)
                if stopped():
                    return taken
            self._pass_over(Mark(mark.uid_validity, uids[-1]))
        return taken

    def _standing(self, mailbox: Mailbox) -> tuple[Mark, Beginning]:
        with self._database.readers.begin() as session:
            mark, beginning = self._ledger.mark(session), self._ledger.beginning(session)
        if mark is None or beginning is None or mark.uid_validity != mailbox.uid_validity:
            beginning = self._begin(mailbox, beginning)
            mark = Mark(mailbox.uid_validity)
        return mark, beginning

    def _begin(self, mailbox: Mailbox, earlier: Beginning | None) -> Beginning:
        """Start with every mail of the folder before us: at first contact, or after the server numbered them anew."""
        now = self._clock.now()
        uids = mailbox.uids_above(0)
        since = earlier.since if earlier else self._settings.imap_start.since(now)
        beginning = Beginning(since, Mark(mailbox.uid_validity, uids[-1] if uids else 0))
        with self._database.writers.begin() as session:
            self._ledger.begin(session, beginning, now)
        said = "mailbox numbered anew, every mail is looked at again" if earlier else "first look into the mailbox"
        log.info(said, mails=len(uids), taken_from=str(since or "the first mail on"))
        return beginning

    def _kind(self, listing: Listing, beginning: Beginning) -> _Kind:
        if beginning.excludes(listing):
            return _Kind.BEFORE_START
        return _Kind.OVERSIZED if listing.size > self._settings.max_mail_size else _Kind.ORDINARY

    def _take_in(self, mailbox: Mailbox, kind: _Kind, run: list[Listing], stopped: Callable[[], bool]) -> int:
        if kind is _Kind.BEFORE_START:
            return self._skip(mailbox.uid_validity, run)
        taken = 0
        for batch in ([one] for one in run) if kind is _Kind.OVERSIZED else self._batches(run):
            for listing, raw in self._kept(mailbox, batch, oversized=kind is _Kind.OVERSIZED):
                if stopped():
                    return taken
                mark = Mark(mailbox.uid_validity, listing.uid)
                with correlated():
                    self._settle(mark, listing, raw, oversized=kind is _Kind.OVERSIZED)
                taken += 1
        return taken

    def _skip(self, uid_validity: int, run: Sequence[Listing]) -> int:
        marks = [Mark(uid_validity, listing.uid) for listing in run]
        with self._database.writers.begin() as session:
            self._ledger.enter_all(session, marks, Settled(LedgerState.BEFORE_START), self._clock.now())
        log.info("older mail entered as before our time (IMAP_START)", mails=len(run))
        return len(run)

    def _batches(self, run: Sequence[Listing]) -> Iterator[list[Listing]]:
        """Cut by count and bytes; a big mail, and one that broke the connection before, goes alone."""
        batch: list[Listing] = []
        for listing in run:
            alone = self._strikes[listing.uid] > 0 or (batch and self._strikes[batch[-1].uid] > 0)
            full = len(batch) >= BATCH_MAILS or sum(one.size for one in batch) + listing.size > BATCH_BYTES
            if batch and (alone or full):
                yield batch
                batch = []
            batch.append(listing)
        if batch:
            yield batch

    def _kept(
        self, mailbox: Mailbox, batch: list[Listing], *, oversized: bool
    ) -> Iterator[tuple[Listing, RawMail | None]]:
        """Keep the raw mails in one transaction before anything looks into them; None for what is not handed over."""
        uids = [listing.uid for listing in batch]
        with self._database.readers.begin() as session:
            mails = self._ledger.kept(session, mailbox.uid_validity, uids)
        missing = [listing for listing in batch if listing.uid not in mails]
        contents = self._fetched(mailbox, missing, oversized=oversized) if missing else {}
        if contents:
            with self._database.writers.begin() as session:
                mails |= self._ledger.keep(session, mailbox.uid_validity, missing, contents)
        refused = self._refused(mailbox, [uid for uid in uids if uid not in mails])
        return (
            (listing, mails.get(listing.uid)) for listing in batch if listing.uid in mails or listing.uid in refused
        )

    def _refused(self, mailbox: Mailbox, missing: Sequence[int]) -> set[int]:
        """Return what still is there, but was not handed over; a server that is only busy gets some more chances."""
        refused = {listing.uid for listing in mailbox.listings(missing, self._clock.now())} if missing else set()
        self._strikes.update(refused)
        if any(self._strikes[uid] < MOST_STRIKES for uid in refused):
            raise MailboxTrouble("mailbox busy", "the server does not hand over a mail", "look at the server's log")
        return refused

    def _fetched(self, mailbox: Mailbox, batch: list[Listing], *, oversized: bool) -> dict[int, bytes]:
        if oversized:
            return {one.uid: header for one in batch if (header := mailbox.header(one.uid, HEADER_BYTES))}
        uids = [listing.uid for listing in batch if self._strikes[listing.uid] < MOST_STRIKES]
        try:
            return mailbox.bodies(uids) if uids else {}
        except MailboxTrouble:
            self._strikes.update(uids)
            raise

    def _settle(self, mark: Mark, listing: Listing, raw: RawMail | None, *, oversized: bool) -> None:
        """Let one mail end: in one transaction with its message, or, whatever it provoked, in quarantine."""
        content = zlib.decompress(raw.content) if raw else b""
        if raw is None or oversized:
            reason = f"it is larger than MAX_MAIL_SIZE ({listing.size} bytes)" if raw else "the server refuses it"
            self._quarantine(mark, raw, _Notice(reason, parse_header(content)))
            return
        try:
            read = self._reception.read(content, listing.received_at, raw.id)
            self._enter(mark, read, raw)
        except Exception as error:
            if is_database_trouble(error):
                raise
            self._quarantine(mark, raw, _Notice(_reason(error, mark.uid), parse_header(content)))

    def _enter(self, mark: Mark, read: Inbound | Settled, raw: RawMail) -> None:
        with self._database.writers.begin() as session:
            if not self._is_new(session, mark):
                return
            settled = self._reception.take(session, read)
            self._ledger.enter(session, mark, settled, self._clock.now(), raw_mail_id=raw.id)
        log.info("mail settled", uid=mark.uid, state=settled.state.value, case=settled.case_id)

    def _quarantine(self, mark: Mark, raw: RawMail | None, notice: _Notice) -> None:
        log.warning("mail quarantined", uid=mark.uid, reason=notice.reason)
        try:
            self._put_aside(mark, raw, notice, self._tell)
        except Exception as error:
            if is_database_trouble(error):
                raise
            log.error("quarantined mail not announced", uid=mark.uid, exc_info=error)
            self._put_aside(mark, raw, notice, tell_nobody)

    def _put_aside(self, mark: Mark, raw: RawMail | None, notice: _Notice, tell: Tell) -> None:
        settled = Settled(LedgerState.QUARANTINED, reason=notice.reason)
        with self._database.writers.begin() as session:
            if self._is_new(session, mark):
                self._ledger.enter(session, mark, settled, self._clock.now(), raw_mail_id=raw.id if raw else None)
                tell(session, "mail_quarantined", notice.words(mark.uid))

    def _is_new(self, session: Session, mark: Mark) -> bool:
        """Whether no second Casebot on the same mailbox settled this UID meanwhile."""
        queue_up(session, f"mail:{self._ledger.mailbox}/{self._ledger.folder}")
        return not self._ledger.entered(session, mark.uid_validity, [mark.uid])

    def _pass_over(self, mark: Mark) -> None:
        """Move the mark over UIDs that vanished between search and fetch, or were entered before."""
        with self._database.writers.begin() as session:
            stored = self._ledger.mark(session)
            if stored is None or stored.uid_validity != mark.uid_validity or stored.uid < mark.uid:
                self._ledger.move(session, mark, self._clock.now())


def _reason(error: Exception, uid: int) -> str:
    if isinstance(error, UnreadableMail):
        return str(error)
    # Our own fault, most likely: the log gets the traceback (a database's would quote the mail), support a notice.
    log.error("mail not taken in", uid=uid, exc_info=None if isinstance(error, DBAPIError) else error)
    return f"it could not be taken in ({type(error).__name__})"


def _chunks(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))
