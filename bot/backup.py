"""A copy of an SQLite desk, made while the bot runs, and the way back: the database and its folder of large mails."""

from __future__ import annotations

import os
import shlex
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from bot.mail.archive import Archive, MailGone, folder_beside, sync

_DRAFT = ".part"


class BackupRefused(Exception):
    """No copy was made; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: the database's bytes, and how many mails are kept as files in `folder`.

    `damaged` tells of mails whose files can't be copied: they are no longer what was kept.
    """

    file: Path
    bytes: int
    folder: Path
    mails: int
    damaged: tuple[str, ...] = ()


def back_up(database: URL, file: Path, *, force: bool = False) -> Copied:
    """Copy the database as it is at one moment; `file` appears when it is whole and checked, or not at all."""
    if file.exists() and not force:
        raise BackupRefused(f"{file} exists already. Choose another name, or say --force to replace it.")
    source = file_of(database)
    if source is None or not source.is_file():
        raise BackupRefused(f"There is no database to copy at {source}. Check DATABASE_URL.")
    if file.exists() and file.samefile(source):
        raise BackupRefused(f"{file} is the database itself. Choose another name.")
    return _copy(source, file)


def restore(file: Path, database: URL) -> Copied:
    """Put a backup in the place of a database that is not there; an existing one is never touched."""
    target = file_of(database)
    if target is None:
        raise BackupRefused("DATABASE_URL names no SQLite file.")
    if not file.is_file():
        raise BackupRefused(f"There is no file {file}.")
    remains = [path for path in (target, _beside(target, "-wal"), _beside(target, "-journal")) if path.exists()]
    if remains:
        raise BackupRefused(f"{remains[0]} is there. Stop Casebot and move it away first; nothing was changed.")
    return _copy(file, target)


def file_of(database: URL) -> Path | None:
    """Return the file of an SQLite database; None where there is none."""
    if database.get_backend_name() != "sqlite" or database.database in {None, "", ":memory:"}:
        return None
    return Path(database.database or "")


def postgresql_advice(database: URL, file: Path) -> str:
    """Return how a PostgreSQL database is copied: the whole command, without the password."""
    command = shlex.join(["pg_dump", "--format=custom", f"--file={file}", *_where(database)])
    return (
        f"PostgreSQL has its own tool for this, which also works while Casebot runs:\n  {command}\n"
        f"It asks for the password. Copy the folder {folder_beside(database)} too, if there is one: the large mails."
    )


def postgresql_restore_advice(database: URL, file: Path) -> str:
    """Return how such a copy is put back: the whole command, without the password."""
    command = shlex.join(["pg_restore", "--exit-on-error", "--no-owner", *_where(database), str(file)])
    return (
        f"PostgreSQL has its own tool for this. Stop Casebot, make an empty database, then:\n  {command}\n"
        f"It asks for the password. Put the folder {folder_beside(database)} back too: the large mails."
    )


def _where(database: URL) -> list[str]:
    places = {"host": database.host, "port": database.port, "username": database.username, "dbname": database.database}
    return [f"--{name}={text}" for name, text in places.items() if text]


def _copy(source: Path, target: Path) -> Copied:
    draft = _beside(target, _DRAFT)
    try:
        draft.unlink(missing_ok=True)
        _copy_database(source, draft)
        # After the database: a mail's file is whole before any row tells of it, so every row's file is there by now.
        folder, mails, damaged = _copy_mails(source, target)
        draft.replace(target)
        sync(target.parent)
    except (OSError, sqlite3.Error) as fault:
        raise BackupRefused(f"{source} could not be copied to {target}: {fault}. Nothing was replaced.") from fault
    finally:
        for rest in (draft, _beside(draft, "-wal"), _beside(draft, "-shm"), _beside(draft, "-journal")):
            with suppress(OSError):
                rest.unlink(missing_ok=True)
    return Copied(target, target.stat().st_size, folder, mails, damaged)


def _copy_database(source: Path, draft: Path) -> None:
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL, 0o600))  # customers' words are for nobody else on this machine
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True, timeout=30)) as original,
        closing(sqlite3.connect(draft)) as copy,
    ):
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, which can be carried anywhere
        complaints = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(3)")]
        if complaints != ["ok"]:
            raise sqlite3.DatabaseError(f"it is damaged: {complaints[0]}")
        if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            raise sqlite3.DatabaseError("it is not a database of Casebot's")
    sync(draft)


def _copy_mails(source: Path, target: Path) -> tuple[Path, int, tuple[str, ...]]:
    """Copy the files of large mails that are not there yet, each checked; named by their content, they never change."""
    originals, copies, damaged = Archive(_mails_of(source)), Archive(_mails_of(target)), []
    names = originals.names()
    for sha256 in names:
        try:
            if not copies.has(sha256):
                copies.take_over(sha256, originals.packed(sha256))
        except MailGone as gone:
            damaged.append(str(gone))
    return _mails_of(target), len(names) - len(damaged), tuple(damaged)


def _mails_of(file: Path) -> Path:
    return folder_beside(URL.create("sqlite", database=str(file)))


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)
