"""How the entries of words follow the messages and their cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    bindparam,
    delete,
    event,
    func,
    inspect,
    not_,
    or_,
    update,
)
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.cases.foresight import foreseen
from bot.cases.inquiries import held_case
from bot.cases.models import Case, Message, Sending, Status
from bot.cases.search_entries import ENTRIES, SearchEntry
from bot.cases.wording import words_of
from bot.gathered import gathered
from bot.rows import Values, insert_values, later
from bot.statements import Prepared, PreparedForMany

# An entry takes a case's further messages in up to this many words; then the case gets another entry, so that the
# thousandth message of a case costs no more than the tenth.
ROOM = 1_000
_KEPT_OF_MESSAGE = ("body", "subject", "sender", "sender_name", "deleted_at")
_HIDING = ("internal", "sending")
# Answers that the customer has not got, and may never get.
_NOT_SENT = (Sending.WAITING, Sending.STOPPED, Sending.FAILED)
_MESSAGES = SQLModel.metadata.tables[str(Message.__tablename__)]
_TO_FOLLOW = "messages whose words are to follow"
KEPT_OF_CASE = ("customer_identifier", "customer_name", "subject")


def _newest_of_kind() -> ScalarSelect[Any]:
    other = ENTRIES.alias("other")
    of_kind = (other.c.case_id == col(SearchEntry.case_id)) & (other.c.internal == col(SearchEntry.internal))
    return columns(func.max(other.c.id)).where(of_kind).scalar_subquery()


# Said for every message, so they are put together once.
_NEWEST = PreparedForMany(
    lambda case_ids: (
        columns(
            col(SearchEntry.case_id),
            col(SearchEntry.is_open),
            col(SearchEntry.internal),
            col(SearchEntry.id),
            col(SearchEntry.id),
            col(SearchEntry.words),
        )
        .where(col(SearchEntry.case_id).in_(case_ids), col(SearchEntry.id) == _newest_of_kind())
        .with_for_update()
    )
)
_GROW = Prepared(
    update(SearchEntry)
    .where(col(SearchEntry.id) == bindparam("entry"))
    .values(id=bindparam("newest"), words=bindparam("all_words"))
)


def refresh(session: Session, case_id: str) -> None:
    """Write the entries of a case anew from its messages, after statements that passed the session by."""
    session.flush()
    case = session.get(Case, case_id)
    if case is not None:
        _rewrite_all(session, case)


def hidden(said: FromClause = _MESSAGES) -> ColumnElement[bool]:
    """Return the condition that only the team may find or see a message; `said` is the table, or an alias of it."""
    # Without IN, whose values are only put into a statement as it is sent.
    return or_(said.c.internal, *(said.c.sending == state for state in _NOT_SENT))


def _is_hidden(message: Message) -> bool:
    return message.internal or message.sending in _NOT_SENT


@event.listens_for(Session, "after_flush")
def _notice(session: Session, _context: object) -> None:
    """See what this flush writes, while the session still knows what was changed."""
    seen: list[Callable[[Session], None]] = []
    for row in session.dirty:
        if isinstance(row, Case):
            seen += _case_changes(row)
        elif isinstance(row, Message) and _changes(row, *_KEPT_OF_MESSAGE, *_HIDING):
            seen.append(partial(_follow, message=row, moved=_changes(row, *_HIDING)))
    seen += [partial(_follow, message=row, gone=True) for row in session.deleted if isinstance(row, Message)]
    added = [row for row in session.new if isinstance(row, Message)]
    session.info["searchable"] = [*seen, partial(_take_in_all, messages=sorted(added, key=_number))]


@event.listens_for(Session, "after_flush_postexec")
def _follow_up(session: Session, _context: object) -> None:
    """Let the entries follow in the same transaction, now that every row is in its place."""
    for follow in session.info.pop("searchable", ()):
        follow(session)
    # What the commit itself flushes comes after everything that waited.
    if (waiting := gathered(session)) is not None:
        waiting.write_out(session)


def _case_changes(case: Case) -> Iterator[Callable[[Session], None]]:
    if _changes(case, "status"):
        yield partial(_stand, case=case)
    if _changes(case, *KEPT_OF_CASE):
        yield partial(_rewrite_all, case=case)


def _stand(session: Session, case: Case) -> None:
    entries = update(SearchEntry).where(col(SearchEntry.case_id) == case.case_id)
    session.connection().execute(entries.values(is_open=case.status == Status.OPEN))


def _follow(session: Session, message: Message, *, moved: bool = False, gone: bool = False) -> None:
    """Write the entry that holds a message anew; where it `moved`, both the one it left and the one it joined."""
    hidden = _is_hidden(message)
    # Out of the one first: an entry bears the number of its newest message, and two can't bear the same.
    for internal in (not hidden, hidden) if moved else (hidden,):
        entries = select(SearchEntry.id).where(SearchEntry.case_id == message.case_id, SearchEntry.internal == internal)
        number = col(SearchEntry.id)
        holding = session.exec(entries.where(number >= _number(message)).order_by(number).limit(1)).first()
        if holding is not None:
            before = session.exec(entries.where(number < holding).order_by(number.desc()).limit(1)).first()
            _rewrite(session, message.case_id, holding, before or 0, internal=internal)
        elif internal == hidden and not gone:
            _take_in_all(session, [message])


def _rewrite(session: Session, case_id: str, entry: int, before: int, *, internal: bool) -> None:
    kind = hidden() if internal else not_(hidden())
    held = _kept_messages(case_id).where(col(Message.id) > before, col(Message.id) <= entry, kind)
    messages = session.exec(held).all()
    entries = session.connection()
    if not messages:
        entries.execute(delete(SearchEntry).where(col(SearchEntry.id) == entry))
        return
    case = session.get_one(Case, case_id)
    words = frozenset[str]().union(*(_words(case, message) for message in messages))
    written = update(SearchEntry).where(col(SearchEntry.id) == entry)
    entries.execute(written.values(id=_number(messages[-1]), words=words))


def _rewrite_all(session: Session, case: Case) -> None:
    session.connection().execute(delete(SearchEntry).where(col(SearchEntry.case_id) == case.case_id))
    _take_in_all(session, session.exec(_kept_messages(case.case_id)).all())


def follow(session: Session, message: Message) -> None:
    """Let a message that was stored be found by its words; many of one transaction follow together."""
    waiting: list[Message] = session.info.setdefault(_TO_FOLLOW, [])
    waiting.append(message)
    if len(waiting) == 1:
        later(session, _take_in_waiting)


def _take_in_waiting(session: Session) -> None:
    _take_in_all(session, session.info.pop(_TO_FOLLOW))


def _take_in_all(session: Session, messages: Sequence[Message]) -> None:
    """Add each message's words to the newest entry of its kind while there is room, else to a new one."""
    kept = [message for message in messages if message.deleted_at is None]
    newest = _newest_entries(session, {message.case_id for message in kept})
    touched: dict[int, _Entry] = {}
    for message in kept:
        case = held_case(session, message.case_id) or session.get_one(Case, message.case_id)
        words, number, internal = _words(case, message), _number(message), _is_hidden(message)
        entry = newest.get((case.case_id, internal))
        if entry is None or not entry.has_room(words, number):
            entry = _Entry(case.case_id, case.status == Status.OPEN, internal)
            newest[case.case_id, internal] = entry
        entry.take_in(words, number)
        touched[id(entry)] = entry
    grown = [entry for entry in touched.values() if entry.stored]
    _GROW.write_all(session, [{"entry": one.stored, "newest": one.newest, "all_words": one.words} for one in grown])
    insert_values(session, SearchEntry, [entry.as_row() for entry in touched.values() if not entry.stored])


def _newest_entries(session: Session, case_ids: set[str]) -> dict[tuple[str, bool], _Entry]:
    """Return the newest entry of each kind of these cases, which get further words now."""
    wordless = foreseen(session).wordless
    rows = _NEWEST.rows(session, sorted(case_ids - wordless))
    wordless -= case_ids
    return {(row[0], row[2]): _Entry(*row) for row in rows}


@dataclass(slots=True)
class _Entry:
    """An entry as it is going to be; `stored` is the number under which it stands already, 0 where it is new."""

    case_id: str
    is_open: bool
    internal: bool
    stored: int = 0
    newest: int = 0
    words: frozenset[str] = frozenset()

    def has_room(self, words: frozenset[str], number: int) -> bool:
        return number <= self.newest or len(words | self.words) <= ROOM

    def take_in(self, words: frozenset[str], number: int) -> None:
        self.words |= words
        self.newest = max(self.newest, number)

    def as_row(self) -> Values:
        kind: Values = {"case_id": self.case_id, "is_open": self.is_open, "internal": self.internal}
        return {"id": self.newest, "words": self.words, **kind}


def _kept_messages(case_id: str) -> SelectOfScalar[Message]:
    said = select(Message).where(Message.case_id == case_id, col(Message.deleted_at).is_(None))
    return said.order_by(col(Message.id))


def _words(case: Case, message: Message) -> frozenset[str]:
    """Return the words by which a message is found: its own, and those of its case."""
    whose = (case.customer_name, case.customer_identifier, case.subject)
    said = "" if message.words_removed else message.body
    return words_of(*whose, message.sender_name, message.sender, message.subject, said)


def _changes(row: SQLModel, *names: str) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _number(message: Message) -> int:
    return message.id or 0
