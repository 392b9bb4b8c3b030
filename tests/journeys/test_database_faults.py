"""The database is locked, full, read-only or away: nothing is acked unstored, and all comes in afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import InternalError

from bot.cases.models import CaseNumber, Message
from bot.mail.models import LedgerEntry, LedgerState
from bot.mail.reception import is_database_trouble
from bot.sandbox.server import Sandbox
from tests.journeys.world import CARLA, SUPPORT, World
from tests.services.postgresql import Postgres
from tests.services.standing import opened

TERM_SECONDS = 3.0


@contextmanager
def desk(folder: Path, **settings: str) -> Iterator[World]:
    """A desk that looks at its database every second."""
    with Sandbox() as sandbox:
        world = World(sandbox, folder, None, **settings)
        world.term_seconds = TERM_SECONDS
        world.start()
        try:
            yield world
        finally:
            world.stop()


def words_come_in_vain(world: World, reason: str) -> None:
    """A customer writes and another one mails while nothing can be stored; both wait, and health is red."""
    world.until(lambda: world.health()["status"] == "unhealthy")
    assert reason in world.health()["problems"]["database"]
    world.writes("cosmo", "The shop is down!")
    world.mail(CARLA, "Printer", "Sent while nothing could be stored.")
    # Slack has sent it once more since: it was not acked.
    world.until(lambda: world.sandbox.link.waiting)


def all_comes_in_once(world: World) -> None:
    world.sees(SUPPORT, "The shop is down!")
    world.sees(SUPPORT, "nothing could be stored")
    world.settles()
    assert len(world.rows(Message)) == 2
    assert [entry.state for entry in world.rows(LedgerEntry)] == [LedgerState.OPENED]
    assert len(world.workspace.messages(SUPPORT)) == 2
    world.until(lambda: world.health()["status"] == "healthy")


def test_a_locked_database_is_waited_for(tmp_path: Path) -> None:
    with desk(tmp_path) as world:
        with closing(sqlite3.connect(tmp_path / "cases.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            words_come_in_vain(world, "locked")
            assert world.rows(Message) == []
            other.execute("ROLLBACK")

        all_comes_in_once(world)


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    with desk(tmp_path) as world:
        database = world.bot.desk.database
        engine = database.engine

        def fill(connection: sqlite3.Connection, *_more: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # SQLite's own limit: at once the size it has, no page more

        event.listen(engine, "connect", fill)
        engine.dispose()
        world.writes("cosmo", "The shop is down! " + "x" * 9000)
        world.mail(CARLA, "Printer", "Sent while nothing could be stored. " + "x" * 9000)
        world.until(lambda: "full" in str(world.health()))
        assert world.sandbox.link.waiting
        event.remove(engine, "connect", fill)
        engine.dispose()

        all_comes_in_once(world)


@pytest.mark.timeout(120)
def test_postgresql_may_be_restarted(postgres: Postgres, tmp_path: Path) -> None:
    postgres.start()
    with postgres.database() as url, desk(tmp_path, DATABASE_URL=url) as world:
        postgres.stop()
        words_come_in_vain(world, "refused")
        postgres.start()
        all_comes_in_once(world)


def become(url: str, setting: str) -> None:
    """What an operator does, or a standby after a switch: from now on every connection finds it so."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(
            text(f'ALTER DATABASE "{engine.url.database}" SET default_transaction_read_only = {setting}')
        )
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'casebot'")
        )
    engine.dispose()


@pytest.mark.timeout(120)
def test_postgresql_that_takes_no_writes_is_waited_for(postgres: Postgres, tmp_path: Path) -> None:
    postgres.start()
    with postgres.database() as url, desk(tmp_path, DATABASE_URL=url) as world:
        become(url, "on")
        words_come_in_vain(world, "read-only")
        assert world.rows(Message) == []
        become(url, "off")

        all_comes_in_once(world)


def test_a_database_that_takes_no_writes_is_no_mails_fault(postgres: Postgres) -> None:
    postgres.start()
    with postgres.database() as url, opened(url) as database:
        with pytest.raises(InternalError, match="read-only") as refused, database.readers.begin() as session:
            session.add(CaseNumber())

        assert is_database_trouble(refused.value)
