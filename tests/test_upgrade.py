"""A database that the first release left behind: brought to today's schema, and the desk goes on with it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlmodel import SQLModel

from bot.cases.audit import Audit
from bot.cases.models import Case, EventKind
from bot.cases.retention import Retention
from bot.db import Database
from bot.mail.archive import archive_of
from bot.mail.discarding import Discarding
from bot.mail.kept_attachments import MailAttachments
from bot.mail.models import RawMail
from bot.migrations.migrate import Standing, differences, migrate, standing
from bot.slack.views.card import card
from bot.slack.views.timeline import as_text
from tests.cases.desk import ADA, BEN, CARA, MIA, Desk

KEPT = Path(__file__).parents[1] / "fixtures" / "databases" / "revision_0001.sql"


@pytest.fixture
def old(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """The kept database, as SQLite had it; for PostgreSQL its rows stand in what the first migration made there."""
    database = Database(database_url)
    kept = tmp_path / ("cases.db" if database.is_sqlite else "kept.db")
    with closing(sqlite3.connect(kept)) as connection:
        connection.executescript(KEPT.read_text(encoding="utf-8"))
    if not database.is_sqlite:
        migrate(database.engine, SQLModel.metadata, "0001")
        pour(create_engine(f"sqlite:///{kept}"), database.engine)
    yield database
    database.close()


def pour(source: Engine, target: Engine) -> None:
    then = MetaData()
    then.reflect(source)
    with source.connect() as kept, target.begin() as connection:
        for table in then.sorted_tables:
            rows = [
                {name: aware(value) for name, value in row.items()} for row in kept.execute(table.select()).mappings()
            ]
            if table.name != "alembic_version":
                connection.execute(table.insert(), rows)
            if "id" in table.columns:
                name = f"pg_get_serial_sequence('{table.name}', 'id')"
                connection.execute(text(f"SELECT setval({name}, max(id)) FROM {table.name}"))
    source.dispose()


def aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def test_the_desk_goes_on_with_the_first_releases_database(old: Database) -> None:
    assert standing(old.engine) is Standing.OLDER

    migrate(old.engine, SQLModel.metadata)

    assert standing(old.engine) is Standing.CURRENT
    assert differences(old.engine, SQLModel.metadata) == []
    desk = Desk(old)
    desk.passes(days=3)
    reads_what_was(desk)
    goes_on(desk)
    audit = Audit(old)
    assert list(audit.breaches()) == []
    assert (audit.cases, audit.events > 12) == (4, True)


def reads_what_was(desk: Desk) -> None:
    assert [(case.case_id, case.status, case.message_count, case.awaits_us) for case in desk.rows(Case)] == [
        ("CASE-1", "open", 2, False),
        ("CASE-2", "closed", 1, True),
        ("CASE-3", "open", 1, True),
    ]
    assert "Please pull the plug" in str(card(desk.queries.sheet("CASE-1")).as_arguments())
    assert "Mia closed it: solved" in as_text(desk.case("CASE-2"), desk.queries.timeline("CASE-2"))
    for typed, viewer, found in (("smokes", CARA, ["CASE-2"]), ("pays", MIA, ["CASE-1"]), ("pays", ADA, [])):
        assert [hit.case.case_id for hit in desk.queries.search(typed, viewer).hits] == found
    with desk.database.readers.begin() as session:
        raw = session.get_one(RawMail, 1)
    assert archive_of(desk.database.url).read(raw).endswith(b"My printer smokes.\r\n")
    assert MailAttachments(desk.database, archive_of(desk.database.url)).read("mail:1:0") == b"My printer smokes.\r\n"


def goes_on(desk: Desk) -> None:
    """Customers write, the team works, and retention clears what was closed then."""
    desk.says(ADA, "Thank you", external_id="thanks")
    desk.says(BEN, "Hello?", external_id="hello")
    desk.says(CARA, "It smokes again", external_id="again", references=("<m1@customer.example>",))
    desk.replies.reply("CASE-3", "By mail and password", MIA)
    desk.service.close("CASE-1", MIA)
    opened = next(entry.event for entry in desk.queries.timeline("CASE-4") if entry.event.kind == EventKind.OPENED)
    assert opened.detail["follows"] == "CASE-2"
    desk.passes(days=30)
    forget = Discarding(archive_of(desk.database.url)).forget
    assert Retention(desk.database, desk.clock, 10, forget).clear_due() == 2


def test_each_kept_table_has_rows(tmp_path: Path) -> None:
    """A table that is empty here would be upgraded by nobody's test."""
    with closing(sqlite3.connect(tmp_path / "kept.db")) as connection:
        connection.executescript(KEPT.read_text(encoding="utf-8"))
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}

    assert len(counts) == 14
    assert min(counts.values()) > 0
