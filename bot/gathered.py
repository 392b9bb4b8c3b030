"""Rows that wait for the end of their transaction and are written together: one statement for many of a kind."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from sqlalchemy import Integer, Table, bindparam, event, func, insert, select, update
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session, SQLModel

from bot.statements import WAITING, Prepared

Values = dict[str, object]
_Act = Callable[[Session], None]


class Gathered:
    """What a transaction is going to write, in an order in which no row refers to one that is not there yet.

    Nobody in the transaction sees less for it: whatever is asked in it is asked when this is written (see `Prepared`
    and the listeners below), but for statements put straight to the session's connection. `ahead` says of how many
    rows of a table the numbers are taken at once.
    """

    def __init__(self, ahead: Mapping[Table, int]) -> None:
        self._ahead = ahead
        self._numbers: dict[Table, Iterator[int]] = {}
        self._inserted: dict[tuple[Table, tuple[str, ...]], list[Values]] = {}
        self._new: dict[tuple[Table, object], Values] = {}
        self._changed: dict[tuple[Table, object], Values] = {}
        self._acts: list[_Act] = []
        self._writing = False

    def __bool__(self) -> bool:
        return bool(self._inserted or self._changed or self._acts)

    def insert(self, table: Table, values: Values) -> None:
        """Let a row wait, which has its key already."""
        self._inserted.setdefault((table, tuple(values)), []).append(values)
        [key, *others] = table.primary_key.columns
        if not others and values.get(key.name) is not None:
            self._new[table, values[key.name]] = values

    def change(self, table: Table, key: object, values: Values) -> None:
        """Let a change wait; of a row that waits itself it becomes a part."""
        waiting = self._new.get((table, key))
        if waiting is None or not waiting.keys() >= values.keys():
            waiting = self._changed.setdefault((table, key), {})
        waiting.update(values)

    def then(self, act: _Act) -> None:
        """Do this once the rows are written; what it writes goes the same way."""
        self._acts.append(act)

    def take_numbers(self, session: Session) -> None:
        """Take the numbers of the rows that are likely to come, as long as nothing waits that were to be written."""
        for table, count in self._ahead.items():
            self._numbers[table] = _numbers(session, table, count)

    def number(self, session: Session, table: Table) -> int:
        """Return the number of the table's next row."""
        found = next(self._numbers.get(table, iter(())), None)
        if found is not None:
            return found
        self._numbers[table] = _numbers(session, table, max(self._ahead.get(table, 1), 1))
        return next(self._numbers[table])

    def forget_numbers(self) -> None:
        """Take others from now on."""
        self._numbers.clear()

    def write_out(self, session: Session) -> None:
        """Write everything that waits."""
        if self._writing:
            return
        self._writing = True
        while self:
            self._write_rows(session)
            acts, self._acts = self._acts, []
            for act in acts:
                act(session)
        self._writing = False

    def _write_rows(self, session: Session) -> None:
        inserted, self._inserted, self._new = self._inserted, {}, {}
        changed, self._changed = self._changed, {}
        for (table, names), rows in sorted(inserted.items(), key=lambda group: _rank(group[0][0])):
            insertion(table, names).write_all(session, rows)
        for (table, names), rows in _alike(changed).items():
            change(table, names).write_all(session, rows)


def gather(session: Session, ahead: Mapping[type[SQLModel], int]) -> None:
    """Let rows wait from now on until the transaction's end; `ahead` tells how many of a table are likely to come."""
    if WAITING not in session.info:
        waiting = session.info[WAITING] = Gathered({table_of(model): count for model, count in ahead.items()})
        waiting.take_numbers(session)


def gathered(session: Session) -> Gathered | None:
    """Return what waits in this transaction, or None where every row is written at once."""
    waiting = session.info.get(WAITING)
    return waiting if isinstance(waiting, Gathered) else None


def take_new_numbers(session: Session) -> None:
    """Number what is stored from now on after all that others have stored: a row was locked that they wrote in."""
    if (waiting := gathered(session)) is not None:
        waiting.forget_numbers()


@cache
def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


@cache
def insertion(table: Table, names: tuple[str, ...], *, returns: bool = False) -> Prepared:
    """Return the statement that inserts these columns, and tells the row's number if it `returns` it."""
    number = table.autoincrement_column
    into = insert(table)
    return Prepared(into.returning(number) if returns and number is not None else into.inline(), names)


@cache
def change(table: Table, names: tuple[str, ...]) -> Prepared:
    """Return the statement that changes these columns of the row with the key `row`."""
    [key] = table.primary_key.columns
    return Prepared(update(table).where(key == bindparam("row")), names)


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if (waiting := gathered(session)) is not None:
        waiting.write_out(session)


@event.listens_for(Session, "do_orm_execute")
def _before_asking(asking: ORMExecuteState) -> None:
    if (waiting := asking.session.info.get(WAITING)) is not None and isinstance(asking.session, Session):
        waiting.write_out(asking.session)


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, _context: object, _instances: object) -> None:
    """Write what a flush may refer to; the numbers of its own rows come from the database."""
    if (waiting := gathered(session)) is not None:
        waiting.write_out(session)
        waiting.forget_numbers()


def _numbers(session: Session, table: Table, count: int) -> Iterator[int]:
    if session.get_bind().dialect.name == "postgresql":
        return iter([number for (number,) in _sequence(table).rows(session, {"count": count})])
    [last] = _last(table).row(session, {}) or [None]
    return itertools.count((last or 0) + 1)  # SQLite's writer is alone


@cache
def _sequence(table: Table) -> Prepared:
    name = func.pg_get_serial_sequence(table.name, "id")
    series = func.generate_series(1, bindparam("count", type_=Integer)).alias("series")
    return Prepared(select(func.nextval(name, type_=Integer)).select_from(series))


@cache
def _last(table: Table) -> Prepared:
    [key] = table.primary_key.columns
    return Prepared(select(func.max(key)))


def _alike(changed: Mapping[tuple[Table, object], Values]) -> Mapping[tuple[Table, tuple[str, ...]], list[Values]]:
    """Return the changes by table and columns, each with its row's key as `row`."""
    found: dict[tuple[Table, tuple[str, ...]], list[Values]] = {}
    for (table, key), values in changed.items():
        found.setdefault((table, tuple(sorted(values))), []).append({"row": key, **values})
    return found


@cache
def _ranks() -> Mapping[str, int]:
    return {table.name: rank for rank, table in enumerate(SQLModel.metadata.sorted_tables)}


def _rank(table: Table) -> int:
    return _ranks()[table.name]
