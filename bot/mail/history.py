"""History from another helpdesk: an mbox read through, put together by its threads, and stored as closed cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from sqlalchemy import func
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, or_, select

from bot.cases.inbound import Author, Inbound, Source
from bot.cases.models import Case, Message
from bot.cases.past import add_past, take_past
from bot.cases.records import load
from bot.clock import Clock
from bot.db import Database, queue_up
from bot.mail import robots
from bot.mail.archive import Kept, archive_of
from bot.mail.identity import identity_of
from bot.mail.inbound import judge, to_inbound
from bot.mail.mbox import Mbox, Spot
from bot.mail.models import RawMail
from bot.mail.parser import ParsedMail, UnreadableMail, parse, parse_header
from bot.mail.reception import is_database_trouble
from bot.settings import Settings

FOLDER = "(imported)"
_ASKED_AT_ONCE = 200
Progress = Callable[[int], object]
Passed = Literal["machine", "bounce"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One mail of a thread, as far as it must be known to sort it: some hundred bytes."""

    spot: Spot
    external_id: str
    names: tuple[str, ...]
    at: datetime
    author: Author


@dataclass(frozen=True, slots=True)
class Broken:
    """A mail that can't be read, named so that somebody finds it."""

    number: int
    sender: str
    subject: str
    reason: str

    def __str__(self) -> str:
        return f"mail {self.number}, from {self.sender or 'nobody'}, “{self.subject}”: {self.reason}"


@dataclass(slots=True)
class Survey:
    """What an mbox holds: threads that have a customer, and what is passed over."""

    threads: list[list[Leaf]] = field(default_factory=list)
    passed: Counter[Passed] = field(default_factory=Counter)
    without_customer: int = 0
    broken: list[Broken] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What became, or would become, of the threads: cases opened, mails in them, mails joined to others, known ones.

    `refused` tells of threads that the database would not take.
    """

    opened: int = 0
    mails: int = 0
    joined: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)


class History:
    """Takes conversations of the past in. A second time it finds everything known, and stores nothing."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, mbox: Mbox) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._mbox = mbox
        self._archive = archive_of(database.url)
        self._us = identity_of(settings)
        self._mailbox = (settings.imap_email or "").lower()

    def survey(self, progress: Progress = int) -> Survey:
        """Read all mails once; `progress` is told how many more bytes were read. ValueError where it is no mbox."""
        survey, leaves = Survey(), []
        for spot in self._mbox.spots():
            read = self._look(spot)
            if isinstance(read, Leaf):
                leaves.append(read)
            elif isinstance(read, Broken):
                survey.broken.append(read)
            else:
                survey.passed[read] += 1
            progress(spot.size)
        for thread in threads_of(leaves):
            if customer_of(thread) is None:
                survey.without_customer += len(thread)
            else:
                survey.threads.append(thread)
        return survey

    def foresee(self, survey: Survey) -> Outcome:
        """Return what `take_in` would do now."""
        outcome = Outcome()
        with self._database.readers.begin() as session:
            for thread in survey.threads:
                case_id, new = self._standing(session, thread)
                _count(outcome, thread, new, is_joined=case_id is not None)
        return outcome

    def take_in(self, survey: Survey, by: Author, progress: Progress = int) -> Outcome:
        """Store what is new, each thread in a transaction of its own; `progress` is told how many more mails ended."""
        outcome = Outcome()
        for thread in survey.threads:
            with self._database.readers.begin() as session:
                _, new = self._standing(session, thread)
            try:
                self._take_in(thread, new, by, outcome)
            except DBAPIError as fault:
                if is_database_trouble(fault):
                    raise
                outcome.refused.append(f"the thread of mail {thread[0].spot.number}: {type(fault.orig).__name__}")
            progress(len(thread))
        return outcome

    def _take_in(self, thread: Sequence[Leaf], wanted: Sequence[Leaf], by: Author, outcome: Outcome) -> None:
        customer = customer_of(thread)
        if customer is None or not wanted:
            outcome.known += len(thread)
            return
        raw = {leaf.external_id: self._mbox.read(leaf.spot) for leaf in wanted}
        kept = {name: self._archive.keep(content) for name, content in raw.items()}
        now = self._clock.now()
        with self._database.writers.begin() as session:
            queue_up(session, f"{Source.EMAIL}:{customer.identity}")
            queue_up(session, FOLDER)
            case_id, unknown = self._standing(session, thread)
            new = [leaf for leaf in unknown if leaf.external_id in raw]
            said = [self._inbound(session, leaf, raw[leaf.external_id], kept[leaf.external_id]) for leaf in new]
            if case_id is not None:
                add_past(session, load(session, case_id), said, now)
            elif said:
                take_past(session, customer, said, by, now)
            _count(outcome, thread, new, is_joined=case_id is not None)

    def _look(self, spot: Spot) -> Leaf | Broken | Passed:
        if spot.size > self._settings.max_mail_size:
            return Broken(spot.number, "", "", f"it is larger than MAX_MAIL_SIZE ({spot.size} bytes)")
        raw = self._mbox.read(spot)
        try:
            mail = parse(raw)
            is_ours = robots.is_own(mail.headers, self._us)
            if not is_ours and (mail.is_bounce or mail.is_auto_reply):
                return "bounce" if mail.is_bounce else "machine"
            inbound = self._said(mail, spot)
        except UnreadableMail as fault:
            header = parse_header(raw)
            return Broken(spot.number, header.decoded("from"), header.decoded("subject"), str(fault))
        names = tuple(dict.fromkeys((inbound.reference, *inbound.references)))
        return Leaf(spot, inbound.external_id, tuple(filter(None, names)), inbound.at, inbound.author)

    def _said(self, mail: ParsedMail, spot: Spot, raw_mail_id: int | None = None) -> Inbound:
        """Translate a mail as if it came in; what bears our address, or an admin's, is the team's."""
        at = _time_of(mail, spot)
        if at is None:
            raise UnreadableMail("it bears no date")
        read = to_inbound(
            mail,
            self._settings,
            judge(mail, self._settings),
            mailbox=self._mailbox,
            received_at=min(at, self._clock.now()),
            raw_mail_id=raw_mail_id,
        )
        author = read.author
        if robots.is_own(mail.headers, self._us) and mail.sender is not None:
            author = Author(mail.sender.address, mail.sender.name or mail.sender.address, is_admin=True)
        is_team = author.is_admin or author.claims_admin
        return replace(read, author=Author(author.identity, author.name, is_admin=is_team))

    def _inbound(self, session: Session, leaf: Leaf, raw: bytes, kept: Kept) -> Inbound:
        numbers = select(func.max(RawMail.uid)).where(RawMail.mailbox == self._mailbox, RawMail.folder == FOLDER)
        highest = session.exec(numbers).one() or 0
        row = RawMail(
            mailbox=self._mailbox,
            folder=FOLDER,
            uid_validity=0,
            uid=highest + 1,
            received_at=leaf.at,
            size=kept.size,
            sha256=kept.sha256,
            content=kept.content,
        )
        session.add(row)
        session.flush()
        return self._said(parse(raw), leaf.spot, row.id)

    def _standing(self, session: Session, thread: Sequence[Leaf]) -> tuple[str | None, list[Leaf]]:
        """Return the case of the thread's customer in which it stands already, if any, and the mails not yet known."""
        customer = customer_of(thread)
        known: set[str] = set()
        case_id: str | None = None
        for part in _in_parts(thread):
            named = col(Message.external_id).in_([leaf.external_id for leaf in part])
            seen = select(Message.external_id).where(named, Message.source == Source.EMAIL)
            known |= {*session.exec(seen.where(Message.place == self._mailbox))}
            cited = col(Message.reference).in_({name for leaf in part for name in leaf.names})
            cases = select(Message.case_id).join(Case, col(Case.case_id) == col(Message.case_id))
            own = cases.where(or_(named, cited), Case.customer_identifier == (customer.identity if customer else ""))
            case_id = case_id or session.exec(own.order_by(col(Message.id).desc()).limit(1)).first()
        return case_id, [leaf for leaf in thread if leaf.external_id not in known]


def threads_of(leaves: Iterable[Leaf]) -> list[list[Leaf]]:
    """Put mails together that name one another, each thread in the order of its time; the same mail twice is one."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while (higher := above.setdefault(name, name)) != name:
            above[name] = above[higher]
            name = higher
        return name

    unique = {leaf.external_id: leaf for leaf in leaves}
    for leaf in unique.values():
        for name in leaf.names:
            above[root(name)] = root(leaf.external_id)
    threads: dict[str, list[Leaf]] = {}
    for leaf in sorted(unique.values(), key=lambda leaf: (leaf.at, leaf.spot.number)):
        threads.setdefault(root(leaf.external_id), []).append(leaf)
    return list(threads.values())


def customer_of(thread: Sequence[Leaf]) -> Author | None:
    """Return who wrote first of those who are not of the team; None where only the team wrote."""
    return next((leaf.author for leaf in thread if not leaf.author.is_admin), None)


def _count(outcome: Outcome, thread: Sequence[Leaf], new: Sequence[Leaf], *, is_joined: bool) -> None:
    outcome.known += len(thread) - len(new)
    if is_joined:
        outcome.joined += len(new)
    elif new:
        outcome.opened += 1
        outcome.mails += len(new)


def _time_of(mail: ParsedMail, spot: Spot) -> datetime | None:
    """Return when the last server took it, else when it says it was written, else what the seam says."""
    try:
        taken = parsedate_to_datetime(mail.headers.first("received").rpartition(";")[2].strip())
    except ValueError:
        taken = None
    return taken if taken is not None and taken.tzinfo is not None else mail.date or spot.at


def _in_parts(thread: Sequence[Leaf]) -> Iterator[Sequence[Leaf]]:
    for start in range(0, len(thread), _ASKED_AT_ONCE):
        yield thread[start : start + _ASKED_AT_ONCE]
