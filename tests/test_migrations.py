"""The way of a database from empty to today's schema, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from bot import migrations
from bot.db import Database
from bot.migrations.migrate import REVISIONS, SchemaTooNew, differences, migrate

CUSTOMERS_COLUMNS = {
    "cases": {
        "case_id", "customer_identifier", "status", "created_at", "last_message_at", "message_count", "escalated",
        "closed_at",
    },
    "messages": {"id", "case_id", "sender", "is_admin", "body", "timestamp", "source"},
}  # fmt: skip


def upgraded(url: str) -> Database:
    database = Database(url)
    migrate(database.engine, SQLModel.metadata)
    return database


def columns_of(engine: Engine, table: str) -> set[str]:
    return {column["name"] for column in inspect(engine).get_columns(table)}


def test_an_empty_database_becomes_todays(database_url: str) -> None:
    database = upgraded(database_url)

    assert set(SQLModel.metadata.tables) < set(inspect(database.engine).get_table_names())
    for table, required in CUSTOMERS_COLUMNS.items():
        assert required <= columns_of(database.engine, table)
    database.close()


def test_autogenerate_finds_nothing_to_add(database_url: str) -> None:
    database = upgraded(database_url)

    assert differences(database.engine, SQLModel.metadata) == []
    database.close()


def test_autogenerate_would_see_a_missing_index(database_url: str) -> None:
    database = upgraded(database_url)
    with database.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_cases_status"))

    assert len(differences(database.engine, SQLModel.metadata)) == 1
    database.close()


def test_a_second_start_changes_nothing(database_url: str) -> None:
    database = upgraded(database_url)
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO case_numbers (id, last) VALUES (1, 41)"))

    migrate(database.engine, SQLModel.metadata)

    with database.engine.begin() as connection:
        assert connection.execute(text("SELECT last FROM case_numbers")).scalar_one() == 41
    database.close()


def test_processes_that_start_at_once_queue_up(database_url: str) -> None:
    starts = 4
    together = threading.Barrier(starts)

    def start() -> list[object]:
        database = Database(database_url)
        together.wait(10)
        migrate(database.engine, SQLModel.metadata)
        left = differences(database.engine, SQLModel.metadata)
        database.close()
        return left

    with ThreadPoolExecutor(starts) as pool:
        ends = [pool.submit(start) for _ in range(starts)]

    assert [end.result() for end in ends] == [[]] * starts


def test_a_database_of_a_newer_release_is_refused_and_left_alone(database_url: str) -> None:
    database = upgraded(database_url)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaTooNew, match="belongs to a newer Casebot"):
        migrate(database.engine, SQLModel.metadata)

    with database.engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    database.close()


def test_foreign_keys_hold_afterwards(database_url: str) -> None:
    database = upgraded(database_url)
    orphan = text(
        "INSERT INTO case_events (case_id, kind, at, actor, actor_name, detail)"
        " VALUES ('CASE-7', 'noted', '2026-01-01 00:00:00', 'a', 'A', '{}')"
    )

    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(orphan)
    database.close()


def test_one_customer_has_one_open_case(database_url: str) -> None:
    database = upgraded(database_url)
    case = text(
        "INSERT INTO cases (case_id, customer_identifier, status, created_at, last_message_at, message_count,"
        " escalated, customer_name, source, subject, verdict, version)"
        " VALUES (:name, 'carla@example.com', :status, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1,"
        " false, 'Carla', 'email', '', '', 1)"
    )
    with database.engine.begin() as connection:
        for name, status in (("CASE-1", "closed"), ("CASE-2", "closed"), ("CASE-3", "open")):
            connection.execute(case, {"name": name, "status": status})

    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(case, {"name": "CASE-4", "status": "open"})
    database.close()


def test_each_migration_is_named_for_its_revision_and_follows_the_one_before() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    revisions = [script.revision for script in reversed(list(scripts.walk_revisions()))]

    assert revisions == REVISIONS
    assert scripts.get_heads() == REVISIONS[-1:]
