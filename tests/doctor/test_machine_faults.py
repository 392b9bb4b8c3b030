"""What can be wrong with the machine, the settings and the database."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from bot.clock import ShiftedClock, SystemClock
from bot.db import Database
from bot.doctor.finding import Standing
from bot.doctor.machine import packages_for
from bot.doctor.patient import Limits
from bot.migrations.migrate import migrate
from bot.outbox.models import Delivery, DeliveryState
from tests.doctor.ward import Ward
from tests.services.postgresql import Postgres

AFTER_DATABASE = ["schema", "integrity", "outbox", "ledger", "senders", "mail's clock"]


def test_a_desk_that_works_is_well_in_every_check(desk: Ward) -> None:
    found = desk.examined()

    assert found.wrong == []
    assert [result.number for result in found.results] == list(range(1, len(found.results) + 1))
    assert [result.name for result in found.results if result.finding.standing is Standing.SKIPPED] == [
        "signing secret",
        "Slack's calls",
        "senders",
        "mail's clock",
        "alarms",
    ]


def test_before_the_first_start_nothing_is_wrong_and_no_database_is_made(desk: Ward, tmp_path: Path) -> None:
    found = desk.examined(DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")

    assert found.wrong == []
    assert "casebot run makes it" in found["database"].text
    assert not (tmp_path / "new.db").exists()


def test_packages_that_are_missing_or_old_are_named() -> None:
    found = packages_for(["typer>=0.12", "sqlalchemy>=99", "no-such-package>=1", "other; extra == 'sandbox'"])

    assert found.standing is Standing.WRONG
    assert found.text.startswith("2 of 3 packages don't fit: sqlalchemy>=99 is wanted, ")
    assert found.text.endswith("no-such-package>=1 is not installed")


def test_every_fault_of_the_settings_is_told_and_near_misses_too(desk: Ward) -> None:
    found = desk.examined(IMAP_PORT="many", PORT="0", SMTP_HOST="smtp.example.com")

    assert found["settings"].text == "2 things need your attention in the environment or .env"
    assert [remedy.split()[0] for remedy in found["settings"].remedies] == ["IMAP_PORT", "PORT", "SMTP_HOST"]
    assert found["IMAP TLS"].text == "not checked, because 3 failed (IMAP_PORT)"
    assert found["SMTP"].standing is Standing.WELL


def test_a_name_that_is_almost_a_setting_is_a_fault_by_itself(desk: Ward) -> None:
    found = desk.examined(SMTP_HOST="smtp.example.com")

    assert found.wrong == ["settings"]
    assert found["settings"].remedies == ("SMTP_HOST is not a setting; did you mean SMTP_SERVER?",)


def test_a_full_disk_is_told_with_where_to_look(desk: Ward) -> None:
    found = desk.examined(limits=Limits(free_bytes=10**18))

    assert found.wrong == ["disk"]
    assert str(desk.database_file.parent) in found["disk"].text
    assert found["disk"].remedies[0].startswith("Make room: du -xh")


def test_a_port_that_another_program_has_is_told(desk: Ward) -> None:
    port = desk.sandbox.smtp_port

    found = desk.examined(PORT=str(port))

    assert found.wrong == ["process"]
    assert found["process"].text == f"another program listens on 127.0.0.1:{port}"
    assert "set PORT to a free one" in found["process"].remedies[1]


@pytest.mark.parametrize(("problem", "wrong"), [("", []), ("the folder is gone", ["process"])])
def test_a_running_casebot_is_asked_and_no_socket_opened_beside_it(desk: Ward, problem: str, wrong: list[str]) -> None:
    desk.sandbox.link.refusing = True
    with desk.running(problem):
        found = desk.examined()

    assert found.wrong == wrong
    assert found["socket"].text == "the Casebot that runs here holds its line to Slack"
    assert list(found["process"].remedies) == ["email_listener: the folder is gone"] * len(wrong)


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_goes_wrong_is_told(desk: Ward, minutes: int) -> None:
    found = desk.examined(clock=ShiftedClock(timedelta(minutes=minutes)))

    assert found.wrong == ["Slack's clock"]
    assert ("ahead of" if minutes > 0 else "behind") in found["Slack's clock"].text
    assert "timedatectl set-ntp true" in found["Slack's clock"].remedies[0]


def test_a_database_of_a_newer_casebot_is_told(desk: Ward) -> None:
    _execute(desk, "UPDATE alembic_version SET version_num = 'from_the_future'")

    found = desk.examined()

    assert found.wrong == ["schema"]
    assert "newer Casebot" in found["schema"].text
    assert found.follow("schema") == ["integrity", "outbox", "ledger", "senders", "mail's clock"]


def test_a_database_of_an_older_casebot_is_told_with_its_command(desk: Ward, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    database = Database(url)
    migrate(database.engine, SQLModel.metadata, "0001")
    database.close()

    found = desk.examined(DATABASE_URL=url)

    assert found.wrong == ["schema"]
    assert found["schema"].remedies[0].startswith("casebot migrate")


def test_a_database_that_is_away_stops_no_other_check(desk: Ward) -> None:
    found = desk.examined(DATABASE_URL="postgresql://casebot@127.0.0.1:9/cases")

    assert found.wrong == ["database"]
    assert "pg_isready -h 127.0.0.1 -p 9" in found["database"].remedies[0]
    assert found.follow("database") == AFTER_DATABASE
    assert found["socket"].standing is Standing.WELL


@pytest.mark.parametrize(
    ("url", "told"), [("sqlite://", "names no file"), ("sqlite:////no/such/folder/cases.db", "is not there")]
)
def test_a_database_that_can_not_be_is_told(desk: Ward, url: str, told: str) -> None:
    found = desk.examined(DATABASE_URL=url)

    assert found.wrong == ["database"]
    assert told in found["database"].text


def test_a_file_that_is_no_database_is_told(desk: Ward) -> None:
    desk.database_file.write_bytes(b"this is a letter, not a database" * 100)

    assert "not a database" in desk.examined()["database"].text


def test_a_damaged_database_is_told_with_how_to_save_it(desk: Ward) -> None:
    with desk.database_file.open("r+b") as file:
        size = desk.database_file.stat().st_size
        file.seek(4096 * 3)
        file.write(b"\xff" * min(4096 * 20, size - 4096 * 4))

    found = desk.examined()

    assert "integrity" in found.wrong
    assert ".recover" in found["integrity"].remedies[0]


def test_what_slack_refused_and_what_is_overdue_is_told(desk: Ward) -> None:
    _deliver(desk, DeliveryState.DUE, minutes_ago=20)
    waiting = desk.examined()["outbox"]
    with desk.running():
        overdue = desk.examined()["outbox"]
    _deliver(desk, DeliveryState.REFUSED, minutes_ago=1, error="channel_not_found")
    refused = desk.examined()["outbox"]

    assert waiting.text == "nothing was refused; 1 to be said by casebot run"
    assert overdue.text == "1 of 1 waiting are overdue"
    assert refused.text == "1 refused for good in the last 7 days, the last one: channel_not_found"


@pytest.mark.needs("postgresql")
def test_postgresql_is_examined_as_well(desk: Ward, postgres: Postgres) -> None:
    postgres.start()
    with postgres.database() as url:
        empty = desk.examined(DATABASE_URL=url)
        database = Database(url)
        migrate(database.engine, SQLModel.metadata)
        database.close()
        found = desk.examined(DATABASE_URL=url)

    assert (empty.wrong, found.wrong) == ([], [])
    assert empty["schema"].standing is Standing.SKIPPED
    assert found["integrity"].text.startswith("PostgreSQL ")


def _execute(desk: Ward, statement: str) -> None:
    connection = sqlite3.connect(desk.database_file)
    with connection:
        connection.execute(statement)
    connection.close()


def _deliver(desk: Ward, state: DeliveryState, minutes_ago: int, error: str = "") -> None:
    at = SystemClock().now() - timedelta(minutes=minutes_ago)
    database = Database(desk.variables["DATABASE_URL"])
    with database.writers.begin() as session:
        session.add(
            Delivery(
                kind="card",
                place="support",
                lane="CASE-1",
                subject="CASE-1",
                created_at=at,
                due_at=at,
                state=state,
                error=error,
            )
        )
    database.close()
