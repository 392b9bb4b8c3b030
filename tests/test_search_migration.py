"""A database that has cases already becomes searchable, and migrated or created it is the same one."""

from pathlib import Path

from sqlalchemy import text
from sqlmodel import SQLModel, col, select

from bot.cases.models import Case
from bot.cases.queries import CaseQueries
from bot.cases.search_entries import SearchEntry
from bot.cases.search_index import ROOM, refresh
from bot.db import Database
from bot.migrations.migrate import migrate
from tests.cases.desk import ADA, MIA
from tests.services.standing import opened

_CASE = text(
    "INSERT INTO cases (case_id, customer_identifier, status, created_at, last_message_at, message_count, escalated,"
    " customer_name, source, subject, verdict, version) VALUES"
    " (:case_id, 'U_ADA', :status, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, false, 'Ada',"
    " 'slack', '', '', 1)"
)
_MESSAGE = text(
    "INSERT INTO messages (id, case_id, sender, sender_name, is_admin, body, timestamp, source, place, external_id,"
    " internal, inside, subject, full_body, reference, verdict, deleted_at, sending)"
    " VALUES (:id, :case_id, 'U_ADA', 'Ada', false, :body, '2026-01-01 00:00:00', 'slack', 'C', :id,"
    " :internal, false, '', '', '', '', :deleted_at, :sending)"
)
_LONG = " ".join(f"w{number}" for number in range(ROOM))


def message(number: int, case_id: str, body: str, **more: object) -> dict[str, object]:
    return {
        "id": number,
        "case_id": case_id,
        "body": body,
        "internal": False,
        "deleted_at": None,
        "sending": "",
        **more,
    }


def test_the_messages_there_are_become_searchable(database_url: str) -> None:
    database = Database(database_url)
    migrate(database.engine, SQLModel.metadata, "0002")
    with database.engine.begin() as connection:
        for case_id, status in (("CASE-1", "closed"), ("CASE-2", "open")):
            connection.execute(_CASE, {"case_id": case_id, "status": status})
        for row in (
            message(1, "CASE-1", "the printer smokes"),
            message(2, "CASE-2", "my printer"),
            message(3, "CASE-1", "he never pays", internal=True),
            message(4, "CASE-1", "hunter2", deleted_at="2026-01-02 00:00:00"),
            message(5, "CASE-1", _LONG),
            message(6, "CASE-1", "Kaffee für die Größe"),
            message(7, "CASE-2", "not said yet", sending="waiting"),
        ):
            connection.execute(_MESSAGE, row)

    migrate(database.engine, SQLModel.metadata)

    queries = CaseQueries(database)
    for typed, viewer, cases in (
        ("printer", MIA, ["CASE-2", "CASE-1"]),
        ("pays", MIA, ["CASE-1"]),
        ("pays", ADA, []),
        ("yet", ADA, []),
        ("hunter2", MIA, []),
        ("grosse", ADA, ["CASE-1"]),
    ):
        assert [hit.case.case_id for hit in queries.search(typed, viewer).hits] == cases
    filled = entries(database)
    with database.writers.begin() as session:
        for case_id in session.exec(select(Case.case_id)).all():
            refresh(session, case_id)
    assert entries(database) == filled
    database.close()


def entries(database: Database) -> list[tuple[object, ...]]:
    with database.readers.begin() as session:
        found = session.exec(select(SearchEntry).order_by(col(SearchEntry.id))).all()
        return [(each.id, each.case_id, each.is_open, each.internal, each.words) for each in found]


def test_sqlites_indexes_are_the_same_with_and_without_migrations(tmp_path: Path) -> None:
    migrated = Database(f"sqlite:///{tmp_path / 'migrated.db'}")
    migrate(migrated.engine, SQLModel.metadata)

    with opened(f"sqlite:///{tmp_path / 'created.db'}") as created:
        assert indexes(migrated) == indexes(created) != []
    migrated.close()


def indexes(database: Database) -> list[tuple[str, str]]:
    asked = text(
        "SELECT name, sql FROM sqlite_master WHERE name LIKE 'search%' AND name <> 'search_entries' ORDER BY name"
    )
    with database.engine.connect() as connection:
        return [(row.name, row.sql) for row in connection.execute(asked)]
