"""The books of one folder: its mark, its beginning, the raw mails and what became of each UID."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from bot.cursors import move, position_of
from bot.db import queue_up
from bot.mail.archive import Kept
from bot.mail.mailbox import Listing, Mailbox
from bot.mail.models import LedgerEntry, LedgerState, RawMail
from bot.rows import insert_values
from bot.statements import PreparedForMany

# A UIDVALIDITY has 32 bits (RFC 9051, 2.3.1.1). Above them we count how often a server gave UIDs out again under one.
_GENERATION = 2**32
_ENTERED_AT_ONCE = 1_000
_KEY = re.compile(r"(.+)/([0-9]{1,18})/([0-9]{1,10})", re.ASCII)

# Asked for each batch of mails, so it is put together once.
_ENTERED = PreparedForMany(
    lambda uids: columns(col(LedgerEntry.uid)).where(
        col(LedgerEntry.mailbox) == bindparam("mailbox"),
        col(LedgerEntry.folder) == bindparam("folder"),
        col(LedgerEntry.uid_validity) == bindparam("uid_validity"),
        col(LedgerEntry.uid).in_(uids),
    )
)

# How the names of all marks of mail folders begin.
MARKS = "mail:"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the folder was read: every UID up to `uid` is in the ledger, under this UIDVALIDITY.

    `uid_validity` carries a generation above its 32 bits, for servers that restore a mailbox and do not say so.
    """

    uid_validity: int
    uid: int = 0

    def fits(self, mailbox: Mailbox) -> bool:
        """Whether the server still counts as it did: a UID above all that it gave out is from before a restore."""
        return self.counts_as(mailbox.uid_validity) and (mailbox.uid_next == 0 or self.uid < mailbox.uid_next)

    def is_among(self, mailbox: Mailbox, uids: Sequence[int]) -> bool:
        """Whether the server has a mail that it numbered at or after the mark."""
        return self.counts_as(mailbox.uid_validity) and bool(uids) and uids[-1] >= self.uid

    def counts_as(self, uid_validity: int) -> bool:
        """Whether this is the server's UIDVALIDITY, in whatever generation."""
        return self.uid_validity % _GENERATION == uid_validity

    @classmethod
    def read(cls, position: str) -> Mark:
        """Read the stored form, `<uidvalidity>:<uid>`."""
        uid_validity, _, uid = position.partition(":")
        return cls(int(uid_validity), int(uid))

    def __str__(self) -> str:
        return f"{self.uid_validity}:{self.uid}"


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first contact: mails up to `last` that arrived before `since` are from before our time.

    Later mail is never judged by its age: a mail moved back into the folder keeps its old arrival. `quiet`: they are
    so many that the team hears of them in one notice.
    """

    since: datetime | None
    last: Mark
    quiet: bool = False

    @classmethod
    def read(cls, position: str) -> Beginning:
        """Read the stored form, `<since, or all> <mark>`, with `quiet` behind it where it is."""
        since, last, *quiet = position.split(" ")
        return cls(None if since == "all" else datetime.fromisoformat(since), Mark.read(last), quiet == ["quiet"])

    def __str__(self) -> str:
        return f"{self.since.isoformat() if self.since else 'all'} {self.last}{' quiet' if self.quiet else ''}"

    def is_quiet(self, mark: Mark) -> bool:
        """Whether this mail is of the backlog of which the team hears in one notice."""
        return self.quiet and mark.uid_validity == self.last.uid_validity and mark.uid <= self.last.uid

    def excludes(self, listing: Listing) -> bool:
        """Whether a mail is from before our time."""
        return self.since is not None and listing.uid <= self.last.uid and listing.received_at < self.since


@dataclass(frozen=True, slots=True)
class EntryKey:
    """Names one row of a mailbox's ledger for people and buttons: `<folder>/<uidvalidity>/<uid>`."""

    folder: str
    uid_validity: int
    uid: int

    @classmethod
    def read(cls, text: str) -> EntryKey:
        """Read the written form; raises ValueError for anything else."""
        found = _KEY.fullmatch(text.strip())
        if found is None:
            raise ValueError("A mail is named by folder, UIDVALIDITY and UID, for example INBOX/1700000000/42.")
        return cls(found[1], int(found[2]), int(found[3]))

    def __str__(self) -> str:
        return f"{self.folder}/{self.uid_validity}/{self.uid}"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a mail, and of which case."""

    state: LedgerState
    case_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """A row of the ledger: the UID of the mark, what became of the mail, and where its bytes are kept."""

    mark: Mark
    settled: Settled
    raw_mail_id: int | None = None


class Ledger:
    """Reads and writes the books of one folder; every method works in the caller's transaction."""

    def __init__(self, mailbox: str, folder: str) -> None:
        self.mailbox = mailbox
        self.folder = folder
        self._name = f"{MARKS}{mailbox}/{folder}"

    def queue_up(self, session: Session) -> None:
        """Let those who write in these books pass one at a time, until their transaction ends."""
        queue_up(session, self._name)

    def key(self, mark: Mark) -> EntryKey:
        """Return the name of the row that the mark points at."""
        return EntryKey(self.folder, mark.uid_validity, mark.uid)

    def mark(self, session: Session) -> Mark | None:
        """Return how far the folder was read, or None before the first contact."""
        position = position_of(session, self._name)
        return Mark.read(position) if position else None

    def move(self, session: Session, mark: Mark, at: datetime) -> None:
        """Store how far the folder was read."""
        move(session, self._name, str(mark), at)

    def beginning(self, session: Session) -> Beginning | None:
        """Return the first contact, if there was one."""
        position = position_of(session, f"{self._name}:beginning")
        return Beginning.read(position) if position else None

    def begin(self, session: Session, beginning: Beginning, at: datetime) -> None:
        """Store the first contact, or the first one under a new UIDVALIDITY, and put the mark before every mail."""
        move(session, f"{self._name}:beginning", str(beginning), at)
        self.move(session, Mark(beginning.last.uid_validity), at)

    def unused(self, session: Session, uid_validity: int) -> int:
        """Return the UIDVALIDITY in a generation under which nothing is written yet."""
        while True:
            used = select(LedgerEntry.uid).where(
                LedgerEntry.mailbox == self.mailbox,
                LedgerEntry.folder == self.folder,
                LedgerEntry.uid_validity == uid_validity,
            )
            kept = select(RawMail.id).where(
                RawMail.mailbox == self.mailbox, RawMail.folder == self.folder, RawMail.uid_validity == uid_validity
            )
            if session.exec(used.limit(1)).first() is None and session.exec(kept.limit(1)).first() is None:
                return uid_validity
            uid_validity += _GENERATION

    def entered(self, session: Session, uid_validity: int, uids: Collection[int]) -> set[int]:
        """Return those of the UIDs that already ended."""
        folder = {"mailbox": self.mailbox, "folder": self.folder, "uid_validity": uid_validity}
        return {uid for (uid,) in _ENTERED.rows(session, list(uids), folder)}

    def enter(self, session: Session, ends: Sequence[End], at: datetime, *, ahead: bool = False) -> None:
        """Write down how these UIDs ended, and move the mark to the last of them.

        What was read `ahead` of its turn leaves the mark where it is.
        """
        if ends:
            # What the rows refer to must be there before them.
            session.flush()
            rows = [self._row(end.mark, end.settled, at, end.raw_mail_id) for end in ends]
            insert_values(session, LedgerEntry, rows)
            if not ahead:
                self.move(session, ends[-1].mark, at)

    def enter_all(
        self, session: Session, uid_validity: int, uids: Sequence[int], settled: Settled, at: datetime
    ) -> None:
        """Write down the same end for many UIDs, and leave the mark where it is."""
        rows = [self._row(Mark(uid_validity, uid), settled, at) for uid in uids]
        for start in range(0, len(rows), _ENTERED_AT_ONCE):
            insert_values(session, LedgerEntry, rows[start : start + _ENTERED_AT_ONCE])

    def ended_as(
        self, session: Session, uid_validity: int, uids: Collection[int], states: Collection[LedgerState]
    ) -> set[int]:
        """Return those of the UIDs that ended in one of these states."""
        known = select(LedgerEntry.uid).where(
            LedgerEntry.mailbox == self.mailbox,
            LedgerEntry.folder == self.folder,
            LedgerEntry.uid_validity == uid_validity,
            col(LedgerEntry.uid).in_(uids),
            col(LedgerEntry.state).in_(states),
        )
        return set(session.exec(known))

    def all_entered(self, session: Session, uid_validity: int) -> set[int]:
        """Return every UID that ended under this UIDVALIDITY."""
        known = select(LedgerEntry.uid).where(
            LedgerEntry.mailbox == self.mailbox,
            LedgerEntry.folder == self.folder,
            LedgerEntry.uid_validity == uid_validity,
        )
        return set(session.exec(known))

    def kept(self, session: Session, uid_validity: int, uids: Collection[int]) -> dict[int, int]:
        """Return the numbers of the raw mails that are kept, by UID."""
        known = select(RawMail.uid, RawMail.id).where(
            RawMail.mailbox == self.mailbox,
            RawMail.folder == self.folder,
            RawMail.uid_validity == uid_validity,
            col(RawMail.uid).in_(uids),
        )
        return {uid: number for uid, number in session.exec(known) if number is not None}

    def keep(
        self, session: Session, uid_validity: int, listings: Sequence[Listing], kept: Mapping[int, Kept]
    ) -> dict[int, int]:
        """Keep these mails and return their numbers; what was not handed over is left out."""
        mails = [
            {
                "mailbox": self.mailbox,
                "folder": self.folder,
                "uid_validity": uid_validity,
                "uid": listing.uid,
                "received_at": listing.received_at,
                "size": kept[listing.uid].size,
                "sha256": kept[listing.uid].sha256,
                "content": kept[listing.uid].content,
            }
            for listing in listings
            if listing.uid in kept
        ]
        insert_values(session, RawMail, mails)
        return self.kept(session, uid_validity, [listing.uid for listing in listings])

    def raw(self, session: Session, number: int) -> RawMail:
        """Return a raw mail."""
        return session.get_one(RawMail, number)

    def _row(self, mark: Mark, settled: Settled, at: datetime, raw_mail_id: int | None = None) -> dict[str, object]:
        return {
            "mailbox": self.mailbox,
            "folder": self.folder,
            "uid_validity": mark.uid_validity,
            "uid": mark.uid,
            "state": settled.state,
            "case_id": settled.case_id,
            "raw_mail_id": raw_mail_id,
            "reason": settled.reason,
            "entered_at": at,
        }
