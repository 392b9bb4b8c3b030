"""Statements that are compiled once and then go straight to the driver, inside the session's transaction.

What SQLAlchemy does for each execution costs ten to twenty times what the database needs to find or write a row. Of
what is asked for every mail and every message, nothing else changes from one time to the next but the values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import BindParameter, Connection, Dialect, bindparam, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

Values = Mapping[str, object]
_Turn = Callable[[Any], Any]

_CONNECTION = "the transaction's connection"
WAITING = "what waits to be written"
"""Under this name a session keeps what it is going to write before anything else is asked (see `gathered`)."""


class _Waiting(Protocol):
    def write_out(self, session: Session) -> None: ...


class Prepared:
    """One statement; `names` are the columns that an insertion or a change gives values to."""

    def __init__(self, statement: ClauseElement, names: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._names = names
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, values: Values) -> list[tuple[Any, ...]]:
        """Ask, and return every row."""
        form, cursor = self._sent(session, values)
        return form.read(cursor.fetchall())

    def row(self, session: Session, values: Values) -> tuple[Any, ...] | None:
        """Ask, and return the first row or None."""
        return next(iter(self.rows(session, values)), None)

    def write(self, session: Session, values: Values) -> DBAPICursor:
        """Write; the driver's cursor knows how many rows it were, and what came back."""
        return self._sent(session, values)[1]

    def write_all(self, session: Session, values: Sequence[Values]) -> None:
        """Write once for each of these values."""
        if values:
            # A driver prepares more for several than one is worth.
            self._sent(session, values[0] if len(values) == 1 else values)

    def _sent(self, session: Session, values: Values | Sequence[Values]) -> tuple[_Form, DBAPICursor]:
        waiting: _Waiting | None = session.info.get(WAITING)
        if waiting is not None:
            waiting.write_out(session)
        connection = _connection_of(session)
        form = self._form(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            if isinstance(values, Mapping):
                cursor.execute(form.sql, form.bound(values))
            else:
                cursor.executemany(form.sql, [form.bound(each) for each in values])
        except form.error as error:
            lost = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
            if lost:
                connection.invalidate(error)
            # As the session would have raised it; never with the values, which are customers' words.
            raise DBAPIError.instance(
                form.sql, None, error, form.error, hide_parameters=True, connection_invalidated=lost
            ) from error
        return form, cursor

    def _form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._statement, self._names, dialect)
        return form


def _connection_of(session: Session) -> Connection:
    """Return the transaction's connection; to ask the session for it costs as much as a short statement."""
    known = session.info.get(_CONNECTION)
    if isinstance(known, Connection):
        return known
    connection: Connection = session.info.setdefault(_CONNECTION, session.connection())
    return connection


@event.listens_for(Session, "after_transaction_end")
def _forget_connection(session: Session, _transaction: SessionTransaction) -> None:
    session.info.pop(_CONNECTION, None)


class PreparedForMany:
    """A question about as many things as there happen to be, at most `MOST` at a time.

    It is put together for one, two, four … of them; the last one stands in for those that are missing.
    """

    MOST = 64

    def __init__(self, statement: Callable[[Sequence[BindParameter[Any]]], ClauseElement]) -> None:
        self._statement = statement
        self._sizes: dict[int, Prepared] = {}

    def rows(self, session: Session, things: Sequence[object], values: Values | None = None) -> list[tuple[Any, ...]]:
        """Ask about all of these, and return every row."""
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(things), self.MOST):
            some = things[start : start + self.MOST]
            size = 1 << (len(some) - 1).bit_length()
            named = {_name(at): some[min(at, len(some) - 1)] for at in range(size)}
            found += self._of(size).rows(session, {**named, **(values or {})})
        return found

    def _of(self, size: int) -> Prepared:
        prepared = self._sizes.get(size)
        if prepared is None:
            prepared = self._sizes[size] = Prepared(self._statement([bindparam(_name(at)) for at in range(size)]))
        return prepared


def _name(at: int) -> str:
    return f"thing_{at}"


class _Form:
    """A statement as one kind of database wants it."""

    def __init__(self, statement: ClauseElement, names: Sequence[str] | None, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=None if names is None else list(names))
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("only statements with values can be prepared")
        self.sql = compiled.string
        self.error = dialect.loaded_dbapi.Error
        turns = {name: _impl(bind.type, dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        constants = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        self._fixed = {name: turn(value) if (turn := turns[name]) else value for name, value in constants.items()}
        self._given = [(name, turns[name]) for name in compiled.binds if name not in constants]
        self._order = compiled.positiontup
        columns = getattr(statement, "selected_columns", ())
        readings = [_impl(column.type, dialect).result_processor(dialect, None) for column in columns]
        self._turned = [(at, turn) for at, turn in enumerate(readings) if turn]

    def bound(self, values: Values) -> Any:
        """Return the values as the driver takes them."""
        given = {name: turn(values[name]) if turn else values[name] for name, turn in self._given}
        if self._fixed:
            given |= self._fixed
        return given if self._order is None else [given[name] for name in self._order]

    def read(self, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return what came back as the columns' types mean it."""
        return [self._turn(row) for row in rows] if self._turned else list(rows)

    def _turn(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for at, turn in self._turned:  # of a row's columns a few
            values[at] = turn(values[at])
        return tuple(values)


def _impl(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return type_.dialect_impl(dialect)
