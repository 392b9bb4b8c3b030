"""What every test may ask for: real servers, a fresh database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db import Database
from tests.services.dovecot import Dovecot
from tests.services.needs import pytest_configure as pytest_configure
from tests.services.postgresql import Postgres
from tests.services.standing import StandingFile, StandingServer


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """One IMAP server for the whole run; tests ask for `dovecot`."""
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """A running IMAP server with an empty mailbox; a test may stop it, the next one finds it running."""
    dovecot_server.start()
    dovecot_server.reset()
    return dovecot_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the whole run."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new, empty database: the test runs on SQLite (a file) and on PostgreSQL (tests/services/databases.py)."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'cases.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    server.start()
    with server.database() as url:
        yield url


@pytest.fixture(scope="session")
def standing_file(tmp_path_factory: pytest.TempPathFactory) -> StandingFile:
    """One SQLite database for the whole run."""
    return StandingFile(tmp_path_factory.mktemp("standing") / "desk")


@pytest.fixture(scope="session")
def standing_server(postgres: Postgres) -> Iterator[StandingServer]:
    """One PostgreSQL database for the whole run."""
    with postgres.database() as url:
        standing = StandingServer(postgres, url)
        yield standing
        standing.close()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Empty tables: the test runs on SQLite (a file) and on PostgreSQL (tests/services/databases.py)."""
    kind = "standing_file" if request.param == "sqlite" else "standing_server"
    standing: StandingFile | StandingServer = request.getfixturevalue(kind)
    database = standing.emptied()
    try:
        yield database
    finally:
        database.close()
