"""Mails that nobody could read: listed, tried again, or opened as a case by a person who looked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from bot.cases.errors import CaseError
from bot.cases.inbound import Author, Inbound, Source
from bot.clock import Clock
from bot.db import Database
from bot.mail.addresses import mailboxes
from bot.mail.archive import Kept, MailGone, archive_of
from bot.mail.collection import reason_of
from bot.mail.connection import open_mailbox
from bot.mail.headers import Headers, decode_bytes, storable
from bot.mail.ledger import EntryKey, Ledger, Mark, Settled
from bot.mail.mailbox import Listing
from bot.mail.models import LedgerEntry, LedgerState, RawMail
from bot.mail.oauth import Tokens, tokens_of
from bot.mail.parser import MAX_SUBJECT, parse_header
from bot.mail.quarantine_notices import redraw_notice
from bot.mail.reception import Intake, Reception, is_database_trouble, tell_nobody
from bot.settings import Settings
from bot.tls import tls_context

log = structlog.get_logger(__name__)

CONSOLE = Author("console", "the console")
SALVAGED_LETTERS = 4_000
_SALVAGED_BYTES = 65_536
SENDER_FIELDS = ("from", "sender", "reply-to", "return-path")
_HEADER_LINE = re.compile(r"(content-[a-z-]+|mime-version)\s*:.*", re.IGNORECASE)
_CODED_LINE = re.compile(r"[A-Za-z0-9+/=]{60,}")
_TAG = re.compile(r"<[^<>]{1,2000}>")


class NotQuarantined(CaseError):
    """No mail waits under this name."""


class NothingToRead(CaseError):
    """There is too little of this mail for what was asked."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail that waits for a person: `whole` is False where only its header was kept."""

    key: EntryKey
    since: datetime
    sender: str
    subject: str
    reason: str
    whole: bool


class Quarantine:
    """The verbs of who looks after mails that were set aside. Each may be repeated: the first one counts."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, intake: Intake, tokens: Tokens | None = None
    ) -> None:
        self._settings = settings
        self._tokens = tokens or tokens_of(settings, clock, tls_context())
        self._database = database
        self._clock = clock
        self._intake = intake
        self._mailbox = (settings.imap_email or "").lower()
        self._archive = archive_of(database.url)
        # Who asks for a retry sees its outcome himself.
        self._reception = Reception(settings, intake, tell_nobody)

    def waiting(self) -> Iterator[Waiting]:
        """List what waits, the oldest first."""
        waits = select(LedgerEntry).where(
            LedgerEntry.mailbox == self._mailbox, LedgerEntry.state == LedgerState.QUARANTINED
        )
        with self._database.readers.begin() as session:
            entries: Sequence[LedgerEntry] = session.exec(waits.order_by(col(LedgerEntry.entered_at))).all()
        for entry in entries:
            content, raw = self._content(entry)
            headers = parse_header(content)
            yield Waiting(
                key=EntryKey(entry.folder, entry.uid_validity, entry.uid),
                since=entry.entered_at,
                sender=headers.decoded("from"),
                subject=headers.decoded("subject"),
                reason=entry.reason,
                whole=raw is not None and len(content) == raw.size,
            )

    def retry(self, key: EntryKey, by: Author = CONSOLE) -> Settled:
        """Read a mail again, with today's parser, and let it end as it would have; or stay, with today's reason.

        What was not kept whole is first asked for again, which takes as long as the mail server takes. What has
        ended meanwhile is left as it is. Raises NotQuarantined, NothingToRead, MailboxTrouble.
        """
        entry = self._entry(key)
        if entry.state != LedgerState.QUARANTINED:
            return _end_of(entry)
        content, raw = self._content(entry)
        if raw is None or len(content) != raw.size:
            raw = self._fetch_again(key)
        try:
            content = self._archive.read(raw)
            read = self._reception.read(content, raw.received_at, raw.id)
            return self._settle(key, by, lambda session: self._reception.take(session, read))
        except Exception as error:
            if is_database_trouble(error):
                raise
            reason = reason_of(error, key.uid)
        return self._settle(key, by, lambda _session: Settled(LedgerState.QUARANTINED, reason=reason))

    def open_as_case(self, key: EntryKey, by: Author) -> Settled:
        """Take a mail in as its sender's message, with what text can be salvaged; `by` answers for the sender.

        What has ended meanwhile is left as it is. Raises NotQuarantined, NothingToRead.
        """
        entry = self._entry(key)
        if entry.state != LedgerState.QUARANTINED:
            return _end_of(entry)
        content, raw = self._content(entry)
        if raw is None:
            raise NothingToRead(f"Nothing of {key} was handed over by the mail server: look into the mailbox.")
        inbound = _salvaged(content, raw, self._mailbox)
        if inbound is None:
            raise NothingToRead(f"{key} names no sender, so nobody could be answered: look into the mailbox.")

        def opened(session: Session) -> Settled:
            taken = self._intake.take(session, inbound)
            return Settled(LedgerState(taken.outcome.value), taken.case_id, f"opened by {by.signature}, unread")

        return self._settle(key, by, opened)

    def _fetch_again(self, key: EntryKey) -> RawMail:
        """Fetch a mail of which too little was kept: MAX_MAIL_SIZE was raised, or the server came to its senses."""
        mailbox = open_mailbox(self._settings, self._tokens)
        try:
            mailbox.open(key.folder)
            same = Mark(key.uid_validity).counts_as(mailbox.uid_validity)
            found = mailbox.listings([key.uid], self._clock.now()) if same else []
            if not found:
                raise NothingToRead(f"{key} is no longer in the mailbox, and not all of it was kept.")
            if found[0].size > self._settings.max_mail_size:
                raise NothingToRead(f"{key} is still larger than MAX_MAIL_SIZE: raise it, or open the mail as a case.")
            kept = self._archive.keep_pieces(mailbox.chunks(found[0]))
        finally:
            mailbox.close()
        if not kept.size:
            raise NothingToRead(f"The mail server does not hand over {key}: look at its log.")
        return self._keep(key, found[0], kept)

    def _keep(self, key: EntryKey, listing: Listing, kept: Kept) -> RawMail:
        ledger = Ledger(self._mailbox, key.folder)
        with self._database.writers.begin() as session:
            ledger.queue_up(session)
            raw = ledger.kept(session, key.uid_validity, [key.uid]).get(key.uid)
            if raw is None:
                raw = ledger.keep(session, key.uid_validity, [listing], {key.uid: kept})[key.uid]
            raw.size, raw.sha256, raw.content = kept.size, kept.sha256, kept.content
            entry = self._find(session, key)
            session.flush()
            entry.raw_mail_id = raw.id
            session.add_all((raw, entry))
        return raw

    def _settle(self, key: EntryKey, by: Author, decide: Callable[[Session], Settled]) -> Settled:
        """Give a waiting mail its end, in one transaction with what follows from it; the first one counts."""
        with self._database.writers.begin() as session:
            Ledger(self._mailbox, key.folder).queue_up(session)
            entry = self._find(session, key)
            if entry.state != LedgerState.QUARANTINED:
                return _end_of(entry)
            settled = decide(session)
            entry.state, entry.case_id, entry.reason = settled.state, settled.case_id, settled.reason
            entry.entered_at = self._clock.now()
            session.add(entry)
            redraw_notice(session, key, settled, by, self._clock.now())
        log.info(
            "quarantined mail settled", key=str(key), state=settled.state.value, case=settled.case_id, actor=by.identity
        )
        return settled

    def _entry(self, key: EntryKey) -> LedgerEntry:
        with self._database.readers.begin() as session:
            return self._find(session, key)

    def _find(self, session: Session, key: EntryKey) -> LedgerEntry:
        entry = session.get(LedgerEntry, (self._mailbox, key.folder, key.uid_validity, key.uid))
        if entry is None:
            raise NotQuarantined(f"The ledger knows no mail {key}. `casebot quarantine list` shows what waits.")
        return entry

    def _content(self, entry: LedgerEntry) -> tuple[bytes, RawMail | None]:
        if entry.raw_mail_id is None:
            return b"", None
        with self._database.readers.begin() as session:
            raw = session.get_one(RawMail, entry.raw_mail_id)
        try:
            return self._archive.read(raw), raw
        except MailGone as gone:
            log.error("kept mail is lost", reason=str(gone))
            return b"", None


def _end_of(entry: LedgerEntry) -> Settled:
    return Settled(LedgerState(entry.state), entry.case_id, entry.reason)


def _salvaged(content: bytes, raw: RawMail, mailbox: str) -> Inbound | None:
    """Make a customer's message of whatever can be read without parsing the mail."""
    headers = parse_header(content)
    sender = next((box for field in SENDER_FIELDS for box in mailboxes(headers.first(field))), None)
    if sender is None:
        return None
    return Inbound(
        source=Source.EMAIL,
        place=mailbox,
        external_id=f"quarantined:{raw.sha256}",
        author=Author(sender.address, sender.name or sender.address),
        text=_text_of(content, headers) or "(No text could be salvaged. The whole mail is in the mailbox.)",
        at=raw.received_at,
        subject=headers.decoded("subject")[:MAX_SUBJECT],
        reference=headers.first("message-id").strip()[:500],
        raw_mail_id=raw.id,
        verdict="not verified: the mail could not be read",
    )


def _text_of(content: bytes, headers: Headers) -> str:
    """Return the lines that look like people's words; markup, codes and the seams between parts are left out."""
    start = max(content.find(b"\r\n\r\n"), content.find(b"\n\n"), 0) if headers.fields else 0
    text = storable(decode_bytes(content[start : start + _SALVAGED_BYTES], None))
    lines = [_TAG.sub("", line).rstrip() for line in text.splitlines()]
    seams = ("--", "This is a multi-part message")
    kept = (
        line
        for line in lines
        if not line.startswith(seams) and not _HEADER_LINE.match(line) and not _CODED_LINE.search(line)
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()[:SALVAGED_LETTERS]
