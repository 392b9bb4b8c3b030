"""Which entries meet what is asked for, in their order and within bounded work, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
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
from sqlmodel import Session

from bot.cases.inbound import Author
from bot.cases.search_entries import ENTRIES
from bot.cases.sheets import CASES
from bot.cases.wording import Asked
from bot.statements import Prepared

# So many of the newest entries are read before the index of words is asked. A word that fills a page among them may
# be anywhere, and the index would have to gather everywhere before it could name the newest.
READ_FIRST = 500
# Open cases' entries lie scattered among the closed ones'. SQLite fetches a page for each, and gathers thirty times as
# many from the index in that time.
READ_FIRST_SCATTERED = 60
# A beginning is looked up as the words that there are of it if it is so long, and these are so few.
SHORTEST_NAMED, MOST_NAMED = 4, 32
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
_Meets = Callable[[_Columns], ColumnElement[bool]]

_ENTRY = ENTRIES.c
_FTS = {
    is_open: table(f"search_{name}", column("rowid", Integer()))
    for is_open, name in ((True, "open"), (False, "closed"))
}


def _vocabulary(name: str) -> Prepared:
    word: ColumnClause[str] = column("term", Text())
    words = select(word).select_from(table(f"search_{name}_words", word))
    return Prepared(words.where(word.between(bindparam("first"), bindparam("last"))).limit(MOST_NAMED + 1))


_VOCABULARY = {True: _vocabulary("open"), False: _vocabulary("closed")}


class Seeker:
    """Looks for one set of words on behalf of one person."""

    def __init__(self, session: Session, asked: Asked, viewer: Author) -> None:
        self._session = session
        self._asked = asked
        self._viewer = viewer
        self._is_sqlite = session.get_bind().dialect.name == "sqlite"
        self._terms = _terms(asked) if self._is_sqlite else {"query": _query(asked)}

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
        # Each of the known cases may be met once.
        scattered = self._is_sqlite and after.is_open
        read = READ_FIRST_SCATTERED if scattered else READ_FIRST
        values = {**self._terms, "before": after.id, "read": read, "limit": limit + len(known)}
        rows = _among_newest(self._things, is_open=after.is_open).rows(self._session, values)
        found = [each for each in map(Found._make, rows) if each.case_id not in known][:limit]
        if len(found) == limit:
            return found
        look = self._in_fts if self._is_sqlite else self._in_gin
        return [each for each in look(after, limit + len(known)) if each.case_id not in known][:limit]

    def _in_fts(self, after: Place, limit: int) -> list[Found]:
        asked = [f'"{word}"' for word in sorted(self._asked.exact)]
        asked += [self._begun(beginning, is_open=after.is_open) for beginning in sorted(self._asked.beginnings)]
        values = {**self._terms, "match": " AND ".join(asked), "before": after.id, "limit": limit}
        return list(map(Found._make, _in_index(self._things, is_open=after.is_open).rows(self._session, values)))

    def _begun(self, beginning: str, *, is_open: bool) -> str:
        """Return a beginning as all the words that there are of it, unless these are many.

        The newest entries with given words are read straight from the index; those with a beginning only after all
        that have it were gathered.
        """
        if len(beginning) >= SHORTEST_NAMED:
            asked = {"first": beginning, "last": f"{beginning}\U0010ffff"}
            words = [word for (word,) in _VOCABULARY[is_open].rows(self._session, asked)]
            if 0 < len(words) <= MOST_NAMED:
                named = " OR ".join(f'"{word}"' for word in words)
                return f"({named})"
        return f'"{beginning}"*'

    def _in_gin(self, after: Place, limit: int) -> list[Found]:
        """Look at twice as many entries as are wanted, and at ever more while some are older ones of the same cases."""
        found: list[Found] = []
        looked_at, before = 2 * limit, after.id
        while len(found) < limit:
            values = {**self._terms, "before": before, "looked_at": looked_at}
            rows = _in_index(0, is_open=after.is_open).rows(self._session, values)
            found += [Found(*row) for *row, is_newest in rows if is_newest]
            if len(rows) < looked_at:
                break
            before, looked_at = rows[-1][0], 4 * looked_at
        return found[:limit]

    def _own(self, after: Place, known: set[str], limit: int) -> list[Found]:
        """Find what a customer may see of his own cases: all of it, for it is little."""
        values = {**self._terms, "customer": self._viewer.identity}
        found = sorted(map(Found._make, _among_own(self._things).rows(self._session, values)), key=_place)
        newest_of_each = {each.case_id: each for each in found}
        behind = [each for each in newest_of_each.values() if _place(each) < after and each.case_id not in known]
        return sorted(behind, key=_place, reverse=True)[:limit]

    @property
    def _things(self) -> int:
        """How many words SQLite looks for one by one; 0 on PostgreSQL, which is told them at once."""
        return self._asked.things if self._is_sqlite else 0


@cache
def _among_newest(things: int, *, is_open: bool) -> Prepared:
    """Return the question for the next entries behind a place that are met, of a bounded number that is read."""
    meets = _meeting(things)
    if things:
        # SQLite reads no further than it must only where it need not sort what it finds.
        read = ENTRIES.alias("read")
        last = _behind(read.c, is_open=is_open).with_only_columns(read.c.id).order_by(read.c.id.desc()).limit(1)
        bound = last.offset(bindparam("read") - 1).scalar_subquery()
        met = _behind(_ENTRY, is_open=is_open).where(_ENTRY.id >= func.coalesce(bound, 0), meets(_ENTRY))
        return _page(met, _ENTRY, meets)
    newest = (
        _behind(_ENTRY, is_open=is_open).add_columns(_ENTRY.words).order_by(_ENTRY.id.desc()).limit(bindparam("read"))
    )
    among = newest.subquery().c
    return _page(_found(among).where(meets(among)), among, meets)


@cache
def _in_index(things: int, *, is_open: bool) -> Prepared:
    """Return the question for the next entries behind a place by the database's index of words."""
    meets = _meeting(things)
    if things:
        index = _FTS[is_open]
        number = index.c.rowid
        in_index = (
            select(number.label("id"), _ENTRY.case_id, _ENTRY.is_open, _ENTRY.internal)
            .join_from(index, ENTRIES, _ENTRY.id == number)
            .where(literal_column(index.name).op("MATCH")(bindparam("match")), number < bindparam("before"))
            .where(_is_newest(_ENTRY, meets))
        )
        return Prepared(in_index.order_by(number.desc()).limit(bindparam("limit")))
    # By a sum, or the planner may walk through all entries from the newest on, or gather half of them by their number.
    behind = _ENTRY.id + 0 < bindparam("before")
    met = _standing(_ENTRY, is_open=is_open).where(behind, meets(_ENTRY))
    gathered = met.order_by((_ENTRY.id + 0).desc())
    newest = gathered.limit(bindparam("looked_at")).subquery().c
    return Prepared(_found(newest).add_columns(_is_newest(newest, meets)).order_by(newest.id.desc()))


@cache
def _among_own(things: int) -> Prepared:
    """Return the question for what a customer may see of his newest cases."""
    cases = select(CASES.c.case_id).where(CASES.c.customer_identifier == bindparam("customer"))
    newest = cases.order_by(CASES.c.created_at.desc()).limit(OWN_CASES)
    own = _ENTRY.case_id.in_(newest.scalar_subquery())
    return Prepared(_found(_ENTRY).where(own, not_(_ENTRY.internal), _meeting(things)(_ENTRY)))


def _page(met: _Rows, entry: _Columns, meets: _Meets) -> Prepared:
    newest_of_each = met.where(_is_newest(entry, meets))
    return Prepared(newest_of_each.order_by(entry.id.desc()).limit(bindparam("limit")))


def _behind(entry: _Columns, *, is_open: bool) -> _Rows:
    return _standing(entry, is_open=is_open).where(entry.id < bindparam("before"))


def _standing(entry: _Columns, *, is_open: bool) -> _Rows:
    """Choose the entries of open or of closed cases, in the very words of the partial indexes."""
    return _found(entry).where(and_(entry.is_open) if is_open else not_(entry.is_open))


def _meeting(things: int) -> _Meets:
    """Return what makes the condition that an entry holds so many words; see `_things`."""
    query: BindParameter[str] = bindparam("query", type_=Text())

    def meets(entry: _Columns) -> ColumnElement[bool]:
        if not things:
            met: ColumnElement[bool] = entry.words.bool_op("@@")(cast(query, TSQUERY))
            return met
        return and_(*(func.instr(entry.words, bindparam(f"term_{at}", type_=Text())) > 0 for at in range(things)))

    return meets


def _is_newest(entry: _Columns, meets: _Meets) -> ColumnElement[bool]:
    """Return the condition that no newer entry of the same case is met: by that one it was found before."""
    newer = ENTRIES.alias("newer")
    same = select(newer.c.id).where(newer.c.case_id == entry.case_id, newer.c.id > entry.id, meets(newer.c))
    return not_(same.exists())


def _place(found: Found) -> Place:
    return Place(found.is_open, found.id)


def _found(entry: _Columns) -> _Rows:
    return select(entry.id, entry.case_id, entry.is_open, entry.internal)


def _terms(asked: Asked) -> dict[str, str]:
    """Return the words as they stand in an entry on SQLite, between blanks."""
    parts = [*(f" {word} " for word in sorted(asked.exact)), *(f" {word}" for word in sorted(asked.beginnings))]
    return {f"term_{at}": part for at, part in enumerate(parts)}


def _query(asked: Asked) -> str:
    return " & ".join(
        [*(f"'{word}'" for word in sorted(asked.exact)), *(f"'{word}':*" for word in sorted(asked.beginnings))]
    )
