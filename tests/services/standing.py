"""Databases that stand for the whole run: their tables are made once, and SQLAlchemy compiles each statement once."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, SQLModel

from bot.db import Database
from bot.migrations.migrate import migrate
from tests.services.postgresql import Postgres

# Whoever wires every room has every table.
import_module("bot.wiring")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A database with the tables in place: the one spot where tests make them."""
    database = Database(url)
    try:
        SQLModel.metadata.create_all(database.engine, checkfirst=False)
        yield database
    finally:
        database.close()


@cache
def migrated() -> bytes:
    """A SQLite file with today's schema and no rows: migrating one anew takes longer than most tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "cases.db"
        database = Database(f"sqlite:///{file}")
        migrate(database.engine, SQLModel.metadata)
        database.close()
        return file.read_bytes()


class StandingFile:
    """A SQLite file in a folder of its own; both are made anew for each test, the engine stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "cases.db"
        folder.mkdir()
        with opened(f"sqlite:///{self._file}"):
            pass
        self._empty = self._file.read_bytes()
        self._database = Database(f"sqlite:///{self._file}")

    def emptied(self) -> Database:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self._file.write_bytes(self._empty)
        return _for_a_test(self._database)


class StandingServer:
    """A PostgreSQL database that is emptied for each test: several times quicker than making one."""

    def __init__(self, postgres: Postgres, url: str) -> None:
        self._postgres = postgres
        self._database = Database(url)
        SQLModel.metadata.create_all(self._database.engine, checkfirst=False)

    def emptied(self) -> Database:
        self._postgres.start()
        with self._database.engine.begin() as connection:
            tables = ", ".join(table.name for table in SQLModel.metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
        return _for_a_test(self._database)


def _for_a_test(standing: Database) -> Database:
    """The same engine, with session makers that nobody listens to yet."""
    database = copy(standing)
    database.writers = sessionmaker(class_=Session, **standing.writers.kw)
    database.readers = sessionmaker(class_=Session, **standing.readers.kw)
    return database
