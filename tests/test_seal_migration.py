"""A database that has timelines already gets them sealed."""

from pathlib import Path

from sqlalchemy import text
from sqlmodel import SQLModel

from bot.cases.audit import Audit
from bot.db import Database
from bot.migrations.migrate import migrate
from tests.cases.desk import MIA, Desk

CASE = text(
    "INSERT INTO cases (case_id, customer_identifier, status, created_at, last_message_at, message_count, escalated,"
    " customer_name, source, subject, verdict, version) VALUES"
    " (:case_id, :case_id, 'open', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, false, 'Ada', 'slack', '', '', 1)"
)
EVENT = text(
    "INSERT INTO case_events (case_id, kind, at, actor, actor_name, detail, version, key)"
    " VALUES (:case_id, 'noted', :at, 'U_MIA', 'Mïa', :detail, 3, :key)"
)
DETAIL = '{"reasons": [{"words": "brennt \\u00df 🔥", "n": 1.5}], "z": null, "a": true}'


def test_timelines_are_sealed_as_they_are_and_go_on(database_url: str) -> None:
    database = Database(database_url)
    migrate(database.engine, SQLModel.metadata, "0004")
    with database.engine.begin() as connection:
        connection.execute(CASE, [{"case_id": f"CASE-{number}"} for number in range(1, 13)])
        events = [
            {
                "case_id": f"CASE-{number % 11 + 1}",
                "at": f"2026-01-01 00:00:{number % 60:02}.12345",
                "detail": DETAIL,
                "key": f"key-{number}" if number % 2 else None,
            }
            for number in range(1_300)
        ]
        connection.execute(EVENT, events)

    migrate(database.engine, SQLModel.metadata)
    Desk(database).service.note("CASE-1", "one more", MIA)

    audit = Audit(database)
    assert list(audit.breaches()) == []
    assert (audit.events, audit.cases) == (1_301, 12)
    database.close()


def test_what_was_broken_before_the_new_seal_stays_broken(tmp_path: Path) -> None:
    """A migration that seals anew must not launder what somebody changed by hand."""
    database = Database(f"sqlite:///{tmp_path / 'cases.db'}")
    migrate(database.engine, SQLModel.metadata, "0004")
    with database.engine.begin() as connection:
        connection.execute(CASE, [{"case_id": f"CASE-{number}"} for number in range(1, 5)])
        at = "2026-01-01 00:00:00.000000"
        rows = [{"case_id": f"CASE-{number % 4 + 1}", "at": at, "detail": DETAIL, "key": None} for number in range(12)]
        connection.execute(EVENT, rows)
    migrate(database.engine, SQLModel.metadata, "0006")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE case_events SET actor = 'U_BEN' WHERE id = 6"))
        connection.execute(text("DELETE FROM case_events WHERE id = 11"))
        connection.execute(text("DELETE FROM case_events WHERE id = 4"))

    migrate(database.engine, SQLModel.metadata)

    broken = [(breach.case_id, breach.event_id) for breach in Audit(database).breaches()]
    assert broken == [("CASE-2", 6), ("CASE-3", None), ("CASE-4", 8)]
    database.close()
