"""What may happen to a case. Each move checks, changes and testifies with its fact; time is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author, Inbound
from bot.cases.models import Case, CaseEvent, Escalation, EventKind, Message, ReasonKind, Status
from bot.cases.rules import Reason, span

SYSTEM = Author("casebot", "Casebot")


def open_case(case_id: str, inbound: Inbound, at: datetime, cited: Case | None = None) -> tuple[Case, CaseEvent]:
    """Begin a case with a customer's first message.

    `cited` is the case that a mail answers by its references: his own, closed one, which the new one `follows`; or
    somebody else's, which it only `mentions`, because a Message-ID is no secret.
    """
    case = Case(
        case_id=case_id,
        customer_identifier=inbound.author.identity,
        customer_name=inbound.author.name,
        source=inbound.source,
        subject=inbound.subject,
        verdict=inbound.verdict,
        created_at=at,
        last_message_at=inbound.at,
    )
    detail: dict[str, object] = {}
    if cited is not None:
        detail["follows" if cited.customer_identifier == case.customer_identifier else "mentions"] = cited.case_id
    return case, _fact(case, EventKind.OPENED, inbound.author, at, **detail)


def receive(case: Case, message: Message, at: datetime) -> CaseEvent:
    """Take a customer's message into the case; its own time moves the clock, never backwards."""
    _count(case, message)
    return _fact(case, EventKind.RECEIVED, _author_of(message), at)


def flood(case: Case, message: Message, at: datetime, first: str) -> CaseEvent:
    """Take one mail of a flood into the case; `first` is the id of the message in which the flood was noticed."""
    _count(case, message)
    return _fact(case, EventKind.FLOODED, _author_of(message), at, flood=first)


def answer(case: Case, message: Message, at: datetime) -> CaseEvent:
    """Take an answer that the customer can see: waiting time and follow-ups start anew at its time."""
    _count(case, message)
    _restart_clock(case, message.timestamp)
    return _fact(case, EventKind.ANSWERED, _author_of(message), at)


def note(case: Case, message: Message, at: datetime) -> CaseEvent:
    """Take words that only the team sees; no clock moves."""
    return _fact(case, EventKind.NOTED, _author_of(message), at)


def edit(
    case: Case, message: Message, text: str, by: Author, at: datetime, said_at: datetime, *, late: bool = False
) -> CaseEvent:
    """Give a message its new wording; the old one stays in the fact. A late edit undoes no newer one."""
    before = message.body
    if not late:
        message.body = text
    return _fact(case, EventKind.EDITED, by, at, before=before, after=text, said_at=said_at.isoformat())


def delete(case: Case, message: Message, by: Author, at: datetime) -> CaseEvent:
    """Mark a message as deleted where it was said; its words stay with the case."""
    message.deleted_at = at
    return _fact(case, EventKind.DELETED, by, at)


def escalate(
    case: Case, pending: Escalation | None, reasons: Sequence[Reason], by: Author, at: datetime
) -> tuple[Escalation | None, CaseEvent | None]:
    """Make the case louder, or let new reasons join the pending escalation.

    Returns (escalation, fact); both None when every reason stands there already.
    """
    if case.status == Status.CLOSED:
        raise IllegalMove(f"{case.case_id} is closed; a closed case can't be escalated.")
    if pending is None:
        case.escalated = True
        case.version += 1
        escalation = Escalation(case_id=case.case_id, raised_at=at, reasons=[reason.as_row() for reason in reasons])
        return escalation, _fact(case, EventKind.ESCALATED, by, at, reasons=escalation.reasons)
    fresh = [reason.as_row() for reason in reasons if not _known(reason, pending)]
    if not fresh:
        return None, None
    pending.reasons = [*pending.reasons, *fresh]
    return pending, _fact(case, EventKind.REASON_JOINED, by, at, reasons=fresh)


def acknowledge(case: Case, escalation: Escalation | None, by: Author, at: datetime, how: str) -> CaseEvent:
    """Stop a pending escalation; clocks and counts start anew. `how` is acknowledged or answered.

    An answer has restarted them at its own time already (see `answer`), which may be long before `at`.
    """
    if case.status == Status.CLOSED:
        raise already_closed(case, at)
    if escalation is None:
        raise IllegalMove(f"Nothing is waiting for an acknowledgement in {case.case_id}.")
    if escalation.settled_at is not None:
        verb = "answered" if escalation.outcome == "answered" else "acknowledged"
        ago = _ago(escalation.settled_at, at)
        raise IllegalMove(f"{case.case_id} was {verb} by {escalation.settled_by} {ago}.")
    _settle(escalation, by, at, how)
    if how != "answered":
        _restart_clock(case, at)
    case.version += 1
    return _fact(case, EventKind.ACKNOWLEDGED, by, at, how=how)


def settles(escalation: Escalation, said_at: datetime) -> bool:
    """Return whether an answer of that time settles it: what the customer said later still waits for an answer."""
    spoken = (ReasonKind.KEYWORD, ReasonKind.FOLLOW_UPS)
    said = [reason["at"] for reason in escalation.reasons if reason["kind"] in spoken]
    return all(datetime.fromisoformat(at) <= said_at for at in said)


def close(case: Case, pending: Escalation | None, by: Author, at: datetime, reason: str = "") -> CaseEvent:
    """End the case; a pending escalation ends with it."""
    if case.status == Status.CLOSED:
        raise already_closed(case, at)
    case.status = Status.CLOSED
    case.closed_at = at
    case.closed_by = by.signature
    case.version += 1
    if pending is not None:
        _settle(pending, by, at, "closed")
    return _fact(case, EventKind.CLOSED, by, at, reason=reason)


def already_closed(case: Case, at: datetime) -> IllegalMove:
    """Return the refusal that says who closed the case, and how long ago."""
    ago = _ago(case.closed_at or at, at)
    return IllegalMove(f"{case.case_id} was closed by {case.closed_by} {ago}.")


def _count(case: Case, message: Message) -> None:
    case.message_count += 1
    case.last_message_at = max(case.last_message_at, message.timestamp)


def _restart_clock(case: Case, at: datetime) -> None:
    case.clock_restarted_at = max(case.clock_restarted_at or at, at)


def _settle(escalation: Escalation, by: Author, at: datetime, outcome: str) -> None:
    escalation.settled_at = at
    escalation.settled_by = by.signature
    escalation.outcome = outcome


def _known(reason: Reason, pending: Escalation) -> bool:
    """A kind of reason joins once; keywords once each; what somebody asked for in his own words always."""
    row = reason.as_row()
    compared = ("kind", "keyword") if "keyword" in row else ("kind", "words") if reason.kind == "asked" else ("kind",)
    return any(all(old.get(key) == row[key] for key in compared) for old in pending.reasons)


def _author_of(message: Message) -> Author:
    return Author(message.sender, message.sender_name, message.is_admin)


def _fact(case: Case, kind: EventKind, by: Author, at: datetime, **detail: object) -> CaseEvent:
    return CaseEvent(case_id=case.case_id, kind=kind, at=at, actor=by.identity, actor_name=by.signature, detail=detail)


def _ago(then: datetime, now: datetime) -> str:
    if now - then < timedelta(hours=48):
        return f"{span(now - then)} ago"
    return f"on {then:%Y-%m-%d}"
