"""A customer forgotten: his words and whatever tells who he is go from every case; figures and seals stay."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from secrets import token_hex

import structlog
from sqlalchemy import String, and_, cast, delete, literal, update
from sqlmodel import Session, col, select

from bot.cases import deeds
from bot.cases.announcements import MAIL, Hearer, Kind
from bot.cases.errors import IllegalMove
from bot.cases.inbound import DESK, Author
from bot.cases.lifecycle import ERASED, fact
from bot.cases.models import Case, CaseEvent, Escalation, EventKind, Message
from bot.cases.records import load
from bot.cases.removal import (
    QUOTING,
    Removal,
    events_of,
    redraw_of,
    redrawn,
    remove_messages,
    remove_questions,
    remove_reasons,
    reword,
    tell,
)
from bot.cases.traces import MailRoom, Trace, customer_meant, trace_of, words_of_customer
from bot.clock import Clock
from bot.db import Database, queue_up
from bot.outbox.models import Delivery, DeliveryState, Receipt, unsettled

log = structlog.get_logger(__name__)

NOBODY = "Erased customer"
# What shows his words or his name in the team's channels, and can be drawn again.
_SHOWN = frozenset(Kind) - {Kind.REPLY, Kind.FILE, Kind.SENT_MARK, Kind.NOTICE, Kind.REMINDER}
_OUR_PLACES = [*Hearer, MAIL]

ForgetPerson = Callable[[Session, str], object]


class Erasure:
    """Erases customers, each in one transaction. `forget_person` removes what an edge knows of somebody."""

    def __init__(self, database: Database, clock: Clock, mail_room: MailRoom, forget_person: ForgetPerson) -> None:
        self._database = database
        self._clock = clock
        self._mail_room = mail_room
        self._forget_person = forget_person

    def preview(self, words: str) -> Trace:
        """Return what would go; `words` are a mail address, a Slack user id, or a case of his. NoSuchCase if none."""
        with self._database.readers.begin() as session:
            return trace_of(session, customer_meant(session, words), self._mail_room)

    def erase(self, words: str, by: Author, *, close: bool = False) -> Trace:
        """Erase a customer; returns what went. IllegalMove while a case of his is open, unless it is to be closed."""
        with self._database.writers.begin() as session:
            customer = customer_meant(session, words)
            # As the intake does, so that he can't write at the same moment.
            queue_up(session, f"{'email' if '@' in customer else 'slack'}:{customer}")
            trace = trace_of(session, customer, self._mail_room)
            if trace.open and not close:
                raise IllegalMove(_still_open(trace))
            now = self._clock.now()
            _quiet(session, trace.cases, now)  # deliveries before cases, as the postman locks them
            for case_id in trace.open:
                deeds.end(session, load(session, case_id), by, now, "to be erased")
            self._erase(session, trace, by, now)
        log.info("customer erased", cases=len(trace.cases), messages=trace.messages, actor=by.identity)
        return trace

    def _erase(self, session: Session, trace: Trace, by: Author, now: datetime) -> None:
        removal = Removal(f"erased on {now:%Y-%m-%d}", free_text=True)
        nobody = Author(f"{ERASED}{token_hex(4)}", NOBODY)
        cases = [load(session, case_id) for case_id in trace.cases]
        others = [load(session, case_id) for case_id in trace.others]
        remove_messages(session, words_of_customer(trace.customer, trace.cases), removal)
        _unname_messages(session, trace, nobody)
        _reword_notices(session, trace.customer, removal, now)
        for case in cases:
            self._forget_case(session, case, removal, nobody, by, now)
        for case in others:
            self._forget_guest(session, case, trace.customer, removal, nobody, by, now)
        self._mail_room.forget(session, trace.mails, now)
        self._forget_person(session, trace.customer)

    def _forget_case(
        self, session: Session, case: Case, removal: Removal, nobody: Author, by: Author, now: datetime
    ) -> None:
        """Take a customer out of his own case."""
        customer = case.customer_identifier
        remove_reasons(session, case, removal)
        remove_questions(session, case, removal, now)
        his_names = {customer, case.customer_name}
        if case.closed_by in his_names:
            case.closed_by = nobody.name
        for escalation in session.exec(select(Escalation).where(Escalation.case_id == case.case_id)):
            if escalation.settled_by in his_names:
                escalation.settled_by = nobody.name
        case.customer_identifier, case.customer_name = nobody.identity, nobody.name
        case.subject = case.verdict = case.undelivered = ""
        case.words_removed = True
        events = events_of(session, case)
        for event in events:
            _reword(event, removal, nobody if event.actor == customer else None)
        tell(session, case, events, fact(case, EventKind.ERASED, by, now, why=removal.why))
        session.add_all(redrawn(session, case, _SHOWN, now))

    def _forget_guest(
        self, session: Session, case: Case, customer: str, removal: Removal, nobody: Author, by: Author, now: datetime
    ) -> None:
        """Take somebody out of another customer's case, in which he wrote too; an alert there may quote him."""
        only_quotes = Removal(removal.why)
        remove_reasons(session, case, only_quotes)
        events = events_of(session, case)
        for event in events:
            if event.actor == customer:
                _reword(event, removal, nobody)
            elif event.kind in QUOTING:
                reword(event, only_quotes.detail(event))
        tell(session, case, events, fact(case, EventKind.ERASED, by, now, why=removal.why))
        session.add_all(redrawn(session, case, _SHOWN, now))


def _reword(event: CaseEvent, removal: Removal, nobody: Author | None) -> None:
    detail = removal.detail(event)
    if nobody is not None:
        detail.pop("verdict", None)  # it names his domain
    reword(event, detail, nobody)


def _unname_messages(session: Session, trace: Trace, nobody: Author) -> None:
    """Take from messages who wrote and read them, and by which name channels know them: nothing leads back there."""
    connection = session.connection()
    said = words_of_customer(trace.customer, trace.cases)
    name = literal(ERASED) + cast(col(Message.id), String)
    nameless = update(Message).where(said).values(reference="", readers=[], verdict="", thread=None)
    connection.execute(nameless.values(place=DESK, external_id=name))
    his = col(Message.sender) == trace.customer
    connection.execute(update(Message).where(his).values(sender=nobody.identity, sender_name=nobody.name))
    read = cast(col(Message.readers), String).contains(f'"{trace.customer}"', autoescape=True)
    for message in session.exec(select(Message).where(read)):
        message.readers = [reader for reader in message.readers if reader != trace.customer]


def _quiet(session: Session, cases: Collection[str], now: datetime) -> None:
    """Say nothing more of his words, and forget where he was answered."""
    of_cases = col(Delivery.case_id).in_(cases)
    connection = session.connection()
    dropped = {"state": DeliveryState.DROPPED, "settled_at": now, "claimed_until": None}
    waits = and_(of_cases, unsettled(), col(Delivery.kind).in_([Kind.REPLY, Kind.FILE]))
    connection.execute(update(Delivery).where(waits).values(**dropped))
    connection.execute(update(Delivery).where(of_cases).values(error=""))
    elsewhere = col(Delivery.place).not_in(_OUR_PLACES)
    connection.execute(update(Delivery).where(of_cases, elsewhere).values(place=ERASED))
    answered = and_(col(Receipt.case_id).in_(cases), col(Receipt.kind) == Kind.REPLY)
    connection.execute(delete(Receipt).where(answered))


def _reword_notices(session: Session, customer: str, removal: Removal, now: datetime) -> None:
    """Take him out of notices that belong to no case (a mail of his was set aside), and draw them again without him."""
    named = cast(col(Delivery.content), String).contains(customer, autoescape=True)
    notices = session.exec(select(Delivery).where(Delivery.kind == Kind.NOTICE, named)).all()
    for notice in notices:
        told = {name: words for name, words in notice.content.items() if customer not in str(words)}
        notice.content = told | {"sender": removal.trace, "subject": removal.trace}
    for subject in sorted({notice.subject for notice in notices}):
        newest = select(Delivery).where(Delivery.kind == Kind.NOTICE, Delivery.subject == subject)
        session.add(redraw_of(session.exec(newest.order_by(col(Delivery.id).desc()).limit(1)).one(), now))


def _still_open(trace: Trace) -> str:
    which = ", ".join(trace.open)
    return f"{which} is still open: the team works on it. Close it first, or say --close. Nothing was erased."
