"""What the books say about all inbounds of one transaction: asked once for all of them, and kept true meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, bindparam, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col

from bot.cases.inbound import Inbound, Source
from bot.cases.models import Case, Escalation, Message, Question
from bot.db import UtcDateTime
from bot.statements import PreparedForMany

# Whatever was said was said after this.
EVER = datetime(1, 1, 1, tzinfo=UTC)
# Who said or cites more than this is asked for by himself.
_AT_MOST = 2_000
_FORESIGHT = "foresight"

_Name = tuple[str, str, str]
_Things = Sequence[BindParameter[Any]]
Citing = tuple[datetime, str, str]
"""A message that bears a Message-ID: its time, its case id, and how far it was sent (see `Message.sending`)."""


@dataclass(slots=True)
class _Said:
    """What was said in a case after `since`: of each message its time, whether it waits for us, whether it is mail."""

    customer: str
    since: datetime
    messages: list[tuple[datetime, bool, bool]] = field(default_factory=list)

    def count(self, since: datetime, which: Callable[[tuple[datetime, bool, bool]], bool]) -> int | None:
        return sum(which(one) for one in self.messages if one[0] > since) if since >= self.since else None


class Foresight:
    """Answers what was asked before, and None about anything else.

    `case_ids` are the open cases of customers, None where one has none. `pending` are the escalations last known of
    cases, settled meanwhile or not, None where none was pending. `wordless` are cases that this transaction opened
    and of which no words are kept for the search yet.
    """

    def __init__(self) -> None:
        self.case_ids: dict[str, str | None] = {}
        self.pending: dict[str, Escalation | None] = {}
        self.wordless: set[str] = set()
        self._known: dict[_Name, list[str | None]] = {}
        self._citing: dict[str, list[Citing]] = {}
        self._said: dict[str, _Said] = {}

    def cases_that_know(self, source: str, place: str, external_id: str) -> Sequence[str | None] | None:
        """Return where these words stand already: a case id each, or None for a question of no case."""
        return self._known.get((source, place, external_id))

    def citing(self, references: Sequence[str]) -> Sequence[Citing] | None:
        """Return the messages that bear one of these Message-IDs, the newest first."""
        if any(reference not in self._citing for reference in references):
            return None
        found = [one for reference in dict.fromkeys(references) for one in self._citing[reference]]
        return sorted(found, reverse=True)

    @property
    def cited(self) -> set[str]:
        """The cases of the messages that bear one of the Message-IDs asked for."""
        return {case_id for citing in self._citing.values() for _, case_id, _ in citing}

    def mails(self, case: Case, since: datetime) -> int | None:
        """Return how many mails of its customer came into a case since then."""
        said = self._said.get(case.case_id)
        return said.count(since, lambda one: one[2]) if said else None

    def unanswered(self, case: Case) -> int | None:
        """Return how many messages wait for us in a case."""
        said = self._said.get(case.case_id)
        return said.count(case.clock_restarted_at or EVER, lambda one: one[1]) if said else None

    def opened(self, case: Case) -> None:
        """Note a case that was opened just now."""
        self.wordless.add(case.case_id)
        self.case_ids[case.customer_identifier] = case.case_id
        self._said[case.case_id] = _Said(case.customer_identifier, EVER)

    def stored(self, message: Message) -> None:
        """Note a message that was stored just now."""
        self._knows(message.source, message.place, message.external_id, message.case_id)
        if message.reference in self._citing:
            self._citing[message.reference].append((message.timestamp, message.case_id, message.sending))
        if (said := self._said.get(message.case_id)) is not None:
            by_mail = message.source == Source.EMAIL and message.sender == said.customer
            said.messages.append((message.timestamp, not message.is_admin and not message.internal, by_mail))

    def escalated(self, escalation: Escalation) -> None:
        """Note an escalation that a fact was stored of just now; of several the pending one counts."""
        if escalation.settled_at is None:
            self.pending[escalation.case_id] = escalation

    def asked(self, question: Question) -> None:
        """Note a question that was stored just now."""
        self._knows(question.source, question.place, question.external_id, question.case_id)

    def look_up_names(self, session: Session, inbounds: Sequence[Inbound]) -> None:
        """Ask which of these are known already."""
        for source in {inbound.source for inbound in inbounds}:
            names = {(source, one.place, one.external_id) for one in inbounds if one.source == source}
            self._known |= {name: [] for name in names}
            for place in {name[1] for name in names}:
                there = [external_id for _, at, external_id in names if at == place]
                for named in (_MESSAGES, _QUESTIONS):
                    rows = named.rows(session, there, {"source": source, "place": place})
                    for external_id, case_id in rows:
                        self._known[source, place, external_id].append(case_id)

    def look_up_references(self, session: Session, references: Iterable[str]) -> None:
        """Ask what bears these Message-IDs."""
        wanted = [reference for reference in dict.fromkeys(references) if reference]
        rows = _CITING.rows(session, wanted)
        if len(rows) < _AT_MOST:
            self._citing |= {reference: [] for reference in wanted}
            for reference, *found in rows:
                self._citing[reference].append(tuple(found))

    def look_up_said(self, session: Session, cases: Sequence[Case], since: datetime) -> None:
        """Ask what was said in these cases since then, and before that since their clocks were restarted."""
        rows = _SAID.rows(session, [case.case_id for case in cases], {"since": since})
        if len(rows) < _AT_MOST:
            for case in cases:
                known_since = min(since, case.clock_restarted_at or EVER)
                self._said[case.case_id] = _Said(case.customer_identifier, known_since)
            for case_id, *said in rows:
                self._said[case_id].messages.append(tuple(said))

    def _knows(self, source: str, place: str, external_id: str, case_id: str | None) -> None:
        known = self._known.get((source, place, external_id))
        if known is not None:
            known.append(case_id)


def foreseen(session: Session) -> Foresight:
    """Return what this transaction knows already."""
    foresight: Foresight = session.info.setdefault(_FORESIGHT, Foresight())
    return foresight


def _named(table: type[Message] | type[Question]) -> PreparedForMany:
    def question(things: _Things) -> ClauseElement:
        return columns(col(table.external_id), col(table.case_id)).where(
            col(table.source) == bindparam("source"),
            col(table.place) == bindparam("place"),
            col(table.external_id).in_(things),
        )

    return PreparedForMany(question)


def _citing(things: _Things) -> ClauseElement:
    bears = columns(col(Message.reference), col(Message.timestamp), col(Message.case_id), col(Message.sending))
    return bears.where(col(Message.reference).in_(things)).limit(_AT_MOST)


def _said(things: _Things) -> ClauseElement:
    waits = col(Message.is_admin).is_(False) & col(Message.internal).is_(False)
    by_mail = (col(Message.source) == Source.EMAIL) & (col(Message.sender) == col(Case.customer_identifier))
    since = bindparam("since", type_=UtcDateTime())
    restarted = col(Case.clock_restarted_at)
    return (
        columns(col(Message.case_id), col(Message.timestamp), waits.label("waits"), by_mail.label("by_mail"))
        .join(Case, col(Case.case_id) == col(Message.case_id))
        .where(
            col(Message.case_id).in_(things),
            or_(restarted.is_(None), col(Message.timestamp) > restarted, col(Message.timestamp) > since),
        )
        .limit(_AT_MOST)
    )


_MESSAGES = _named(Message)
_QUESTIONS = _named(Question)
_CITING = PreparedForMany(_citing)
_SAID = PreparedForMany(_said)
