"""How mails end: many in one transaction, and where one of them makes trouble, each in its own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.cases.inbound import Inbound
from bot.clock import Clock
from bot.db import Database
from bot.log import correlated
from bot.mail.archive import Archive, MailGone
from bot.mail.fetching import Fetched
from bot.mail.headers import Headers
from bot.mail.ledger import Beginning, End, Ledger, Mark, Settled
from bot.mail.models import LedgerState
from bot.mail.parser import UnreadableMail, parse_header
from bot.mail.reception import Reception, Tell, is_database_trouble, is_deadlock, tell_nobody
from bot.measures import Deed, Measures

log = structlog.get_logger(__name__)

# Whoever else writes to SQLite waits for the transaction's end: some tens of milliseconds.
SETTLED_AT_ONCE = 40
# What is ready waits no longer for others that take long to read.
LONGEST_WAIT_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail that was read: how it ends, or what the intake is to decide about."""

    mark: Mark
    raw_id: int
    received_at: datetime
    what: Inbound | Settled
    correlation: str


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


class Settling:
    """Reads the mails of one folder and lets each end, in order, its message, ledger row and mark in one transaction.

    Reading is done before the transaction begins. Where a transaction of several fails, whatever the reason, it is
    undone and each of its mails gets one of its own, so that only the guilty one ends in quarantine. `tell` is called
    inside the transaction that quarantines a mail. A database that fails ends the pass with its error and the mark
    where it was; nothing else about a mail does.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        reception: Reception,
        tell: Tell,
        ledger: Ledger,
        archive: Archive,
        measures: Measures | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._reception = reception
        self._tell = tell
        self._ledger = ledger
        self._archive = archive
        self._measures = measures
        self._ahead = False

    def settle(
        self,
        mails: Iterable[Fetched],
        beginning: Beginning,
        uid_validity: int,
        stopped: Callable[[], bool],
        *,
        ahead: bool = False,
    ) -> int:
        """Let these mails end, or as many of them until `stopped`; returns how many.

        The mark moves with them, unless they are read `ahead` of their turn.
        """
        self._ahead = ahead
        taken, begun = 0, 0.0
        ready: list[_Read] = []
        for mail in mails:
            if stopped():
                break
            begun = begun if ready else time.monotonic()
            ready = self._readied(ready, mail, beginning, uid_validity)
            taken += 1
            if len(ready) >= SETTLED_AT_ONCE or time.monotonic() - begun > LONGEST_WAIT_SECONDS:
                self._enter(ready)
                ready = []
        self._enter(ready)
        return taken

    def _readied(self, ready: list[_Read], mail: Fetched, beginning: Beginning, uid_validity: int) -> list[_Read]:
        """Return the mails that are ready with this one; where it can't be read, they end before it."""
        mark, content = Mark(uid_validity, mail.listing.uid), mail.content or b""
        try:
            content = self._content(mail)
            return [*ready, self._read(mark, mail, content, quiet=beginning.is_quiet(mark))]
        except Exception as error:
            if is_database_trouble(error):
                raise
            self._enter(ready)
            self._quarantine(mark, mail.raw_id, _Notice(reason_of(error, mark.uid), parse_header(content)))
            return []

    def _content(self, mail: Fetched) -> bytes:
        if mail.raw_id is None or mail.content is not None:
            return mail.content or b""
        with self._database.readers.begin() as session:
            raw = self._ledger.raw(session, mail.raw_id)
        return self._archive.read(raw)

    def _read(self, mark: Mark, mail: Fetched, content: bytes, *, quiet: bool) -> _Read:
        if mail.raw_id is None:
            raise UnreadableMail("the server refuses it")
        if mail.oversized:
            raise UnreadableMail(f"it is larger than MAX_MAIL_SIZE ({mail.listing.size} bytes)")
        correlation = secrets.token_hex(4)
        with correlated(correlation):
            read = self._reception.read(content, mail.listing.received_at, mail.raw_id)
        what = replace(read, quiet=True) if quiet and isinstance(read, Inbound) else read
        return _Read(mark, mail.raw_id, mail.listing.received_at, what, correlation)

    def _enter(self, reads: Sequence[_Read]) -> None:
        if len(reads) > 1:
            try:
                self._enter_together(reads)
            except Exception as error:
                if is_database_trouble(error) and not is_deadlock(error):
                    raise
                log.warning("mails are taken in one by one", reason=type(error).__name__, mails=len(reads))
            else:
                return
        for read in reads:
            self._enter_alone(read)

    def _enter_alone(self, read: _Read) -> None:
        try:
            self._enter_together([read])
        except Exception as error:
            if is_database_trouble(error):
                raise
            self._quarantine(read.mark, read.raw_id, _Notice(reason_of(error, read.mark.uid), self._headers(read)))

    def _enter_together(self, reads: Sequence[_Read]) -> None:
        with self._database.writers.begin() as session:
            new = list(self._new(session, reads))
            self._reception.expect(session, [read.what for read in new])
            ends = [End(read.mark, self._taken(session, read), read.raw_id) for read in new]
            self._ledger.enter(session, ends, self._clock.now(), ahead=self._ahead)
        for read, end in zip(new, ends, strict=True):
            ended = end.settled
            facts = {"uid": end.mark.uid, "state": ended.state.value, "case": ended.case_id}
            log.info("mail settled", **facts, correlation=read.correlation)
            self._measure(read, ended)

    def _measure(self, read: _Read, settled: Settled) -> None:
        """Tell how long a mail waited for its case; what became no case's words has no such time."""
        if self._measures is not None and settled.case_id is not None:
            facts = {"case": settled.case_id, "correlation": read.correlation, "uid": str(read.mark.uid)}
            self._measures.since(Deed.MAIL_TO_CASE, settled.state.value, read.received_at, **facts)

    def _taken(self, session: Session, read: _Read) -> Settled:
        with correlated(read.correlation):
            return self._reception.take(session, read.what)

    def _new(self, session: Session, reads: Sequence[_Read]) -> Iterator[_Read]:
        """Yield what no second Casebot on the same mailbox settled meanwhile."""
        self._ledger.queue_up(session)
        known = self._ledger.entered(session, reads[0].mark.uid_validity, [read.mark.uid for read in reads])
        return (read for read in reads if read.mark.uid not in known)

    def _headers(self, read: _Read) -> Headers:
        with self._database.readers.begin() as session:
            raw = self._ledger.raw(session, read.raw_id)
        return parse_header(self._archive.read(raw))

    def _quarantine(self, mark: Mark, raw_id: int | None, notice: _Notice) -> None:
        log.warning("mail quarantined", uid=mark.uid, reason=notice.reason)
        try:
            self._put_aside(mark, raw_id, notice, self._tell)
        except Exception as error:
            if is_database_trouble(error):
                raise
            log.error("quarantined mail not announced", uid=mark.uid, exc_info=error)
            self._put_aside(mark, raw_id, notice, tell_nobody)

    def _put_aside(self, mark: Mark, raw_id: int | None, notice: _Notice, tell: Tell) -> None:
        settled = Settled(LedgerState.QUARANTINED, reason=notice.reason)
        with self._database.writers.begin() as session:
            self._ledger.queue_up(session)
            if not self._ledger.entered(session, mark.uid_validity, [mark.uid]):
                self._ledger.enter(session, [End(mark, settled, raw_id)], self._clock.now(), ahead=self._ahead)
                tell(session, "mail_quarantined", notice.words(mark.uid, str(self._ledger.key(mark))))


def reason_of(error: Exception, uid: int) -> str:
    """Return why a mail could not be taken in, for the people who read the notice."""
    if isinstance(error, UnreadableMail | MailGone):
        return str(error)
    # Our own fault, most likely: the log gets the traceback (a database's would quote the mail), support a notice.
    log.error("mail not taken in", uid=uid, exc_info=None if isinstance(error, DBAPIError) else error)
    return f"it could not be taken in ({type(error).__name__})"
