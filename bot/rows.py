"""Rows written at once, by statements that are put together once: a flush of the session costs five times as much."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeVar

from sqlalchemy import Table, event, inspect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.orm import make_transient, make_transient_to_detached, sessionmaker
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel

from bot.gathered import change, gathered, insertion, table_of

# A session is one transaction's; until its end it remembers what was stored.
_WRITTEN = "rows written"
Values = dict[str, object]
_Row = TypeVar("_Row", bound=SQLModel)


class Row(SQLModel):
    """A table's row that is as cheap to make as a dictionary.

    SQLModel announces each value of a new row to the session's bookkeeping, which only wants to hear of changes.
    """

    def __init__(self, **values: Any) -> None:
        fixed, made = _defaults(type(self))
        if not values.keys() <= type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no {', '.join(values.keys() - type(self).model_fields.keys())}")
        held = self.__dict__
        held.update(fixed)
        held.update({name: make() for name, make in made.items() if name not in values})
        held.update(values)


def insert(session: Session, *rows: SQLModel) -> None:
    """Insert rows and give each its number; from then on the session knows them, as after a flush."""
    for row in rows:
        _insert(session, row)
        _settle(session, row)
    _note(session, rows)


def put(session: Session, row: SQLModel) -> None:
    """The same for a row that nobody changes or asks for in this transaction: the session never hears of it."""
    _insert(session, row)
    _note(session, [row])


def insert_all(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert rows of one table with one statement; nobody learns their numbers, and the session never hears of them."""
    if rows:
        table = table_of(type(rows[0]))
        insert_values(session, type(rows[0]), [_values(table, row) for row in rows])
        _note(session, rows)


def insert_values(session: Session, model: type[SQLModel], values: Sequence[Values]) -> None:
    """The same for rows that are no objects yet: one mapping each, all with the same columns."""
    waiting, table = gathered(session), table_of(model)
    if waiting is not None:
        for each in values:
            waiting.insert(table, each)
    elif values:
        insertion(table, tuple(values[0])).write_all(session, values)


def change_values(session: Session, model: type[SQLModel], key: object, values: Values) -> None:
    """Change columns of a stored row that is no object of the session's."""
    waiting, table = gathered(session), table_of(model)
    if waiting is not None:
        waiting.change(table, key, values)
    else:
        change(table, tuple(values)).write(session, {"row": key, **values})


def save(session: Session, row: SQLModel) -> None:
    """Write what was changed of a stored row, and nothing where nothing was."""
    table, unchanged = table_of(type(row)), inspect(row).unmodified
    changed = {name: getattr(row, name) for name in _columns(table) if name not in unchanged}
    if changed:
        [key] = table.primary_key.columns
        change_values(session, type(row), getattr(row, key.name), changed)
        make_transient(row)
        _settle(session, row)


def later(session: Session, act: Callable[[Session], None]) -> None:
    """Do something once the rows that wait are written: at once, where none has to."""
    waiting = gathered(session)
    if waiting is None:
        act(session)
    else:
        waiting.then(act)


def take_up(session: Session, model: type[_Row], values: Sequence[object]) -> _Row:
    """Return a row that was just read, column by column; the session knows it from now on as it is there."""
    held = dict(zip(_columns(table_of(model)), values, strict=True))
    mapper = inspect(model)
    key = mapper.identity_key_from_primary_key([held[column.name] for column in mapper.primary_key])
    known = session.identity_map.get(key)
    if isinstance(known, model):
        for name, value in held.items():
            set_committed_value(known, name, value)
        return known
    row = model(**held)
    _settle(session, row)
    return row


def changes(row: SQLModel, *names: str) -> bool:
    """Return whether one of these columns was changed since the row was read or written."""
    return not inspect(row).unmodified.issuperset(names)


def after_commit_of(
    writers: sessionmaker[Session],
    model: type[_Row],
    act: Callable[[], None],
    concerns: Callable[[_Row], bool] | None = None,
) -> None:
    """Call `act` right after each commit that stored a row of this table which concerns it: any, if nothing is said."""

    @event.listens_for(writers, "after_commit")
    def tell(session: Session) -> None:
        # A savepoint's release comes by here too, but nobody else can see its rows yet.
        if session.in_nested_transaction():
            return
        stored = (row for row in session.info.get(_WRITTEN, ()) if isinstance(row, model))
        if any(concerns is None or concerns(row) for row in stored):
            act()


@event.listens_for(Session, "after_flush")
def _note_flushed(session: Session, _context: object) -> None:
    _note(session, list(session.new))


def _settle(session: Session, row: SQLModel) -> None:
    """Let the session take a row for one that it wrote itself."""
    make_transient_to_detached(row)
    session.add(row)


def _note(session: Session, rows: Sequence[object]) -> None:
    session.info.setdefault(_WRITTEN, []).extend(rows)


@cache
def _defaults(model: type[SQLModel]) -> tuple[Mapping[str, object], Mapping[str, Callable[[], object]]]:
    """Return the values of columns that nobody named, and who makes those that are new each time."""
    optional = {name: one for name, one in model.model_fields.items() if not one.is_required()}
    # Called by themselves: asked for a default, pydantic reads their signature each time.
    made = {name: partial(one.default_factory) for name, one in optional.items() if one.default_factory}
    return {name: one.default for name, one in optional.items() if name not in made}, made


@cache
def _columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


def _insert(session: Session, row: SQLModel) -> None:
    table, waiting = table_of(type(row)), gathered(session)
    number, values = table.autoincrement_column, _values(table, row)
    wanted = number is not None and number.name not in values
    if waiting is not None:
        if number is not None and wanted:
            values[number.name] = inspect(row).dict[number.name] = waiting.number(session, table)
        waiting.insert(table, values)
        return
    returns = session.get_bind().dialect.name == "postgresql"
    written = insertion(table, tuple(values), returns=returns and wanted).write(session, values)
    if number is not None and wanted:
        inspect(row).dict[number.name] = _number_of(written, returns=returns)


def _number_of(written: DBAPICursor, *, returns: bool) -> object:
    return next(iter(written.fetchone() or ())) if returns else written.lastrowid


def _values(table: Table, row: SQLModel) -> dict[str, object]:
    """Return the row's columns; a number that the database is to give is left out."""
    held = inspect(row).dict
    values = {name: held[name] for name in _columns(table) if name in held}
    number = table.autoincrement_column
    if number is not None and values.get(number.name) is None:
        values.pop(number.name, None)
    return values
