"""Mails that are no longer kept: their rows go with the caller's transaction, their files soon after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from bot.agenda import Act, appoint
from bot.mail.addresses import mailboxes
from bot.mail.archive import Archive
from bot.mail.models import IN_A_FILE, LedgerEntry, RawMail
from bot.mail.parser import parse_header
from bot.mail.quarantine import SENDER_FIELDS

DISCARD = "discard_mail"
# A file is written before any row tells of it: what was touched so lately may be a mail that is just coming in again.
COMING_IN = timedelta(hours=1)
_AT_ONCE = 500
_READ_AT_ONCE = 50


class Discarding:
    """Removes raw mails. The ledger keeps what became of each, so that none is ever taken in again."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @property
    def acts(self) -> Mapping[str, Act]:
        """The act by the kind of its appointments, whose subject is a mail's SHA-256."""
        return {DISCARD: self.discard}

    def kept_of(self, session: Session, customer: str, cases: Collection[str]) -> Sequence[int]:
        """Return the ids of the raw mails that he sent or that ended in these cases.

        Who sent a mail that ended in no case (a robot's, one set aside) stands in its header alone: all these are read.
        """
        ended = select(LedgerEntry.raw_mail_id).where(col(LedgerEntry.case_id).in_(cases))
        found = [number for number in session.exec(ended) if number is not None]
        return [*found, *(self._unplaced_of(session, customer) if "@" in customer else ())]

    def forget(self, session: Session, raw_mail_ids: Sequence[int], now: datetime) -> int:
        """Remove the rows of these mails; their files have an appointment. Returns how many there were."""
        forgotten = 0
        for ids in _in_parts(raw_mail_ids):
            session.flush()
            chosen = col(RawMail.id).in_(ids)
            for sha256 in session.exec(select(RawMail.sha256).where(chosen, IN_A_FILE).distinct()).all():
                appoint(session, DISCARD, sha256, now, now)
            session.flush()
            connection = session.connection()
            entered = update(LedgerEntry).where(col(LedgerEntry.raw_mail_id).in_(ids))
            connection.execute(entered.values(raw_mail_id=None, reason=""))
            forgotten += connection.execute(delete(RawMail).where(chosen)).rowcount
        return forgotten

    def discard(self, session: Session, subject: str, now: datetime) -> None:
        """Remove the file of a mail that no row tells of any more."""
        if session.exec(select(RawMail.id).where(RawMail.sha256 == subject, IN_A_FILE).limit(1)).first():
            return
        touched_at = self._archive.touched_at(subject)
        if touched_at is not None and touched_at > (now - COMING_IN).timestamp():
            appoint(session, DISCARD, subject, now + COMING_IN, now)
            return
        self._archive.discard(subject)

    def _unplaced_of(self, session: Session, customer: str) -> Iterator[int]:
        unplaced = (
            select(RawMail)
            .join(LedgerEntry, col(LedgerEntry.raw_mail_id) == col(RawMail.id))
            .where(col(LedgerEntry.case_id).is_(None))
            .order_by(col(RawMail.id))
        )
        last = 0
        while mails := session.exec(unplaced.where(col(RawMail.id) > last).limit(_READ_AT_ONCE)).all():
            for mail in mails:
                last = mail.id or 0
                if customer in self._senders(mail):
                    yield last
                session.expunge(mail)

    def _senders(self, mail: RawMail) -> set[str]:
        headers = parse_header(self._archive.beginning(mail))
        return {box.address for field in SENDER_FIELDS for box in mailboxes(headers.first(field))}


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
