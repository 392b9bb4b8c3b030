"""What may happen to an answer written at the desk, until the customer has it or never will (pure)."""

from __future__ import annotations

from datetime import datetime

from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author
from bot.cases.lifecycle import SYSTEM, fact
from bot.cases.models import Case, CaseEvent, EventKind, Message, Sending, Status


def reply(case: Case, message: Message, by: Author, at: datetime) -> CaseEvent:
    """Take an answer written at the desk; it counts once it has left, so no clock moves yet."""
    message.sending = Sending.WAITING
    return fact(case, EventKind.REPLIED, by, at)


def stop(case: Case, message: Message, by: Author, at: datetime) -> CaseEvent:
    """Keep an answer back that has not left yet: it stays with the team, as a note does."""
    _forget_failure(case, message)
    message.sending = Sending.STOPPED
    message.internal = True
    return fact(case, EventKind.STOPPED, by, at)


def fail(case: Case, message: Message, reason: str, at: datetime) -> CaseEvent:
    """Note that the customer did not get an answer, and why."""
    message.sending = Sending.FAILED
    message.failure = reason
    case.undelivered = reason
    case.version += 1
    return fact(case, EventKind.UNDELIVERED, SYSTEM, at, reason=reason)


def resend(case: Case, message: Message, by: Author, at: datetime) -> CaseEvent:
    """Have an answer that did not reach the customer leave once more; as at first, it counts once it has left."""
    if case.status == Status.CLOSED:
        raise IllegalMove(f"{case.case_id} is closed. Reopen it first: `/case reopen {case.case_id}`")
    if message.words_removed:
        raise IllegalMove(f"The words of this answer are gone from {case.case_id}: {message.body}. Write it anew.")
    _forget_failure(case, message)
    message.sending = Sending.WAITING
    case.version += 1
    return fact(case, EventKind.RESENT, by, at)


def _forget_failure(case: Case, message: Message) -> None:
    if case.undelivered == message.failure:
        case.undelivered = ""
    message.failure = ""
