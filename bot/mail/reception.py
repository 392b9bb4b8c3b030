"""The road of one mail: parsed, held for a robot's or a person's, and handed to the intake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot.cases.inbound import Inbound, Outcome, Taken
from bot.mail import robots
from bot.mail.identity import identity_of
from bot.mail.inbound import judge, to_inbound
from bot.mail.ledger import Settled
from bot.mail.models import LedgerState
from bot.mail.parser import ParsedMail, parse
from bot.mail.reasons import in_one_line
from bot.settings import Settings

_STATES = {
    Outcome.OPENED: LedgerState.OPENED,
    Outcome.JOINED: LedgerState.JOINED,
    Outcome.DUPLICATE: LedgerState.DUPLICATE,
    Outcome.ADMIN: LedgerState.ADMIN,
    Outcome.ASKED: LedgerState.ADMIN,
    Outcome.UNPLACED: LedgerState.ADMIN,
}


Tell = Callable[[Session, str, dict[str, str]], None]


def tell_nobody(_session: Session, _kind: str, _words: dict[str, str]) -> None:
    """Stand in for a notice where none can be written, or where the asker sees the outcome himself."""


class Intake(Protocol):
    """The one door for incoming words, as mail needs it."""

    def expect(self, session: Session, inbounds: Sequence[Inbound]) -> None:
        """Prepare to take several in, in the caller's transaction."""
        ...

    def take(self, session: Session, inbound: Inbound) -> Taken:
        """Take one inbound in, in the caller's writing transaction."""
        ...

    def bounced(self, session: Session, references: Sequence[str], reason: str, at: datetime) -> str | None:
        """Note that a mail with one of these Message-IDs came back; returns its case id, or None if it is not ours."""
        ...


@dataclass(frozen=True, slots=True)
class Report(Settled):
    """A mail server's report; `returned` are the Message-IDs of what came back for good, `at` is its arrival."""

    returned: tuple[str, ...] = ()
    at: datetime | None = None


class Reader:
    """Decides what a mail is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._us = identity_of(settings)

    def read(self, raw: bytes, received_at: datetime, raw_mail_id: int | None = None) -> Inbound | Settled:
        """Read a mail outside any transaction; what no person wrote is settled at once.

        Raises UnreadableMail for a mail that only a person can judge.
        """
        mail = parse(raw)
        if robots.is_own(mail.headers, self._us):
            return Settled(LedgerState.OWN, reason="sent by us")
        if mail.is_bounce:
            return _report(mail, received_at)
        if mail.is_auto_reply:
            return Settled(LedgerState.AUTO_REPLY, reason="sent by a machine")
        return to_inbound(
            mail,
            self._settings,
            judge(mail, self._settings),
            mailbox=(self._settings.imap_email or "").lower(),
            received_at=received_at,
            raw_mail_id=raw_mail_id,
        )


class Reception(Reader):
    """Hands people's words to the intake, too.

    `tell(session, kind, words)` stores a notice for the support channel in the caller's transaction.
    """

    def __init__(self, settings: Settings, intake: Intake, tell: Tell) -> None:
        super().__init__(settings)
        self._intake = intake
        self._tell = tell

    def expect(self, session: Session, reads: Sequence[Inbound | Settled]) -> None:
        """Prepare to take all of these, one by one, in the caller's writing transaction."""
        self._intake.expect(session, [read for read in reads if isinstance(read, Inbound)])

    def take(self, session: Session, read: Inbound | Settled) -> Settled:
        """Let the intake decide about people's words, in the caller's writing transaction."""
        if isinstance(read, Report) and read.returned and read.at is not None:
            return replace(read, case_id=self._intake.bounced(session, read.returned, read.reason, read.at))
        if isinstance(read, Settled):
            return read
        taken = self._intake.take(session, read)
        if taken.outcome is Outcome.UNPLACED and not read.quiet:
            words = {"sender": read.author.identity, "subject": read.subject[:300]}
            self._tell(session, "mail_unplaced", words)
        return Settled(_STATES[taken.outcome], taken.case_id)


def _report(mail: ParsedMail, received_at: datetime) -> Report:
    """Return what a server reports; a mail that it is still trying to deliver did not come back."""
    failed = [bounce for bounce in mail.bounces if not bounce.delayed]
    if mail.bounces and not failed:
        return Report(LedgerState.BOUNCE, reason="a mail server's report: it is still trying")
    reason = in_one_line(failed[0].reason, failed[0].status) if failed else "a mail server sent it back"
    return Report(LedgerState.BOUNCE, reason=reason, returned=mail.returned_ids, at=received_at)


def is_database_trouble(error: BaseException) -> bool:
    """Tell a database that is away, locked, full or read-only from one that refuses this mail's content."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    sqlstate = str(getattr(error.orig, "sqlstate", "") or "")
    # PostgreSQL's class 54: a value beyond the program's limits. The mail's fault, though psycopg files it elsewhere.
    if sqlstate.startswith("54"):
        return False
    # Class 25: the database takes no writes now (a standby, a full disk). Filed as an internal error of psycopg's.
    if sqlstate.startswith("25"):
        return True
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def is_deadlock(error: BaseException) -> bool:
    """Tell two transactions that waited for each other, of which PostgreSQL ended this one."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") == "40P01"
