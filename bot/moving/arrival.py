"""A file that a desk was exported to, into an empty desk: all of it, checked against its checksums, or nothing."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from bot.clock import Clock
from bot.db import Database
from bot.leases import Lease
from bot.mail.archive import Archive, MailGone, archive_of
from bot.moving.departure import FORMAT, Progress
from bot.moving.drafts import MovingRefused
from bot.moving.tables import Moved, Tally, batch_of, moved_tables

Line = Mapping[str, Any]


class Arrival:
    """One import. What the file says is stored in one transaction; files of large mails are taken back if it fails."""

    def __init__(self, database: Database, schema: str, clock: Clock) -> None:
        self._database = database
        self._schema = schema
        self._clock = clock
        self._archive: Archive = archive_of(database.url)
        self._tables = {table.name: Moved(table) for table in moved_tables()}

    def read(self, file: Path, progress: Progress = int) -> dict[str, Tally]:
        """Import `file`; returns what the database holds now, by table, which is what the file said.

        `progress` is told how many more bytes of the file are read, and once more of all when what was stored is
        checked: twice the file's size in all, about.
        """
        try:
            with ExitStack() as undo, file.open("rb") as packed:
                lines = _Lines(packed, is_gzip=file.name.endswith(".gz"), progress=progress)
                self._check_header(next(lines, {}))
                stored = self._store(lines, undo, lambda line: progress(int(len(line) * lines.packing)))
                undo.pop_all()
                return stored
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, binascii.Error) as fault:
            raise MovingRefused(f"{file} can't be read: {fault}. Nothing was imported.") from fault
        except MailGone as gone:
            raise MovingRefused(f"{file} holds a damaged mail ({gone}). Nothing was imported.") from gone
        except DBAPIError as fault:
            reason = str(fault.orig).splitlines()[0]
            raise MovingRefused(f"The database refused a row ({reason}). Nothing was imported.") from fault

    def _check_header(self, header: Line) -> None:
        if "casebot_export" not in header:
            raise ValueError("it is no export of Casebot's")
        made = f"It was made by Casebot {header.get('app')} (schema {header.get('schema')})"
        if header["casebot_export"] != FORMAT:
            raise MovingRefused(f"{made}, whose form this version does not know. Nothing was imported.")
        if header["schema"] != self._schema:
            raise MovingRefused(
                f"{made}; this version has schema {self._schema}. Import it with that version and upgrade then, "
                "or upgrade the old desk and export it again. Nothing was imported."
            )

    def _store(self, lines: Iterator[Line], undo: ExitStack, checked: Callable[[bytes], object]) -> dict[str, Tally]:
        with self._database.writers.begin() as session:
            connection = session.connection()
            self._check_empty(connection)
            footer = self._take_in(connection, lines, undo)
            for moved in self._tables.values():
                moved.set_sequence(connection)
            stored = {name: self._reckon(connection, moved, checked) for name, moved in self._tables.items()}
            _compare(footer["tables"], stored)
            return stored

    def _check_empty(self, connection: Connection) -> None:
        alive = select(Lease.role).where(col(Lease.until) > self._clock.now())
        if connection.execute(alive.limit(1)).first() is not None:
            raise MovingRefused("Casebot runs on this database. Stop it first; an import wants an empty one.")
        filled = [name for name, moved in self._tables.items() if moved.count(connection)]
        if filled:
            raise MovingRefused(
                f"This desk is not empty: there are rows in {', '.join(filled)}. "
                "Set DATABASE_URL to a new database; nothing was changed."
            )

    def _take_in(self, connection: Connection, lines: Iterator[Line], undo: ExitStack) -> Line:
        """Store rows and mails until the end of the file is told; returns what that says."""
        waiting = _Waiting(connection)
        for line in lines:
            if "table" in line:
                moved = self._tables[line["table"]]
                waiting.add(moved.table, moved.row(line["row"]))
            elif "mail" in line:
                self._take_over(line, lines, undo)
            elif "end" in line:
                waiting.store()
                end: Line = line["end"]
                return end
        raise EOFError("it is cut off: its end is missing")

    def _take_over(self, first: Line, lines: Iterator[Line], undo: ExitStack) -> None:
        sha256 = str(first["mail"])
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("it names a mail that is none")
        if not self._archive.has(sha256):
            undo.callback(self._archive.discard, sha256)
        self._archive.take_over(sha256, _pieces(first, lines))

    def _reckon(self, connection: Connection, moved: Moved, checked: Callable[[bytes], object]) -> Tally:
        tally = Tally()
        for line in moved.lines(connection):
            tally.add(line)
            checked(line)
        return tally


class _Waiting:
    """Rows of one table that are stored together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._table: Table | None = None
        self._rows: list[dict[str, object]] = []

    def add(self, table: Table, row: dict[str, object]) -> None:
        if table is not self._table or len(self._rows) >= batch_of(table):
            self.store()
            self._table = table
        self._rows.append(row)

    def store(self) -> None:
        if self._table is not None and self._rows:
            self._connection.execute(self._table.insert(), self._rows)
            self._rows = []


def _compare(told: Mapping[str, object], stored: Mapping[str, Tally]) -> None:
    wrong = [name for name, tally in stored.items() if told.get(name) != tally.told()]
    if wrong:
        raise MovingRefused(
            f"What would be stored is not what the file's end tells of {', '.join(wrong)}: the file was changed or is "
            "damaged. Nothing was imported."
        )


def _pieces(line: Line, lines: Iterator[Line]) -> Iterator[bytes]:
    """Yield the pieces of the mail that this line begins, up to its end."""
    name = line["mail"]
    while "end" not in line:
        yield base64.b64decode(line["piece"], validate=True)
        line = next(lines, {})
        if line.get("mail") != name:
            raise EOFError("it is cut off in the middle of a mail")


class _Lines(Iterator[Line]):
    """The lines of a file, one after the other. `packing` is how much of it a byte of theirs took so far."""

    def __init__(self, packed: IO[bytes], *, is_gzip: bool, progress: Progress) -> None:
        self._packed = packed
        self._plain: IO[bytes] | gzip.GzipFile = gzip.GzipFile(fileobj=packed) if is_gzip else packed
        self._progress = progress
        self._read = self._unpacked = 0

    @property
    def packing(self) -> float:
        return self._read / max(1, self._unpacked)

    def __next__(self) -> Line:
        raw = self._plain.readline()
        if not raw:
            raise StopIteration
        at = self._packed.tell()
        self._progress(at - self._read)
        self._read, self._unpacked = at, self._unpacked + len(raw)
        line: Line = json.loads(raw)
        return line


def told_by(tallies: Mapping[str, Tally]) -> Sequence[str]:
    """Return a line per table for people: how many rows, and their checksum."""
    width = max(map(len, tallies), default=0)
    return [f"{name:{width}}  {tally.rows:>9}  sha256 {tally.told()['sha256']}" for name, tally in tallies.items()]
