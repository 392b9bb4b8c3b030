"""What the books are asked about every inbound; the statements are put together once, which costs more than asking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, func, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col

from bot.cases.foresight import EVER, foreseen
from bot.cases.inbound import Inbound, Source
from bot.cases.models import Case, CaseEvent, CaseNumber, Escalation, EventKind, Message, Question, Status, is_open
from bot.db import queue_up
from bot.gathered import take_new_numbers
from bot.rows import change_values, insert_values, take_up
from bot.statements import Prepared, PreparedForMany

_AT_MOST = 1_000
_LOCKED = "cases whose rows are locked"
_CASE_NUMBER = "case number"
_GIVEN_OUT = "last case number given out"


def _named(table: type[Message] | type[Question]) -> Select[str | None]:
    return columns(col(table.case_id)).where(
        col(table.source) == bindparam("source"),
        col(table.place) == bindparam("place"),
        col(table.external_id) == bindparam("external_id"),
    )


def _counted(*which: ColumnElement[bool]) -> Prepared:
    said = columns(col(Message.id)).where(
        col(Message.case_id) == bindparam("case_id"), col(Message.timestamp) > bindparam("since"), *which
    )
    return Prepared(columns(func.count()).select_from(said.limit(_AT_MOST).subquery()))


_SEEN = Prepared(union_all(_named(Message), _named(Question)))
_CASE = columns(SQLModel.metadata.tables["cases"]).with_for_update()
_OPEN = Prepared(_CASE.where(col(Case.customer_identifier) == bindparam("customer"), is_open()))
_NAMED = Prepared(_CASE.where(col(Case.case_id) == bindparam("case_id")))
_OPEN_OF_ALL = PreparedForMany(
    lambda things: columns(col(Case.case_id)).where(col(Case.customer_identifier).in_(things), is_open())
)
_NAMED_ALL = PreparedForMany(lambda things: _CASE.where(col(Case.case_id).in_(things)).order_by(col(Case.case_id)))
_PENDING = columns(SQLModel.metadata.tables["escalations"]).where(col(Escalation.settled_at).is_(None))
_PENDING_OF_ONE = Prepared(_PENDING.where(col(Escalation.case_id) == bindparam("case_id")))
_PENDING_OF_ALL = PreparedForMany(lambda things: _PENDING.where(col(Escalation.case_id).in_(things)))
_LAST_NUMBER = Prepared(columns(col(CaseNumber.last)).where(col(CaseNumber.id) == 1))
_DIGEST = Prepared(columns(col(Case.last_digest)).where(col(Case.case_id) == bindparam("case_id")).with_for_update())
_MAILS = _counted(col(Message.source) == Source.EMAIL, col(Message.sender) == bindparam("customer"))
_UNANSWERED = _counted(col(Message.is_admin).is_(False), col(Message.internal).is_(False))
_FLOOD = Prepared(
    columns(col(CaseEvent.detail))
    .join(Message, col(CaseEvent.message_id) == col(Message.id))
    .where(
        col(CaseEvent.case_id) == bindparam("case_id"),
        col(CaseEvent.kind) == EventKind.FLOODED,
        col(Message.timestamp) > bindparam("since"),
    )
    .order_by(col(CaseEvent.id).desc())
    .limit(1)
)


def cases_that_know(session: Session, inbound: Inbound) -> Sequence[str | None]:
    """Return where these words stand already: a case id each, or None for a question that belongs to no case."""
    known = foreseen(session).cases_that_know(inbound.source, inbound.place, inbound.external_id)
    if known is not None:
        return known
    name = {"source": inbound.source, "place": inbound.place, "external_id": inbound.external_id}
    return [case_id for (case_id,) in _SEEN.rows(session, name)]


def open_case_of(session: Session, customer: str) -> Case | None:
    """Return the customer's open case with its row locked, or None."""
    foresight = foreseen(session)
    if customer in foresight.case_ids:
        case = held_case(session, foresight.case_ids[customer])
        if case is None or (case.status == Status.OPEN and case.customer_identifier == customer):
            return case
    return _held(session, _OPEN, {"customer": customer})


def case_under_lock(session: Session, case_id: str) -> Case | None:
    """Return a case with its row locked, or None."""
    return held_case(session, case_id) or _held(session, _NAMED, {"case_id": case_id})


def look_ahead(session: Session, inbounds: Sequence[Inbound], meant: Collection[str], flood_window: timedelta) -> None:
    """Ask at once for what each of these will be asked about; `meant` are the cases that the team's words are about.

    What they will lock is locked here in one order for all, or two such transactions would wait for each other: the
    rows of their cases, then the case number, where a customer without a case is among them.
    """
    foresight = foreseen(session)
    foresight.look_up_names(session, inbounds)
    cases = _hold_all(session, {inbound.author.identity for inbound in inbounds}, foresight.cited | set(meant))
    customers = [one.author.identity for one in inbounds if not (one.author.is_admin or one.author.claims_admin)]
    if any(foresight.case_ids[customer] is None for customer in customers):
        queue_up(session, _CASE_NUMBER)
    foresight.look_up_said(session, cases, min(inbound.at for inbound in inbounds) - flood_window)
    alerted = [case.case_id for case in cases if case.alerted]
    pending = [take_up(session, Escalation, row) for row in _PENDING_OF_ALL.rows(session, alerted)]
    foresight.pending.update(dict.fromkeys(alerted) | {escalation.case_id: escalation for escalation in pending})


def _hold_all(session: Session, customers: Collection[str], case_ids: Collection[str]) -> list[Case]:
    """Return the open cases of customers and the named ones, their rows locked: in one order for all who do so."""
    open_ids = [case_id for (case_id,) in _OPEN_OF_ALL.rows(session, sorted(customers))]
    rows = _NAMED_ALL.rows(session, sorted({*open_ids, *case_ids}))
    cases = [take_up(session, Case, row) for row in rows]
    for case in cases:
        hold(session, case)
    open_now = {case.customer_identifier: case.case_id for case in cases if case.status == Status.OPEN}
    foreseen(session).case_ids.update({customer: open_now.get(customer) for customer in customers})
    return cases


def hold(session: Session, case: Case) -> None:
    """Remember that the row of a case, as the session knows it, is this transaction's alone."""
    session.info.setdefault(_LOCKED, {})[case.case_id] = case


def held_case(session: Session, case_id: str | None) -> Case | None:
    """Return a case whose row is this transaction's already, as it stands in it; None for any other."""
    held: dict[str | None, Case] = session.info.get(_LOCKED, {})
    return held.get(case_id)


def digest_under_lock(session: Session, case_id: str) -> str:
    """Return the digest of a case's newest fact, with the case's row locked.

    Before anything is written that refers to the case: on PostgreSQL two writers that each hold a reference would
    wait for one another's lock.
    """
    case = held_case(session, case_id)
    if case is None:
        take_new_numbers(session)
        [digest] = _DIGEST.row(session, {"case_id": case_id}) or [""]
        return str(digest)
    return case.last_digest


def pending_of(session: Session, case: Case) -> Escalation | None:
    """Return the escalation of the case that nobody acknowledged yet, or None."""
    foreknown = foreseen(session).pending
    if case.case_id in foreknown:
        escalation = foreknown[case.case_id]
        return escalation if escalation is not None and escalation.settled_at is None else None
    session.flush()  # what is read must not be older than what was changed
    found = _PENDING_OF_ONE.row(session, {"case_id": case.case_id})
    return take_up(session, Escalation, found) if found else None


def next_case_id(session: Session) -> str:
    """Give out the next case number; openings queue up for it until the transaction ends."""
    queue_up(session, _CASE_NUMBER)  # a lock on the row would not hold the very first ones: there is no row yet
    last = session.info.get(_GIVEN_OUT)
    if last is None:
        [last] = _LAST_NUMBER.row(session, {}) or [None]
    if last is None:
        insert_values(session, CaseNumber, [{"id": 1, "last": 1}])
    else:
        change_values(session, CaseNumber, 1, {"last": last + 1})
    session.info[_GIVEN_OUT] = (last or 0) + 1
    return f"CASE-{(last or 0) + 1}"


def mails_since(session: Session, case: Case, since: datetime) -> int:
    """Count the customer's mails since then (by their own time), a thousand at most."""
    foreknown = foreseen(session).mails(case, since)
    if foreknown is not None:
        return min(foreknown, _AT_MOST)
    of_customer = {"case_id": case.case_id, "since": since, "customer": case.customer_identifier}
    return _count(_MAILS, session, of_customer)


def unanswered_messages(session: Session, case: Case) -> int:
    """Count the customer's messages since the clock was restarted (by their own time), a thousand at most."""
    foreknown = foreseen(session).unanswered(case)
    if foreknown is not None:
        return min(foreknown, _AT_MOST)
    since = {"case_id": case.case_id, "since": case.clock_restarted_at or EVER}
    return _count(_UNANSWERED, session, since)


def flood_since(session: Session, case: Case, since: datetime) -> str | None:
    """Return the name of the flood that went on since then (the id of its first message), or None."""
    latest = _FLOOD.row(session, {"case_id": case.case_id, "since": since})
    return str(latest[0]["flood"]) if latest else None


def _count(counting: Prepared, session: Session, asked: Mapping[str, object]) -> int:
    [count] = counting.row(session, asked) or [0]
    return int(count)


def _held(session: Session, question: Prepared, asked: Mapping[str, object]) -> Case | None:
    session.flush()  # what is read must not be older than what was changed
    found = question.row(session, asked)
    if found is None:
        return None
    case = take_up(session, Case, found)
    hold(session, case)
    take_new_numbers(session)
    return case
