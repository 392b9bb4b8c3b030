"""Rows as lines of JSON and back: the same row is the same line, whichever database holds it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Select, Table, func, select, text
from sqlmodel import SQLModel

from bot.cases.search_entries import Words
from bot.db import UtcDateTime
from bot.leases import Lease

# Rows in memory at once: a mail's row holds up to a megabyte.
_BATCH = 500
_BATCH_OF_BYTES = 20
# Who plays which role now is no part of what a desk knows.
_NOT_MOVED = {str(Lease.__tablename__)}


def moved_tables() -> Sequence[Table]:
    """Return the tables that move, each after those it refers to."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in _NOT_MOVED]


def batch_of(table: Table) -> int:
    """Return how many of its rows may be in memory at once."""
    has_bytes = any(isinstance(column.type, LargeBinary) for column in table.columns)
    return _BATCH_OF_BYTES if has_bytes else _BATCH


@dataclass(slots=True)
class Tally:
    """How many rows of a table there were, and the checksum (SHA-256) of their lines in the order of the key."""

    rows: int = 0
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> None:
        """Count a line."""
        self.rows += 1
        self._digest.update(line)

    def told(self) -> dict[str, object]:
        """Return it as the end of a file tells it."""
        return {"rows": self.rows, "sha256": self._digest.hexdigest()}


class Moved:
    """A table that moves: its rows as lines, and lines as its rows."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._readers: Mapping[str, Callable[[Any], object]] = {
            column.name: reader for column in table.columns if (reader := _reader(column)) is not None
        }
        self._columns = frozenset(column.name for column in table.columns)

    def lines(self, connection: Connection) -> Iterator[bytes]:
        """Yield every row in the order of the key, with a bounded number of them in memory."""
        batch = batch_of(self.table)
        rows = connection.execute(self._in_order(connection), execution_options={"yield_per": batch})
        for row in rows.mappings():
            yield line_of({"table": self.table.name, "row": {str(name): _plain(row[name]) for name in row}})

    def row(self, plain: Mapping[str, object]) -> dict[str, object]:
        """Return a row as the database takes it; ValueError where it is none of this table's."""
        if plain.keys() != self._columns:
            raise ValueError(f"a row of {self.table.name} has other columns")
        return {name: self._read(name, value) for name, value in plain.items()}

    def count(self, connection: Connection) -> int:
        """Count its rows."""
        return connection.execute(select(func.count()).select_from(self.table)).scalar_one()

    def set_sequence(self, connection: Connection) -> None:
        """Let PostgreSQL number new rows above those that came; SQLite looks for itself."""
        key = [*self.table.primary_key.columns]
        if connection.dialect.name != "postgresql" or len(key) != 1 or key[0].type.python_type is not int:
            return
        name = key[0].name
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence(:name, :key), max({name})) FROM {self.table.name}"
                f" HAVING max({name}) IS NOT NULL"
            ),
            {"name": self.table.name, "key": name},
        )

    def _in_order(self, connection: Connection) -> Select[tuple[object, ...]]:
        """Order as bytes stand, not as the cluster's language has it: so both databases agree."""
        by_bytes = connection.dialect.name == "postgresql"
        key = [
            column.collate("C") if by_bytes and column.type.python_type is str else column
            for column in self.table.primary_key.columns
        ]
        return select(self.table).order_by(*key)

    def _read(self, name: str, value: object) -> object:
        reader = self._readers.get(name)
        return value if reader is None or value is None else reader(value)


def line_of(content: Mapping[str, object]) -> bytes:
    """Return a line of the file; only ASCII, for a fact may hold half of a surrogate pair."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return sorted(value) if isinstance(value, frozenset) else value


def _reader(column: Column[object]) -> Callable[[Any], object] | None:
    """Return how a column's value is read from JSON; None where it is JSON's own."""
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(column.type, LargeBinary):
        return base64.b64decode
    return frozenset if isinstance(column.type, Words) else None
