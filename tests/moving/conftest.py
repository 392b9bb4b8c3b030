"""The world of these tests: folders with a desk in each; PostgreSQL keeps large mails in the working directory."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from bot.db import Database
from bot.migrations.migrate import migrate
from tests.cases.desk import Desk
from tests.moving.household import back_in, copy_of, lived_in
from tests.services.standing import StandingFile, StandingServer

NewDesk = Callable[[str], Database]


@pytest.fixture
def new_desk(
    request: pytest.FixtureRequest, blank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewDesk]:
    """Gives an empty database of a kind: of PostgreSQL there is one, of SQLite there are as many as are wanted."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as stack:

        def make(kind: str) -> Database:
            if kind == "postgresql":
                server: StandingServer = request.getfixturevalue("standing_server")
                database = server.emptied()
            else:
                database = copy_of(blank, tmp_path / f"desk{len(list(tmp_path.glob('desk*')))}")
            return stack.enter_context(closing(database))

        yield make


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty SQLite desk, as the migrations make it; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("blank") / "desk"
    folder.mkdir()
    with closing(Database(f"sqlite:///{folder}/cases.db")) as database:
        migrate(database.engine, SQLModel.metadata)
    return folder


@pytest.fixture(scope="session")
def home(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an SQLite desk that was lived in; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("home") / "desk"
    with closing(copy_of(blank, folder)) as database:
        lived_in(database)
    return folder


@pytest.fixture
def desk(home: Path, standing_file: StandingFile) -> Iterator[Desk]:
    """A desk that was lived in, on SQLite."""
    with closing(standing_file.emptied()) as database:
        shutil.copytree(home, Path(database.url.database or "").parent, dirs_exist_ok=True)
        yield back_in(database)
