"""Questions to the team: what an unverified admin mail asks for, kept until somebody confirms or ignores it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.cases.announcements import ask as announce_question
from bot.cases.errors import ONLY_ADMINS, IllegalMove, NoSuchCase, NotAllowed
from bot.cases.inbound import Attached, Author, Inbound, Source
from bot.cases.models import Case, CaseEvent, EventKind, Question
from bot.cases.notices import count
from bot.cases.records import record, store
from bot.cases.rules import Rules
from bot.db import Database
from bot.rows import insert_all

# However many strangers write in how many admins' names.
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Docket:
    """Questions that wait for somebody, the newest first; `more` follow after the last of them.

    They are older than the question numbered `before`; of 0, they begin with the newest.
    """

    questions: Sequence[Question]
    more: int
    before: int = 0


class Questions:
    """Reads what nobody has decided yet, also of a flood, of which no question was said by itself."""

    def __init__(self, database: Database) -> None:
        self._readers = database.readers

    def undecided(self, viewer: Author, limit: int, before: int = 0) -> Docket:
        """Return to an admin the questions older than the one numbered `before` (0: from the newest).

        Those that name no case are among them: nobody can confirm them, but a flood's counter counts them as well.
        """
        if not viewer.is_admin:
            raise NotAllowed(ONLY_ADMINS)
        waiting = select(Question).where(col(Question.decided_at).is_(None))
        if before:
            waiting = waiting.where(col(Question.id) < before)
        with self._readers.begin() as session:
            page = session.exec(waiting.order_by(col(Question.id).desc()).limit(limit)).all()
            all_of_them = session.exec(select(func.count()).select_from(waiting.subquery())).one()
        return Docket(page, all_of_them - len(page), before)


def ask(session: Session, inbound: Inbound, case: Case | None, at: datetime, rules: Rules, *, closes: bool) -> Question:
    """Store an unverified admin's words as a question; nothing else changes. Of a flood only a counter is said."""
    question = Question(
        case_id=case.case_id if case else None,
        source=inbound.source,
        place=inbound.place,
        external_id=inbound.external_id,
        asked_by=inbound.author.identity,
        closes=closes,
        inbound=_row(inbound),
        asked_at=at,
    )
    if _asked_lately(session, inbound.author, at, rules) < rules.flood_mails:
        _tell(session, question, EventKind.ASKED, inbound.author, at)
    else:
        store(session, question)
        count(session, "mail_question", {"sender": question.asked_by, "subject": inbound.subject[:300]}, at, rules)
    return question


def _asked_lately(session: Session, author: Author, at: datetime, rules: Rules) -> int:
    """Count the newest questions in somebody's name, as far as a flood is told by them."""
    newest = select(Question.asked_by, Question.asked_at).order_by(col(Question.id).desc()).limit(_LOOKED_AT)
    since = at - rules.flood_window
    return sum(asked_by == author.identity and asked_at > since for asked_by, asked_at in session.exec(newest))


def decide(session: Session, question_id: int, by: Author, at: datetime, *, confirmed: bool) -> Inbound:
    """Settle a question once and for all; returns the words it was about."""
    question = session.exec(select(Question).where(Question.id == question_id).with_for_update()).first()
    if question is None:
        raise NoSuchCase("This question no longer exists.")
    if question.decided_at is not None:
        raise IllegalMove(f"{question.decided_by} {question.outcome} this already.")
    question.decided_at = at
    question.decided_by = by.signature
    question.outcome = EventKind.CONFIRMED if confirmed else EventKind.IGNORED
    _tell(session, question, EventKind(question.outcome), by, at)
    return _inbound(question.inbound)


def _tell(session: Session, question: Question, kind: EventKind, by: Author, at: datetime) -> None:
    if question.case_id is not None:
        event = CaseEvent(case_id=question.case_id, kind=kind, at=at, actor=by.identity, actor_name=by.signature)
        record(session, event, question=question)
        return
    store(session, question)
    insert_all(session, [announce_question(question, redraw=kind is not EventKind.ASKED)])


def _row(inbound: Inbound) -> dict[str, Any]:
    return asdict(inbound) | {
        "at": inbound.at.isoformat(),
        "readers": sorted(inbound.readers),
        "references": list(inbound.references),
        "attachments": [asdict(one) for one in inbound.attachments],
    }


def _inbound(row: dict[str, Any]) -> Inbound:
    restored = row | {
        "source": Source(row["source"]),
        "author": Author(**row["author"]),
        "at": datetime.fromisoformat(row["at"]),
        "readers": frozenset(row["readers"]),
        "references": tuple(row["references"]),
        "attachments": tuple(Attached(**one) for one in row.get("attachments", ())),
    }
    return Inbound(**restored)
