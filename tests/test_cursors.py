"""Marks: one per stream, moved in the transaction of what was read."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import cursors
from bot.db import Database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def mark(database: Database, name: str) -> str | None:
    with database.readers.begin() as session:
        return cursors.position_of(session, name)


def test_at_first_contact_there_is_no_mark(database: Database) -> None:
    assert mark(database, "mail:INBOX:1") is None


def test_a_mark_is_moved_and_each_stream_has_its_own(database: Database) -> None:
    with database.writers.begin() as session:
        cursors.move(session, "mail:INBOX:1", "41", NOON)
        cursors.move(session, "slack:C1", "1772452800.000100", NOON)
    with database.writers.begin() as session:
        cursors.move(session, "mail:INBOX:1", "42", NOON + timedelta(minutes=1))

    assert mark(database, "mail:INBOX:1") == "42"
    assert mark(database, "slack:C1") == "1772452800.000100"
    with database.readers.begin() as session:
        assert session.get_one(cursors.Cursor, "mail:INBOX:1").moved_at == NOON + timedelta(minutes=1)


def test_a_mark_stays_where_it_was_when_its_transaction_fails(database: Database) -> None:
    def move_and_fail() -> None:
        with database.writers.begin() as session:
            cursors.move(session, "mail:INBOX:1", "42", NOON)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        move_and_fail()

    assert mark(database, "mail:INBOX:1") is None
