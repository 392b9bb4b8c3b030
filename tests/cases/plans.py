"""How a database would answer the very statements that an act sends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlmodel import Session

from bot.db import Database
from bot.statements import Prepared

Statement = tuple[str, Any]


def plans_of(database: Database, act: Callable[[], object], table: str) -> list[str]:
    """Return the plan of each question about `table` that `act` asks, in order.

    PostgreSQL would read a handful of rows without any index, so it is told not to.
    """
    with _heard(database) as statements:
        act()
    questions = [(words, values) for words, values in statements if words.startswith(("SELECT", "WITH"))]
    asked = [(words, values) for words, values in questions if f"FROM {table}" in words]
    with database.readers.begin() as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        return [_plan(connection, statement, is_sqlite=database.is_sqlite) for statement in asked]


def _plan(connection: Connection, statement: Statement, *, is_sqlite: bool) -> str:
    words, values = statement
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {words}", values))


@contextmanager
def _heard(database: Database) -> Iterator[list[Statement]]:
    statements: list[Statement] = []
    send = Prepared._sent

    def hear(*sent: Any) -> None:
        statements.append((" ".join(sent[2].split()), sent[3]))

    def hear_prepared(prepared: Prepared, session: Session, values: Any) -> Any:
        form, cursor = send(prepared, session, values)
        bound = form.bound(values)
        statements.append((" ".join(form.sql.split()), tuple(bound) if isinstance(bound, list) else bound))
        return form, cursor

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Prepared, "_sent", hear_prepared)  # these go past SQLAlchemy, and past who listens to it
            yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)
