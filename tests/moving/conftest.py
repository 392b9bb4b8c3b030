"""The world of these tests: folders with a desk in each, made by the migrations as an installation's are."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import bot.wiring  # noqa: F401 - whoever wires every room has every table
from bot.db import Database
from bot.migrations.migrate import migrate
from tests.cases.desk import Desk
from tests.cases.desk import database as database
from tests.cases.desk import standing_url as standing_url
from tests.moving.household import back_in, copy_of, lived_in
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


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an SQLite desk that was lived in; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("home")
    with empty_desk(folder) as database:
        lived_in(database)
    return folder / "desk0"


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk that was lived in, on SQLite."""
    database = copy_of(home, tmp_path / "desk")
    yield back_in(database)
    database.close()
