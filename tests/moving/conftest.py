"""The world of these tests: folders with a desk in each, made by the migrations as an installation's are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import bot.wiring  # noqa: F401 - whoever wires every room has every table
from bot.db import Database
from bot.migrations.migrate import migrate
from tests.services.postgresql import Postgres

NewDesk = Callable[[str], Database]


@pytest.fixture
def new_desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewDesk]:
    """Gives an empty, migrated database of a kind; beside PostgreSQL, large mails are in the working directory."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:

        def make(kind: str) -> Database:
            if kind == "postgresql":
                server: Postgres = request.getfixturevalue("postgres")
                server.start()
                return stack.enter_context(migrated(stack.enter_context(server.database())))
            return stack.enter_context(empty_desk(tmp_path))

        yield make


@contextmanager
def empty_desk(folder: Path) -> Iterator[Database]:
    """An empty SQLite desk in a folder of its own."""
    home = folder / f"desk{len(list(folder.glob('desk*')))}"
    home.mkdir()
    with migrated(f"sqlite:///{home}/cases.db") as database:
        yield database


@contextmanager
def migrated(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        migrate(database.engine, SQLModel.metadata)
        yield database
    finally:
        database.close()
