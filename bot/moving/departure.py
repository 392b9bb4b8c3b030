"""A desk into one file: every table and every large mail, as they are at one moment, while the bot runs."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlmodel import col, select

from bot.db import Database
from bot.mail.archive import Archive, MailGone, archive_of
from bot.mail.models import IN_A_FILE, RawMail
from bot.moving.drafts import MovingRefused, drafted
from bot.moving.tables import Moved, Tally, line_of, moved_tables

# The form of the file; a change that an older reader would misread counts it up.
FORMAT = 1
_LEVEL = 6

Progress = Callable[[int], object]
Write = Callable[[bytes], object]


@dataclass(slots=True)
class Departed:
    """What the file holds: rows and checksum by table, how many large mails, and those whose files were lost before."""

    tables: dict[str, Tally] = field(default_factory=dict)
    mails: int = 0
    lost: list[str] = field(default_factory=list)


class Departure:
    """One export; `rows` is how many lines to expect, once it was counted."""

    def __init__(self, database: Database, schema: str, version: str, at: datetime) -> None:
        self._database = database
        self._archive: Archive = archive_of(database.url)
        self._header = {
            "casebot_export": FORMAT,
            "schema": schema,
            "app": version,
            "exported_at": at.isoformat(),
            "database": "sqlite" if database.is_sqlite else "postgresql",
        }

    def expected(self) -> int:
        """Count the rows there are, for a progress bar."""
        with self._database.readers.begin() as session:
            return sum(Moved(table).count(session.connection()) for table in moved_tables())

    def write(self, file: Path, *, force: bool = False, progress: Progress = int) -> Departed:
        """Write everything to `file`, compressed where its name ends in .gz; it appears when it is whole, or not.

        `progress` is told each time how many more rows are written.
        """
        is_gzip = file.name.endswith(".gz")
        with drafted(file, force=force) as draft, _opened(draft, is_gzip=is_gzip) as write:
            return self._write(write, progress)

    def _write(self, write: Write, progress: Progress) -> Departed:
        departed = Departed()
        write(line_of(self._header))
        with self._database.readers.begin() as session:
            # SQLite's readers see one moment anyway.
            moment = {} if self._database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            connection = session.connection(execution_options=moment)
            for table in moved_tables():
                tally = departed.tables[table.name] = Tally()
                for line in Moved(table).lines(connection):
                    write(line)
                    tally.add(line)
                    progress(1)
            for sha256 in _kept_in_files(connection):
                self._write_mail(write, sha256, departed)
        write(line_of(_footer(departed)))
        return departed

    def _write_mail(self, write: Write, sha256: str, departed: Departed) -> None:
        if not self._archive.has(sha256):
            departed.lost.append(sha256)
            return
        try:
            for piece in self._archive.packed(sha256):
                write(line_of({"mail": sha256, "piece": base64.b64encode(piece).decode("ascii")}))
        except MailGone as gone:
            raise MovingRefused(f"A mail went away meanwhile ({gone}). Export again.") from gone
        write(line_of({"mail": sha256, "end": True}))
        departed.mails += 1


def _kept_in_files(connection: Connection) -> Iterator[str]:
    """Yield the names of large mails, each once."""
    large = select(RawMail.sha256).where(IN_A_FILE).distinct().order_by(col(RawMail.sha256))
    yield from connection.execute(large, execution_options={"yield_per": 1000}).scalars()


def _footer(departed: Departed) -> dict[str, object]:
    tables = {name: tally.told() for name, tally in departed.tables.items()}
    return {"end": {"tables": tables, "mails": departed.mails, "lost": departed.lost}}


@contextmanager
def _opened(draft: Path, *, is_gzip: bool) -> Iterator[Write]:
    with draft.open("wb") as plain:
        if is_gzip:
            with gzip.GzipFile("", "wb", _LEVEL, plain, mtime=0) as packed:
                yield packed.write
        else:
            yield plain.write
