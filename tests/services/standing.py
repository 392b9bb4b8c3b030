"""Databases that stand for the whole run: their tables are made once, and SQLAlchemy compiles each statement once."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, make_url, text
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


def lay_down(url: str) -> None:
    """Put today's schema where this SQLite file will be looked for; what is PostgreSQL's, or there, stays as it is."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and not Path(file).exists():
        Path(file).write_bytes(migrated())


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


# TRUNCATE gives each table and each of its indexes a new file, which takes longer than most tests: DELETE leaves dead
# rows instead, so a table that has grown is truncated all the same.
_EMPTY = """
CREATE FUNCTION empty_tables() RETURNS void AS $$
DECLARE
    touched text;
BEGIN
{each_table}
    FOR touched IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE 'ALTER SEQUENCE ' || quote_ident(touched) || ' RESTART';
    END LOOP;
END
$$ LANGUAGE plpgsql
"""
_EMPTY_ONE = """
    IF pg_relation_size('{table}') > 200000 THEN TRUNCATE {table} CASCADE; ELSE DELETE FROM {table}; END IF;
"""


class StandingServer:
    """A PostgreSQL database that is emptied for each test: many times quicker than making one."""

    def __init__(self, postgres: Postgres, url: str) -> None:
        self._postgres = postgres
        self._database = Database(url)
        # One connection for all tests: the function's plans are made once.
        self._caretaker = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True)
        SQLModel.metadata.create_all(self._database.engine, checkfirst=False)
        tables = reversed(SQLModel.metadata.sorted_tables)
        self._take_care(_EMPTY.format(each_table="".join(_EMPTY_ONE.format(table=table.name) for table in tables)))

    def emptied(self) -> Database:
        self._postgres.start()
        self._take_care("SELECT empty_tables()")
        return _for_a_test(self._database)

    def close(self) -> None:
        self._caretaker.dispose()

    def _take_care(self, statement: str) -> None:
        with self._caretaker.connect() as connection:
            connection.execute(text(statement))


def _for_a_test(standing: Database) -> Database:
    """The same engine, with session makers that nobody listens to yet."""
    database = copy(standing)
    database.writers = sessionmaker(class_=Session, **standing.writers.kw)
    database.readers = sessionmaker(class_=Session, **standing.readers.kw)
    return database
