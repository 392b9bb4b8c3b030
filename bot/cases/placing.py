"""Whose case an admin's words belong to: what they stand under, what they answer, what they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from bot.cases.foresight import foreseen
from bot.cases.inbound import Inbound, Source
from bot.cases.inquiries import case_under_lock, held_case, open_case_of
from bot.cases.models import Case, Message, Status
from bot.cases.rules import new_words
from bot.outbox.models import Receipt
from bot.statements import Prepared, PreparedForMany

# A thread cites its whole history; the newest mails decide.
CITED_AT_MOST = 20
MAILS_LOOKED_AT = 200

# Asked for every mail that answers another, so they are put together once.
_MAILED = Prepared(
    columns(col(Message.sender), col(Message.readers))
    .where(
        col(Message.case_id) == bindparam("case_id"),
        col(Message.source) == Source.EMAIL,
        col(Message.internal).is_(False),
    )
    .order_by(col(Message.id).desc())
    .limit(MAILS_LOOKED_AT)
)

_NAMED = re.compile(r"(?<![\w-])case[-\s#]{0,2}(\d{1,9})(?!\w)", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:case-?|#)?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Placed:
    """A case, and whether its customer can read what is said there."""

    case: Case
    visible: bool


def _bears(names: Sequence[BindParameter[Any]]) -> ClauseElement:
    citing = columns(col(Message.timestamp), col(Message.case_id), col(Message.sending))
    return (
        citing.where(col(Message.reference).in_(names))
        .order_by(col(Message.timestamp).desc(), col(Message.case_id).desc())
        .limit(CITED_AT_MOST)
    )


_BEARS = PreparedForMany(_bears)


def _citing(session: Session, references: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Return (case id, sending) of the messages that bear one of these Message-IDs, the newest first."""
    found = foreseen(session).citing(references)
    if found is None:
        found = sorted(_BEARS.rows(session, references), reverse=True)
    return [(case_id, sending) for _, case_id, sending in found[:CITED_AT_MOST]]


def case_named(text: str) -> str | None:
    """Return the one case that the unquoted words name (CASE-42, case 42), or None if none or several are named."""
    named = {f"CASE-{int(number)}" for number in _NAMED.findall(new_words(text))}
    return named.pop() if len(named) == 1 else None


def case_numbered(word: str) -> str | None:
    """Return the case id that a command's argument means: CASE-42, case-42, #42 or 42."""
    match = _NUMBERED.fullmatch(word.strip())
    return f"CASE-{int(match[1])}" if match else None


def cases_meant(session: Session, inbounds: Sequence[Inbound]) -> set[str]:
    """Return the cases that the team's words among these stand in or name."""
    team = [one for one in inbounds if one.author.is_admin or one.author.claims_admin or one.inside]
    return {case_id for one in team if (case_id := _case_it_stands_in(session, one) or case_named(one.text))}


def place(session: Session, inbound: Inbound) -> Placed | None:
    """Return the case that an admin's words belong to, with its row locked, or None."""
    standing = _case_it_stands_in(session, inbound)
    named = standing or case_named(inbound.text)
    case = case_under_lock(session, named) if named else None
    if standing and case is not None and case.status == Status.CLOSED and inbound.thread and not inbound.inside:
        # The thread of a customer's message goes over to the customer's open case.
        case = open_case_of(session, case.customer_identifier)
    if case is None:
        return None
    return Placed(case, _customer_reads(session, case, inbound))


def closed_case_of_thread(session: Session, inbound: Inbound) -> str | None:
    """Return the closed case whose customer's thread the words stand in, where `place` found no open one instead."""
    if inbound.thread is None or inbound.inside:
        return None
    return case_of_thread(session, inbound.place, inbound.thread)


def case_cited(session: Session, inbound: Inbound) -> Case | None:
    """Return the case that a customer's mail answers by its references; it decides nothing, it is only told."""
    cited = _case_of_references(session, inbound.references) if inbound.source is Source.EMAIL else None
    return session.get(Case, cited) if cited else None


def case_joined(session: Session, inbound: Inbound) -> Case | None:
    """Return the open case, its row locked, that a mail joins by what it answers, whoever its sender is.

    It may answer one of our own mails, whose Message-ID nobody can guess; or another mail of the case, whose
    Message-ID is no secret, if its sender took part in that case: wrote in it or was among a mail's readers.
    """
    if inbound.source is not Source.EMAIL or not inbound.references:
        return None
    for case_id, sending in _citing(session, inbound.references):
        if sending or _took_part(session, case_id, inbound.author.identity):
            case = case_under_lock(session, case_id)
            if case is not None and case.status == Status.OPEN:
                return case
    return None


def _took_part(session: Session, case_id: str, address: str) -> bool:
    case = held_case(session, case_id)
    if case is not None and case.customer_identifier == address:
        return True
    mails = _MAILED.rows(session, {"case_id": case_id})
    return any(address == sender or address in readers for sender, readers in mails)


def _case_it_stands_in(session: Session, inbound: Inbound) -> str | None:
    if inbound.source is Source.EMAIL:
        return _case_of_references(session, inbound.references)
    return case_of_thread(session, inbound.place, inbound.thread) if inbound.thread else None


def case_of_thread(session: Session, place: str, thread: str) -> str | None:
    """Return the case whose card, alert or customer's message a Slack thread stands under, or None."""
    ours = select(Receipt.case_id).where(Receipt.place == place, Receipt.external_id == thread)
    under = select(Message.case_id).where(
        Message.source == Source.SLACK,
        Message.place == place,
        (Message.external_id == thread) | (Message.thread == thread),
        col(Message.is_admin).is_(False),
    )
    latest = under.order_by(col(Message.timestamp).desc()).limit(1)
    return session.exec(ours.limit(1)).first() or session.exec(latest).first()


def _case_of_references(session: Session, references: tuple[str, ...]) -> str | None:
    if not references:
        return None
    return next((case_id for case_id, _ in _citing(session, references)), None)


def _customer_reads(session: Session, case: Case, inbound: Inbound) -> bool:
    """A note must never count as an answer: only what certainly reaches the customer is visible."""
    if inbound.inside:
        return False
    if inbound.source is Source.EMAIL:
        return case.customer_identifier in inbound.readers
    heard_there = select(Message.id).where(
        Message.case_id == case.case_id,
        Message.source == Source.SLACK,
        Message.place == inbound.place,
        Message.sender == case.customer_identifier,
    )
    return session.exec(heard_there.limit(1)).first() is not None
