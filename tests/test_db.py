"""The database's promises: aware time, writers one by one, readers beside them."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, StatementError
from sqlmodel import Session

from bot.cases.models import CaseEvent, CaseNumber
from bot.cursors import Cursor
from bot.db import LOCK_WAIT_SECONDS, Database, queue_up
from tests.services.postgresql import Postgres
from tests.services.standing import opened

NOON = datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC)


def store(database: Database, moved_at: datetime, name: str = "mark") -> None:
    with database.writers.begin() as session:
        session.add(Cursor(name=name, position="1", moved_at=moved_at))


def stored(database: Database, name: str = "mark") -> datetime:
    with database.readers.begin() as session:
        return session.get_one(Cursor, name).moved_at


def write_for(session: Session, key: str) -> None:
    """Begin in earnest: a session asks the database for nothing before its first statement."""
    session.connection()
    queue_up(session, key)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
def test_a_moment_comes_back_in_utc(database: Database, zone: timezone) -> None:
    store(database, NOON.astimezone(zone))

    assert stored(database) == NOON
    assert stored(database).tzinfo is UTC


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"):
        store(database, NOON.replace(tzinfo=None))


def test_moments_are_ordered_as_time_is(database: Database) -> None:
    east = timezone(timedelta(hours=14))
    store(database, NOON.astimezone(east), "first")
    store(database, NOON + timedelta(microseconds=1), "second")
    store(database, NOON.replace(microsecond=0) + timedelta(seconds=1), "third")

    with database.readers.begin() as session:
        rows = session.connection().execute(text("SELECT name FROM cursors ORDER BY moved_at"))
        assert [row[0] for row in rows] == ["first", "second", "third"]


def test_a_reader_works_while_a_writer_is_busy_and_sees_what_was_committed(database: Database) -> None:
    store(database, NOON)

    with database.writers.begin() as writer:
        queue_up(writer, "mark")
        writer.get_one(Cursor, "mark").moved_at = NOON + timedelta(days=1)
        writer.flush()
        assert stored(database) == NOON

    assert stored(database) == NOON + timedelta(days=1)


def test_a_second_writer_gives_up_in_time_to_be_heard_again(database: Database) -> None:
    assert LOCK_WAIT_SECONDS < 3, "Slack's limit"

    def take_turns() -> None:
        with database.writers.begin() as first:
            write_for(first, "ada")
            with database.writers.begin() as second:
                write_for(second, "ada")

    with pytest.raises(OperationalError, match="lock"):
        take_turns()


def test_writers_queue_up_again_after_one_gave_way(database: Database) -> None:
    for _ in range(2):
        with database.writers.begin() as session:
            write_for(session, "ada")
            session.merge(CaseNumber(last=1))

    with database.readers.begin() as session:
        assert session.get_one(CaseNumber, 1).last == 1


def test_postgresqls_writers_of_different_keys_do_not_wait_for_each_other(postgres: Postgres) -> None:
    postgres.start()
    with (
        postgres.database() as url,
        opened(url) as database,
        database.writers.begin() as first,
        database.writers.begin() as second,
    ):
        write_for(first, "ada")
        write_for(second, "ben")


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def store_and_fail() -> None:
        with database.writers.begin() as session:
            session.add(CaseNumber())
            session.flush()
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        store_and_fail()

    with database.readers.begin() as session:
        assert session.get(CaseNumber, 1) is None


def test_a_fact_of_no_case_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writers.begin() as session:
        session.add(CaseEvent(case_id="CASE-404", kind="opened", at=NOON, actor="x", actor_name="X"))


def test_a_ping_is_answered_until_the_database_is_gone(tmp_path: Path) -> None:
    present, gone = Database(f"sqlite:///{tmp_path}/cases.db"), Database(f"sqlite:///{tmp_path}/nowhere/cases.db")

    present.ping()
    with pytest.raises(OperationalError):
        gone.ping()

    present.close()
    gone.close()


@pytest.mark.parametrize(("url", "is_sqlite"), [("sqlite:///x.db", True), ("postgresql+psycopg://h/x", False)])
def test_a_database_knows_its_kind_before_it_is_reached(url: str, is_sqlite: bool) -> None:
    database = Database(url)

    assert database.is_sqlite is is_sqlite
    database.close()


def test_sqlite_survives_a_power_cut_and_lets_readers_pass(tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": LOCK_WAIT_SECONDS * 1000}
    with opened(f"sqlite:///{tmp_path}/cases.db") as database, database.readers.begin() as session:
        connection = session.connection()
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted} == wanted


def test_sqlites_writers_take_the_lock_before_they_read(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/cases.db") as database:
        begun: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *sent: begun.append(sent[2]))

        for sessions in (database.writers, database.readers):
            with sessions.begin() as session:
                session.get(CaseNumber, 1)

    assert [words for words in begun if words.startswith("BEGIN")] == ["BEGIN IMMEDIATE", "BEGIN"]


def test_postgresqls_readers_can_not_write(postgres: Postgres) -> None:
    postgres.start()
    with postgres.database() as url, opened(url) as database:
        with pytest.raises(InternalError, match="read-only"), database.readers.begin() as session:
            session.add(CaseNumber())

        with database.writers.begin() as session:
            session.add(CaseNumber())
