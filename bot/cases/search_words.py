"""Which entries meet what is asked for, in their order and within bounded work, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    column,
    func,
    literal_column,
    not_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session, col

from bot.cases.inbound import Author
from bot.cases.models import Case
from bot.cases.search_index import ENTRIES
from bot.cases.wording import Asked

# So many of the newest entries are read before the index of words is asked. A word that fills a page among them may
# be anywhere, and the index would have to gather everywhere before it could name the newest.
READ_FIRST = 500
# Of the cases of a customer who looks for something; he sees only his own.
OWN_CASES = 500


class Place(NamedTuple):
    """Where an entry stands among all: the open cases' first, then the newest first."""

    is_open: bool
    id: int


FIRST = Place(is_open=True, id=2**31 - 1)


class Found(NamedTuple):
    """An entry that meets what is asked for."""

    id: int
    case_id: str
    is_open: bool
    internal: bool


_Rows = Select[*tuple[Any, ...]]
_Columns = ReadOnlyColumnCollection[str, Any]
_Look = Callable[[Place, set[str], int], _Rows]

# Plain tables: an entity put together for every question costs more than its answer.
_ENTRY = ENTRIES.c
_FTS = {
    is_open: table(f"search_{name}", column("rowid", Integer()))
    for is_open, name in ((True, "open"), (False, "closed"))
}


class Seeker:
    """Looks for one set of words on behalf of one person."""

    def __init__(self, session: Session, asked: Asked, viewer: Author) -> None:
        self._connection = session.connection()
        self._asked = asked
        self._viewer = viewer
        self._is_sqlite = self._connection.dialect.name == "sqlite"

    def find(self, after: Place, known: set[str], limit: int) -> list[Found]:
        """Return up to `limit` entries behind `after`, the newest one of each case, none of a `known` case."""
        if not self._asked.has_words:
            return []
        if not self._viewer.is_admin:
            return self._own(after, known, limit)
        found = self._standing(after, known, limit)
        if after.is_open and len(found) < limit:
            found += self._standing(Place(is_open=False, id=FIRST.id), known, limit - len(found))
        return found

    def _standing(self, after: Place, known: set[str], limit: int) -> list[Found]:
        newest = self._gather(self._among_newest, after, known, limit)
        return newest if len(newest) == limit else self._gather(self._in_index, after, known, limit)

    def _gather(self, look: _Look, after: Place, known: set[str], limit: int) -> list[Found]:
        """Look until there are enough cases; an entry whose case has a newer one that is met was seen before."""
        found: list[Found] = []
        seen = set(known)
        while len(found) < limit:
            rows = [Found._make(row) for row in self._connection.execute(look(after, seen, limit))]
            newest = self._newest({row.case_id for row in rows})
            found += [row for row in rows if newest[row.case_id] == row.id]
            if len(rows) < limit:
                break
            seen |= newest.keys()
            after = Place(rows[-1].is_open, rows[-1].id)
        return found[:limit]

    def _newest(self, case_ids: set[str]) -> dict[str, int]:
        """Return the newest entry of each case that is met."""
        if not case_ids:
            return {}
        newest = select(_ENTRY.case_id, func.max(_ENTRY.id)).where(_ENTRY.case_id.in_(case_ids), self._meets(_ENTRY))
        return {row[0]: row[1] for row in self._connection.execute(newest.group_by(_ENTRY.case_id))}

    def _among_newest(self, after: Place, known: set[str], limit: int) -> _Rows:
        """Read the next entries behind a place, however many of them are met."""
        behind = select(ENTRIES).where(_stands(after), _ENTRY.id < after.id)
        newest = behind.order_by(_ENTRY.id.desc()).limit(READ_FIRST).subquery().c
        return _rows(newest, known, limit).where(self._meets(newest))

    def _in_index(self, after: Place, known: set[str], limit: int) -> _Rows:
        """Ask the database's index of words."""
        if self._is_sqlite:
            return self._in_fts(after, known, limit)
        # Gathered before it is sorted: else the planner may walk through all entries from the newest on.
        met = _found(_ENTRY).where(_stands(after), _ENTRY.id < after.id, self._meets(_ENTRY))
        return _rows(met.cte("met").prefix_with("MATERIALIZED").c, known, limit)

    def _in_fts(self, after: Place, known: set[str], limit: int) -> _Rows:
        index = _FTS[after.is_open]
        terms = [*_quoted(self._asked.exact, '"'), *(f"{term}*" for term in _quoted(self._asked.beginnings, '"'))]
        number = index.c.rowid
        return (
            select(number, _ENTRY.case_id, _ENTRY.is_open, _ENTRY.internal)
            .join_from(index, ENTRIES, _ENTRY.id == number)
            .where(literal_column(index.name).op("MATCH")(" AND ".join(terms)), number < after.id)
            .where(_ENTRY.case_id.not_in(known))
            .order_by(number.desc())
            .limit(limit)
        )

    def _own(self, after: Place, known: set[str], limit: int) -> list[Found]:
        """Find what a customer may see of his own cases: all of it, for it is little."""
        cases = select(col(Case.case_id)).where(col(Case.customer_identifier) == self._viewer.identity)
        newest = cases.order_by(col(Case.created_at).desc()).limit(OWN_CASES)
        own = _found(_ENTRY).where(_ENTRY.case_id.in_(newest.scalar_subquery()), self._meets(_ENTRY))
        found = sorted(map(Found._make, self._connection.execute(own)), key=_place)
        newest_of_each = {each.case_id: each for each in found}
        behind = [each for each in newest_of_each.values() if _place(each) < after and each.case_id not in known]
        return sorted(behind, key=_place, reverse=True)[:limit]

    def _meets(self, entry: _Columns) -> ColumnElement[bool]:
        """Return the condition that an entry holds all the words, and is for these eyes."""
        seen = [] if self._viewer.is_admin else [not_(entry.internal)]
        if self._is_sqlite:
            parts = [f" {word} " for word in self._asked.exact] + [f" {word}" for word in self._asked.beginnings]
            return and_(*(func.instr(entry.words, part) > 0 for part in parts), *seen)
        terms = [*_quoted(self._asked.exact, "'"), *(f"{term}:*" for term in _quoted(self._asked.beginnings, "'"))]
        return and_(entry.words.op("@@")(cast(" & ".join(terms), TSQUERY)), *seen)


def _place(found: Found) -> Place:
    return Place(found.is_open, found.id)


def _found(entry: _Columns) -> _Rows:
    return select(entry.id, entry.case_id, entry.is_open, entry.internal)


def _rows(entry: _Columns, known: set[str], limit: int) -> _Rows:
    found = _found(entry).where(entry.case_id.not_in(known))
    return found.order_by(entry.id.desc()).limit(limit)


def _stands(place: Place) -> ColumnElement[bool]:
    """Return the condition of the partial indexes, in their very words."""
    return and_(_ENTRY.is_open) if place.is_open else not_(_ENTRY.is_open)


def _quoted(words: frozenset[str], mark: str) -> list[str]:
    return [f"{mark}{word}{mark}" for word in sorted(words)]
