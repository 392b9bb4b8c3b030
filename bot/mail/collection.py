"""One pass over a folder: every UID above the mark is kept, read, handed on and entered in the ledger, in order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.cases.inbound import Inbound
from bot.clock import Clock
from bot.db import Database
from bot.log import correlated
from bot.mail.archive import Archive, MailGone
from bot.mail.fetching import Fetching
from bot.mail.headers import Headers
from bot.mail.ledger import Beginning, Ledger, Mark, Settled
from bot.mail.mailbox import Listing, Mailbox
from bot.mail.models import LedgerState, RawMail
from bot.mail.parser import UnreadableMail, parse_header
from bot.mail.reception import Reception, Tell, is_database_trouble, tell_nobody
from bot.measures import Deed, Measures
from bot.settings import Settings

log = structlog.get_logger(__name__)

LISTED_AT_ONCE = 500
SKIPPED_AT_ONCE = 5_000
# From more mails than this on, the first look makes one notice instead of a card for each case.
QUIET_FROM = 20


class _Kind(Enum):
    BEFORE_START = auto()
    OVERSIZED = auto()
    ORDINARY = auto()


@dataclass(frozen=True, slots=True)
class _Notice:
    """What support is told of a mail that nobody could read."""

    reason: str
    headers: Headers

    def words(self, uid: int, key: str) -> dict[str, str]:
        return {
            "sender": self.headers.decoded("from")[:300],
            "subject": self.headers.decoded("subject")[:300],
            "reason": self.reason,
            "uid": str(uid),
            "key": key,
        }


class Collection:
    """Takes in what stands in a folder above the mark. Each mail is settled in a transaction of its own.

    `tell` is called inside the transaction that quarantines a mail. A database that fails ends the pass with its
    error and the mark where it was; nothing else about a mail does.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        reception: Reception,
        tell: Tell,
        ledger: Ledger,
        archive: Archive,
        measures: Measures | None = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._reception = reception
        self._tell = tell
        self._ledger = ledger
        self._archive = archive
        self._measures = measures
        self._beginning: Beginning | None = None
        self._fetching = Fetching(database, clock, ledger, archive)

    @property
    def ledger(self) -> Ledger:
        """The books of the folder."""
        return self._ledger

    def collect(self, mailbox: Mailbox, stopped: Callable[[], bool]) -> int:
        """Take in everything above the mark, or as much of it until `stopped`; returns how many mails ended."""
        mark, beginning = self._standing(mailbox)
        self._beginning = beginning
        uids = mailbox.uids_above(mark.uid)
        wanted = self._without_older(mailbox, mark, beginning, uids)
        taken = len(uids) - len(wanted)
        for done, chunk in enumerate(_chunks(wanted, LISTED_AT_ONCE)):
            if len(wanted) > LISTED_AT_ONCE:
                log.info("taking in a backlog", done=done * LISTED_AT_ONCE, of=len(wanted))
            taken += self._take_in_chunk(mailbox, mark, beginning, chunk, stopped)
            if stopped():
                return taken
        if uids:
            self._pass_over(Mark(mark.uid_validity, uids[-1]))
        return taken

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
        for done, chunk in enumerate(_chunks(older, SKIPPED_AT_ONCE), start=1):
            self._skip(mark.uid_validity, chunk)
            entered = min(done * SKIPPED_AT_ONCE, len(older))
            log.info("older mail entered as before our time (IMAP_START)", entered=entered, of=len(older))
        skipped = set(older)
        return [uid for uid in uids if uid not in skipped]

    def _take_in_chunk(
        self,
        mailbox: Mailbox,
        mark: Mark,
        beginning: Beginning,
        uids: Sequence[int],
        stopped: Callable[[], bool],
    ) -> int:
        with self._database.readers.begin() as session:
            known = self._ledger.entered(session, mark.uid_validity, uids)
        listings = mailbox.listings([uid for uid in uids if uid not in known], self._clock.now())
        taken = 0
        for kind, group in itertools.groupby(listings, lambda listing: self._kind(listing, beginning)):
            run = list(group)
            if kind is _Kind.BEFORE_START:
                self._skip(mark.uid_validity, [listing.uid for listing in run])
                taken += len(run)
            else:
                taken += self._take_in(mailbox, mark.uid_validity, run, stopped, oversized=kind is _Kind.OVERSIZED)
            if stopped():
                break
        return taken

    def _kind(self, listing: Listing, beginning: Beginning) -> _Kind:
        if beginning.excludes(listing):
            return _Kind.BEFORE_START
        return _Kind.OVERSIZED if listing.size > self._settings.max_mail_size else _Kind.ORDINARY

    def _take_in(
        self, mailbox: Mailbox, uid_validity: int, run: list[Listing], stopped: Callable[[], bool], *, oversized: bool
    ) -> int:
        taken = 0
        for batch in ([one] for one in run) if oversized else self._fetching.batches(run):
            for listing, raw in self._fetching.kept(mailbox, uid_validity, batch, oversized=oversized):
                if stopped():
                    return taken
                with correlated() as correlation:
                    settled = self._settle(Mark(uid_validity, listing.uid), listing, raw, oversized=oversized)
                    self._measure(settled, listing, correlation)
                taken += 1
        return taken

    def _skip(self, uid_validity: int, uids: Sequence[int]) -> None:
        with self._database.writers.begin() as session:
            self._ledger.queue_up(session)
            known = self._ledger.entered(session, uid_validity, uids)
            new = [uid for uid in uids if uid not in known]
            self._ledger.enter_all(session, uid_validity, new, Settled(LedgerState.BEFORE_START), self._clock.now())

    def _settle(self, mark: Mark, listing: Listing, raw: RawMail | None, *, oversized: bool) -> Settled | None:
        """Let one mail end: in one transaction with its message, or, whatever it provoked, in quarantine (None)."""
        content = b""
        try:
            content = self._archive.read(raw) if raw else b""
            if raw is None or oversized:
                reason = f"it is larger than MAX_MAIL_SIZE ({listing.size} bytes)" if raw else "the server refuses it"
                self._quarantine(mark, raw, _Notice(reason, parse_header(content)))
                return None
            read = self._reception.read(content, listing.received_at, raw.id)
            return self._enter(mark, self._hushed(mark, read), raw)
        except Exception as error:
            if is_database_trouble(error):
                raise
            self._quarantine(mark, raw, _Notice(reason_of(error, mark.uid), parse_header(content)))
            return None

    def _hushed(self, mark: Mark, read: Inbound | Settled) -> Inbound | Settled:
        if isinstance(read, Inbound) and self._beginning is not None and self._beginning.is_quiet(mark):
            return replace(read, quiet=True)
        return read

    def _enter(self, mark: Mark, read: Inbound | Settled, raw: RawMail) -> Settled | None:
        with self._database.writers.begin() as session:
            if not self._is_new(session, mark):
                return None
            settled = self._reception.take(session, read)
            self._ledger.enter(session, mark, settled, self._clock.now(), raw_mail_id=raw.id)
        log.info("mail settled", uid=mark.uid, state=settled.state.value, case=settled.case_id)
        return settled

    def _measure(self, settled: Settled | None, listing: Listing, correlation: str) -> None:
        """Tell how long a mail waited for its case; what became no case's words has no such time."""
        if self._measures is not None and settled is not None and settled.case_id is not None:
            facts = {"case": settled.case_id, "correlation": correlation, "uid": str(listing.uid)}
            self._measures.since(Deed.MAIL_TO_CASE, settled.state.value, listing.received_at, **facts)

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
                tell(session, "mail_quarantined", notice.words(mark.uid, str(self._ledger.key(mark))))

    def _is_new(self, session: Session, mark: Mark) -> bool:
        """Whether no second Casebot on the same mailbox settled this UID meanwhile."""
        self._ledger.queue_up(session)
        return not self._ledger.is_entered(session, mark)

    def _pass_over(self, mark: Mark) -> None:
        """Move the mark over UIDs that vanished between search and fetch, or were entered before."""
        with self._database.writers.begin() as session:
            self._ledger.queue_up(session)
            stored = self._ledger.mark(session)
            if stored is None or (stored.uid_validity == mark.uid_validity and stored.uid < mark.uid):
                self._ledger.move(session, mark, self._clock.now())


def reason_of(error: Exception, uid: int) -> str:
    """Return why a mail could not be taken in, for the people who read the notice."""
    if isinstance(error, UnreadableMail | MailGone):
        return str(error)
    # Our own fault, most likely: the log gets the traceback (a database's would quote the mail), support a notice.
    log.error("mail not taken in", uid=uid, exc_info=None if isinstance(error, DBAPIError) else error)
    return f"it could not be taken in ({type(error).__name__})"


def _chunks(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))
