"""Words taken out of a case for good, while its figures, its timeline and its seals stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from bot.cases.announcements import Hearer, Kind
from bot.cases.chain import REMAINS, remains_of, take_out_words
from bot.cases.inbound import Author
from bot.cases.lifecycle import SYSTEM, fact
from bot.cases.models import Attachment, Case, CaseEvent, Escalation, EventKind, Message, Question, ReasonKind
from bot.cases.records import record
from bot.cases.search_index import refresh
from bot.outbox.models import Delivery, Priority, Receipt

# In the content of a redraw: if the post is gone from Slack, that is as good, so it is not said anew.
ONLY_IF_THERE = "only_if_there"

_WORDS_OF_FACT = ("before", "after")
# Facts that quote what somebody said, whoever their actor is.
QUOTING = frozenset({EventKind.ESCALATED, EventKind.REASON_JOINED})


@dataclass(frozen=True, slots=True)
class Removal:
    """Why words are removed, as people read it in their place; `free_text`: what the team wrote of a customer too."""

    why: str
    free_text: bool = False

    @property
    def trace(self) -> str:
        """What stands where words stood."""
        return f"({self.why})"

    def detail(self, event: CaseEvent) -> dict[str, Any]:
        """Return what a fact may still say beside its figures."""
        detail = dict(event.detail)
        detail |= {name: self.trace for name in _WORDS_OF_FACT if detail.get(name)}
        if event.kind in QUOTING:
            detail["reasons"] = self.reasons(detail.get("reasons", ()))
        if self.free_text and detail.get("reason"):
            detail["reason"] = self.trace
        return detail

    def reasons(self, reasons: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
        """Return reasons of an escalation without the sentences that somebody wrote."""
        return [dict(reason) | self._reworded(reason) for reason in reasons]

    def _reworded(self, reason: Mapping[str, str]) -> dict[str, str]:
        if reason["kind"] == ReasonKind.KEYWORD:
            return {"words": f"says “{reason.get('keyword', '')}”"}
        if reason["kind"] == ReasonKind.ASKED and self.free_text:
            return {"words": f"asked for {self.trace}"}
        return {}


def clear(session: Session, case: Case, removal: Removal, at: datetime) -> Sequence[int]:
    """Take the words out of a closed case whose row is locked; returns the ids of the raw mails that held them."""
    of_case = col(Message.case_id) == case.case_id
    mails = remove_messages(session, of_case, removal)
    count = session.exec(select(func.count()).select_from(Message).where(of_case)).one()
    remove_reasons(session, case, removal)
    remove_questions(session, case, removal, at)
    case.subject, case.words_removed = "", True
    events = events_of(session, case)
    for event in events:
        reword(event, removal.detail(event))
    tell(session, case, events, fact(case, EventKind.CLEARED, SYSTEM, at, messages=count, why=removal.why))
    session.add_all(redrawn(session, case, {Kind.CARD, Kind.ALERT}, at))
    return mails


def remove_messages(session: Session, which: ColumnElement[bool], removal: Removal) -> Sequence[int]:
    """Take words and files out of these messages; returns the ids of their raw mails."""
    _overwrite_what_goes(session)
    mails = session.exec(select(Message.raw_mail_id).where(which, col(Message.raw_mail_id).is_not(None))).all()
    files = col(Attachment.message_id).in_(select(Message.id).where(which))
    connection = session.connection()
    connection.execute(update(Attachment).where(files).values(name="a file", held="", withheld=removal.why))
    gone = {"body": removal.trace, "full_body": "", "subject": "", "failure": "", "raw_mail_id": None}
    connection.execute(update(Message).where(which).values(words_removed=True, **gone))
    return [mail for mail in mails if mail is not None]


def remove_reasons(session: Session, case: Case, removal: Removal) -> None:
    """Take what somebody said out of the escalations of a case."""
    for escalation in session.exec(select(Escalation).where(Escalation.case_id == case.case_id)):
        escalation.reasons = removal.reasons(escalation.reasons)


def remove_questions(session: Session, case: Case, removal: Removal, at: datetime) -> None:
    """Take the words out of questions to the team; one that still waits is settled, for nothing can follow from it."""
    for question in session.exec(select(Question).where(Question.case_id == case.case_id)):
        question.inbound = {"text": removal.trace}
        if question.decided_at is None:
            question.decided_at, question.decided_by, question.outcome = at, SYSTEM.name, EventKind.IGNORED


def events_of(session: Session, case: Case) -> Sequence[CaseEvent]:
    """Return all facts of a case in their order."""
    return session.exec(select(CaseEvent).where(CaseEvent.case_id == case.case_id).order_by(col(CaseEvent.id))).all()


def reword(event: CaseEvent, detail: dict[str, Any], by: Author | None = None) -> None:
    """Let a fact say this instead, and be by somebody else; one that says it already stays sealed as it is."""
    if detail == event.detail and by is None:
        return
    take_out_words(event)
    event.detail = detail
    if by is not None:
        event.actor, event.actor_name, event.key = by.identity, by.name, None


def tell(session: Session, case: Case, events: Sequence[CaseEvent], removed: CaseEvent) -> None:
    """Store the fact of a removal, which seals what it left of these facts, and let the search follow."""
    session.flush()
    removed.detail = {**removed.detail, REMAINS: remains_of(events)}
    record(session, removed)
    refresh(session, case.case_id)


def redrawn(session: Session, case: Case, kinds: Collection[str], at: datetime) -> list[Delivery]:
    """Return redraws of what stands in the team's channels of a case, so that its words vanish there too."""
    said = select(Receipt).where(Receipt.case_id == case.case_id, col(Receipt.kind).in_(kinds))
    return [_redraw(receipt, case, at) for receipt in session.exec(said.order_by(col(Receipt.id)))]


def redraw_of(notice: Delivery, at: datetime) -> Delivery:
    """Return a redraw of a notice that belongs to no case, with what it says now."""
    return Delivery(
        kind=notice.kind,
        place=notice.place,
        lane=notice.lane,
        subject=notice.subject,
        redraw=True,
        content=notice.content | {ONLY_IF_THERE: True},
        priority=Priority.COSMETIC,
        created_at=at,
        due_at=at,
    )


def _overwrite_what_goes(session: Session) -> None:
    """Have SQLite overwrite with zeros what is deleted in this connection; else it would stay in free pages."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")


def _redraw(said: Receipt, case: Case, at: datetime) -> Delivery:
    return Delivery(
        kind=said.kind,
        place=_PLACES.get(Kind(said.kind), Hearer.SUPPORT),
        lane=f"{said.kind}:{said.subject}",
        subject=said.subject,
        case_id=case.case_id,
        redraw=True,
        content={ONLY_IF_THERE: True},
        priority=Priority.COSMETIC,
        created_at=at,
        due_at=at,
    )


_PLACES = {Kind.ALERT: Hearer.ALERTING, Kind.CLOSING_LOG: Hearer.LOGGING, Kind.REOPENING_LOG: Hearer.LOGGING}
