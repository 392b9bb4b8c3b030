"""Stored mails through today's parser: what would be read differently. Reads only, and changes nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.cases.inbound import Inbound
from bot.cases.models import Message
from bot.db import Database
from bot.mail.archive import Archive, archive_of
from bot.mail.ledger import EntryKey, Settled
from bot.mail.models import LedgerEntry, LedgerState, RawMail
from bot.mail.reception import Reader, is_database_trouble
from bot.mail.settling import reason_of
from bot.settings import Settings

_AT_ONCE = 200
_SHOWN_LINES = 12
_SHOWN_LETTERS = 160
# The intake, not the parser, tells these apart.
_CUSTOMERS = {LedgerState.OPENED, LedgerState.JOINED}


@dataclass(frozen=True, slots=True)
class Replayed:
    """One mail: where it stands, and each thing that today's parser reads otherwise, in words."""

    key: EntryKey
    case_id: str | None
    differences: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Return it for people."""
        yield f"{self.key}{f' ({self.case_id})' if self.case_id else ''}"
        for difference in self.differences:
            yield from (f"  {line}" for line in difference.splitlines())


class Replay:
    """Reads every mail that was kept whole, one after the other: memory holds one at a time."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self._archive: Archive = archive_of(database.url)
        self._reader = Reader(settings)

    def replay(self, since: datetime | None = None) -> Iterator[Replayed]:
        """Yield each mail that arrived since then (None: all), in the order in which they were kept."""
        last = 0
        while entries := self._entries(last, since):
            yield from (self._replayed(entry, message) for entry, message in entries)
            last = entries[-1][0].raw_mail_id or 0

    def _entries(self, after: int, since: datetime | None) -> Sequence[tuple[LedgerEntry, Message | None]]:
        wanted = (
            select(LedgerEntry)
            .join(RawMail, col(LedgerEntry.raw_mail_id) == col(RawMail.id))
            .where(col(LedgerEntry.raw_mail_id) > after)
        )
        if since is not None:
            wanted = wanted.where(RawMail.received_at >= since)
        with self._database.readers.begin() as session:
            entries = session.exec(wanted.order_by(col(LedgerEntry.raw_mail_id)).limit(_AT_ONCE)).all()
            messages = self._messages(session, entries)
        return [(entry, messages.get(entry.raw_mail_id)) for entry in entries]

    def _messages(self, session: Session, entries: Sequence[LedgerEntry]) -> dict[int | None, Message]:
        ids = [entry.raw_mail_id for entry in entries]
        found = session.exec(select(Message).where(col(Message.raw_mail_id).in_(ids)))
        return {message.raw_mail_id: message for message in found}

    def _replayed(self, entry: LedgerEntry, message: Message | None) -> Replayed:
        key = EntryKey(entry.folder, entry.uid_validity, entry.uid)
        with self._database.readers.begin() as session:
            raw = session.get_one(RawMail, entry.raw_mail_id)
        return Replayed(key, entry.case_id, tuple(self._differences(entry, message, raw)))

    def _differences(self, entry: LedgerEntry, message: Message | None, raw: RawMail) -> Iterator[str]:
        try:
            content = self._archive.read(raw)
            if len(content) != raw.size:
                return
            today = self._reader.read(content, raw.received_at, raw.id)
        except Exception as error:
            if is_database_trouble(error):
                raise
            if entry.state != LedgerState.QUARANTINED:
                yield f"state: {entry.state} → quarantined ({reason_of(error, entry.uid)})"
            return
        if (state := _state_today(entry, today)) != entry.state:
            yield f"state: {entry.state} → {state}"
        if isinstance(today, Inbound) and message is not None:
            yield from _read_otherwise(message, today)


def _state_today(entry: LedgerEntry, today: Inbound | Settled) -> str:
    if isinstance(today, Settled):
        return today.state
    if entry.state == LedgerState.DUPLICATE:
        return entry.state
    if today.author.is_admin or today.author.claims_admin:
        return LedgerState.ADMIN
    return entry.state if entry.state in _CUSTOMERS else "a customer's"


def _read_otherwise(message: Message, today: Inbound) -> Iterator[str]:
    compared = (
        ("sender", message.sender, today.author.identity),
        ("subject", message.subject, today.subject),
        ("verdict", message.verdict, today.verdict),
    )
    for name, stored, now in compared:
        if stored != now:
            yield f"{name}: {_short(stored)} → {_short(now)}"
    if message.body != today.text:
        yield "new text:\n" + "\n".join(_changed_lines(message.body, today.text))


def _changed_lines(stored: str, now: str) -> list[str]:
    compared = difflib.unified_diff(stored.splitlines(), now.splitlines(), n=0, lineterm="")
    changed = [_short(line) for line in compared if not line.startswith(("---", "+++", "@@"))]
    more = [f"… and {len(changed) - _SHOWN_LINES} more lines"] if len(changed) > _SHOWN_LINES else []
    return (changed[:_SHOWN_LINES] + more) or ["only line ends differ"]


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_LETTERS else f"{text[:_SHOWN_LETTERS]}…"
