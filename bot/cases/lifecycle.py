"""What may happen to a case. Each move checks, changes and testifies with its fact; time is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author, Inbound
from bot.cases.models import Case, CaseEvent, Escalation, EventKind, Message, ReasonKind, Status
from bot.cases.rules import Reason, span

SYSTEM = Author("casebot", "Casebot")
# How the pseudonym of a customer begins of whom nothing is kept any more.
ERASED = "erased-"


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
    if inbound.taken_down_by is not None:
        detail["taken_down_by"] = inbound.taken_down_by.signature
    if inbound.quiet:
        detail["quiet"] = True
    if cited is not None:
        detail["follows" if cited.customer_identifier == case.customer_identifier else "mentions"] = cited.case_id
    return case, fact(case, EventKind.OPENED, inbound.author, at, **detail)


def receive(case: Case, message: Message, at: datetime) -> CaseEvent:
    """Take a customer's message into the case; its own time moves the clock, never backwards."""
    _count(case, message)
    return fact(case, EventKind.RECEIVED, _author_of(message), at)


def flood(case: Case, message: Message, at: datetime, first: str) -> CaseEvent:
    """Take one mail of a flood into the case; `first` is the id of the message in which the flood was noticed."""
    _count(case, message)
    return fact(case, EventKind.FLOODED, _author_of(message), at, flood=first)


def answer(case: Case, message: Message, at: datetime) -> CaseEvent:
    """Take an answer that the customer can see: waiting time and follow-ups start anew at its time."""
    _count(case, message)
    _restart_clock(case, message.timestamp)
    case.undelivered = ""
    return fact(case, EventKind.ANSWERED, _author_of(message), at)


def note(case: Case, message: Message, at: datetime) -> CaseEvent:
    """Take words that only the team sees; no clock moves."""
    return fact(case, EventKind.NOTED, _author_of(message), at)


def edit(
    case: Case, message: Message, text: str, by: Author, at: datetime, said_at: datetime, *, late: bool = False
) -> CaseEvent:
    """Give a message its new wording; the old one stays in the fact. A late edit undoes no newer one."""
    before = message.body
    if not late:
        message.body = text
    return fact(case, EventKind.EDITED, by, at, before=before, after=text, said_at=said_at.isoformat())


def delete(case: Case, message: Message, by: Author, at: datetime) -> CaseEvent:
    """Mark a message as deleted where it was said; its words stay with the case."""
    message.deleted_at = at
    return fact(case, EventKind.DELETED, by, at)


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
        return escalation, fact(case, EventKind.ESCALATED, by, at, reasons=escalation.reasons)
    fresh = [reason.as_row() for reason in reasons if not _known(reason, pending)]
    if not fresh:
        return None, None
    pending.reasons = [*pending.reasons, *fresh]
    return pending, fact(case, EventKind.REASON_JOINED, by, at, reasons=fresh)


def acknowledge(case: Case, escalation: Escalation | None, by: Author, at: datetime, how: str) -> CaseEvent:
    """Stop a pending escalation; clocks and counts start anew. `how` is acknowledged or answered.

    An answer has restarted them at its own time already (see `answer`), which may be long before `at`.
    """
    if case.status == Status.CLOSED:
        raise already_closed(case, at)
    if escalation is None:
        raise IllegalMove(f"Nothing is waiting for an acknowledgement in {case.case_id}.")
    if escalation.settled_at is not None:
        verb = escalation.outcome
        since = ago(escalation.settled_at, at)
        raise IllegalMove(f"{case.case_id} was {verb} by {escalation.settled_by} {since}.")
    _settle(escalation, by, at, how)
    clock_before = case.clock_restarted_at.isoformat() if case.clock_restarted_at else ""
    if how != "answered":
        _restart_clock(case, at)
    case.version += 1
    return fact(case, EventKind.ACKNOWLEDGED, by, at, how=how, clock_before=clock_before)


def unacknowledge(
    case: Case, escalation: Escalation | None, acknowledged: CaseEvent | None, by: Author, at: datetime
) -> CaseEvent:
    """Take an acknowledgement back: the alert is pending again, and the clock stands as it stood before.

    `acknowledged` is the fact that is taken back; it knows the clock of that time.
    """
    if case.status == Status.CLOSED:
        raise already_closed(case, at)
    if escalation is None or acknowledged is None or escalation.outcome != "acknowledged":
        raise IllegalMove(f"Nobody's acknowledgement can be taken back in {case.case_id}.")
    before = str(acknowledged.detail.get("clock_before") or "")
    if case.clock_restarted_at == escalation.settled_at:
        case.clock_restarted_at = datetime.fromisoformat(before) if before else None
    escalation.settled_at = escalation.settled_by = escalation.outcome = None
    case.version += 1
    return fact(case, EventKind.UNACKNOWLEDGED, by, at)


def remind(case: Case, at: datetime) -> CaseEvent:
    """Say again that an escalation waits for somebody."""
    return fact(case, EventKind.REMINDED, SYSTEM, at)


def assign(case: Case, to: Author | None, by: Author, at: datetime) -> CaseEvent:
    """Give the case to an admin, or with None to nobody."""
    if case.status == Status.CLOSED:
        raise already_closed(case, at)
    if to is not None and not to.is_admin:
        raise IllegalMove(f"{to.signature} is no admin, so {case.case_id} can't be assigned to them.")
    if case.assignee == (to.identity if to else None):
        owner = "you" if to == by else case.assignee_name
        raise IllegalMove(f"{case.case_id} is assigned to {owner or 'nobody'} already.")
    was = case.assignee_name
    case.assignee, case.assignee_name = (to.identity, to.signature) if to else (None, "")
    case.version += 1
    if to is None:
        return fact(case, EventKind.UNASSIGNED, by, at, was=was)
    return fact(case, EventKind.ASSIGNED, by, at, to=to.identity, to_name=to.signature, was=was)


def snooze(case: Case, pending: Escalation | None, until: datetime, by: Author, at: datetime) -> CaseEvent:
    """Let the case rest until then: no clock escalates it, and a pending alert is stopped."""
    if case.status == Status.CLOSED:
        raise already_closed(case, at)
    if until <= at:
        raise IllegalMove("That time has passed already. Choose one that is still to come, for example `2h`.")
    if case.snoozed_until == until:
        raise IllegalMove(f"{case.case_id} rests until then already.")
    if pending is not None:
        _settle(pending, by, at, "snoozed")
    case.snoozed_until = until
    case.version += 1
    return fact(case, EventKind.SNOOZED, by, at, until=until.isoformat(), alerted=pending is not None)


def wake(case: Case, by: Author, at: datetime) -> CaseEvent:
    """End a case's rest; its clock starts anew."""
    case.snoozed_until = None
    _restart_clock(case, at)
    case.version += 1
    return fact(case, EventKind.WOKEN, by, at)


def reopen(case: Case, other: Case | None, by: Author, at: datetime) -> CaseEvent:
    """Open a closed case again under its number; `other` is the customer's open case, of which there is but one."""
    if case.status != Status.CLOSED:
        raise IllegalMove(f"{case.case_id} is open.")
    if case.customer_identifier.startswith(ERASED):
        raise IllegalMove(f"{case.case_id} can't be opened again: what was known of its customer is erased.")
    if other is not None:
        raise IllegalMove(
            f"{case.case_id} can't be opened again: its customer has an open case, {other.case_id}. Go on there."
        )
    case.status = Status.OPEN
    case.closed_at = case.closed_by = None
    case.escalated = case.words_removed = False
    _restart_clock(case, at)
    case.version += 1
    return fact(case, EventKind.REOPENED, by, at)


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
    case.snoozed_until = None
    case.closed_at = at
    case.closed_by = by.signature
    case.version += 1
    if pending is not None:
        _settle(pending, by, at, "closed")
    return fact(case, EventKind.CLOSED, by, at, reason=reason)


def already_closed(case: Case, at: datetime) -> IllegalMove:
    """Return the refusal that says who closed the case, and how long ago."""
    since = ago(case.closed_at or at, at)
    return IllegalMove(f"{case.case_id} was closed by {case.closed_by} {since}.")


def _count(case: Case, message: Message) -> None:
    case.message_count += 1
    if message.timestamp >= case.last_message_at:
        case.awaits_us = not message.is_admin
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


def fact(case: Case, kind: EventKind, by: Author, at: datetime, **detail: object) -> CaseEvent:
    """Return what testifies to a move: what happened, by whom, in which version of the case."""
    return CaseEvent(
        case_id=case.case_id,
        kind=kind,
        at=at,
        actor=by.identity,
        actor_name=by.signature,
        version=case.version,
        detail=detail,
    )


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was, in words."""
    if now - then < timedelta(hours=48):
        return f"{span(now - then)} ago"
    return f"on {then:%Y-%m-%d}"
