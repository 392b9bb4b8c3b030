"""The command line: what each command says and does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlmodel import SQLModel, select
from typer.testing import CliRunner, Result

from bot.cases.models import Case, CaseEvent, Escalation
from bot.cli import app
from bot.db import Database
from bot.outbox.models import Delivery, DeliveryState
from bot.settings import SETTING_NAMES
from tests.settings.samples import MAILBOX, REQUIRED

MAILS = Path(__file__).parents[1] / "fixtures" / "mail"
COMMANDS = ("run", "init", "doctor", "demo", "tour", "migrate", "sweep", "ingest", "outbox", "audit", "version")


class Console:
    """A shell in an empty folder, with the settings of one desk."""

    def __init__(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database = Database(database_url)
        self._monkeypatch = monkeypatch
        self.sets(DATABASE_URL=database_url, **REQUIRED, **MAILBOX)

    def sets(self, **variables: str) -> None:
        for name, text in variables.items():
            self._monkeypatch.setenv(name, text)

    def forgets(self, *variables: str) -> None:
        for name in variables:
            self._monkeypatch.delenv(name)

    def types(self, *words: str) -> Result:
        return CliRunner().invoke(app, words, catch_exceptions=False)

    def runs(self, *words: str) -> list[str]:
        """The lines of a command that succeeds."""
        result = self.types(*words)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    def rows(self, table: type[SQLModel]) -> list[SQLModel]:
        with self.database.readers.begin() as session:
            return list(session.exec(select(table)))


@pytest.fixture
def console(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Console]:
    before = structlog.get_config()
    for name in SETTING_NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    console = Console(database_url, monkeypatch)
    yield console
    console.database.close()
    structlog.configure(**before)


def sample(name: str) -> str:
    return str(MAILS / f"{name}.eml")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])

    assert result.exit_code == 0
    assert "Usage" in result.output


def test_the_help_lists_every_command() -> None:
    result = CliRunner().invoke(app, ["--help"])

    assert all(command in result.output for command in COMMANDS)


@pytest.mark.one_database
def test_version_tells_both_versions(console: Console) -> None:
    assert console.runs("version")[0].startswith("casebot 0.")


def test_migrate_brings_an_empty_database_to_todays_schema(console: Console) -> None:
    assert console.runs("migrate") == ["The database has today's schema."]
    assert console.runs("migrate") == ["The database has today's schema."]
    assert console.rows(Case) == []


def test_ingest_opens_joins_and_knows_what_it_has_seen(console: Console) -> None:
    lines = console.runs("ingest", sample("new_plain"), sample("reply_gmail"), sample("new_plain"))

    assert lines == [
        "new_plain.eml: opened (CASE-1)",
        "reply_gmail.eml: joined (CASE-1)",
        "new_plain.eml: duplicate (CASE-1)",
    ]
    [case] = console.rows(Case)
    assert isinstance(case, Case)
    assert (case.customer_identifier, case.message_count) == ("carla@example.com", 2)


@pytest.mark.one_database
def test_ingest_lets_machines_open_nothing(console: Console) -> None:
    lines = console.runs("ingest", sample("auto_reply"), sample("bounce"))

    assert lines[0].startswith("auto_reply.eml: auto_reply")
    assert lines[1].startswith("bounce.eml: bounce")
    assert console.rows(Case) == []


@pytest.mark.one_database
def test_ingest_escalates_what_shouts(console: Console) -> None:
    console.runs("ingest", sample("urgent"))

    assert len(console.rows(Escalation)) == 1


@pytest.mark.one_database
def test_a_file_that_is_not_there_gets_one_line(console: Console) -> None:
    result = console.types("ingest", "nowhere.eml")

    assert result.exit_code == 2
    assert "nowhere.eml" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_sweep_escalates_what_has_waited_and_nothing_twice(console: Console) -> None:
    console.runs("ingest", sample("new_plain"))
    assert console.runs("sweep") == ["0 cases escalated."]
    with console.database.writers.begin() as session:
        case = session.get_one(Case, "CASE-1")
        case.last_message_at -= timedelta(hours=49)

    assert console.runs("sweep") == ["1 case escalated."]
    assert console.runs("sweep") == ["0 cases escalated."]


@pytest.mark.one_database
def test_outbox_shows_what_waits_and_what_was_refused(console: Console) -> None:
    console.runs("ingest", sample("new_plain"), sample("urgent"))
    with console.database.writers.begin() as session:
        card = session.exec(select(Delivery).where(Delivery.kind == "card")).first()
        assert card is not None
        card.state, card.error = DeliveryState.REFUSED, "channel_not_found"

    lines = console.runs("outbox")

    assert "refused 1" in lines[0]
    assert any(line.split()[1:2] == ["due"] and "alert of CASE-1 to alerting" in line for line in lines)
    assert any(line.split()[1:2] == ["refused"] and line.endswith("channel_not_found") for line in lines)


def refused_card(console: Console) -> int:
    """A card that its channel refused; returns its number."""
    console.runs("ingest", sample("new_plain"))
    with console.database.writers.begin() as session:
        card = session.exec(select(Delivery).where(Delivery.kind == "card")).one()
        card.state, card.error, card.attempts = DeliveryState.REFUSED, "invalid_blocks", 3
        return card.id or 0


def card_state(console: Console) -> str:
    [state] = [row.state for row in console.rows(Delivery) if isinstance(row, Delivery) and row.kind == "card"]
    return state


def test_outbox_retry_makes_one_or_all_due_again(console: Console) -> None:
    number = refused_card(console)

    assert console.runs("outbox", "retry", str(number)) == [f"{number}: card of CASE-1 is due again."]
    assert card_state(console) == "due"
    assert console.runs("outbox", "retry", "--all") == []

    again = console.types("outbox", "retry", str(number))
    assert (again.exit_code, again.stderr) == (1, f"Delivery {number} was not refused: it is due.\n")
    assert console.types("outbox", "retry").exit_code == 2


@pytest.mark.one_database
def test_outbox_drop_asks_first(console: Console) -> None:
    number = refused_card(console)

    assert console.types("outbox", "drop", str(number)).exit_code == 1
    assert card_state(console) == "refused"
    assert console.runs("outbox", "drop", str(number), "--yes") == [f"{number}: card of CASE-1 is dropped."]
    assert card_state(console) == "dropped"
    assert console.types("outbox", "drop", str(number), "--yes").exit_code == 2


def test_audit_verify_names_what_was_changed(console: Console) -> None:
    console.runs("ingest", sample("new_plain"), sample("urgent"))
    events = len(console.rows(CaseEvent))
    assert console.runs("audit", "verify") == [f"events {events} · cases 1 · broken 0"]
    with console.database.writers.begin() as session:
        opened = session.exec(select(CaseEvent).where(CaseEvent.kind == "opened")).one()
        opened.actor = "somebody@else.example"

    found = console.types("audit", "verify")

    assert found.exit_code == 1
    assert f"CASE-1: event {opened.id} (opened, " in found.stdout
    assert found.stdout.endswith(f"events {events} · cases 1 · broken 1\n")


@pytest.mark.one_database
@pytest.mark.parametrize("command", ["run", "migrate", "sweep", "outbox"])
def test_missing_settings_are_listed_and_no_traceback_is_shown(console: Console, command: str) -> None:
    console.sets(SLACK_BOT_TOKEN="", IMAP_PORT="many")

    result = console.types(command)

    assert result.exit_code == 2
    assert result.stderr.startswith("Casebot cannot start; 2 things need your attention")
    assert "SLACK_BOT_TOKEN" in result.stderr
    assert "IMAP_PORT" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.one_database
def test_missing_settings_are_one_readable_list(console: Console) -> None:
    console.forgets(*REQUIRED, *MAILBOX)
    console.sets(IMAP_SERVER="mail.example")

    first, *faults, last = console.types("run").stderr.splitlines()

    assert first == "Casebot cannot start; 7 things need your attention in the environment or .env:"
    assert last == "Every variable is explained in .env.example."
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SUPPORT_SLACK_CHANNEL", "IMAP_EMAIL", "IMAP_PASSWORD"):
        assert [fault for fault in faults if fault.startswith(f"  - {name} is missing")], name


@pytest.mark.one_database
@pytest.mark.parametrize("command", ["run", "migrate"])
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://desk:topsecret@127.0.0.1:9/desk", "The database can't be used ("),
        ("sqlite:///no/such/folder/cases.db", "The database can't be used (unable to open database file)"),
    ],
)
def test_a_database_that_can_not_be_used_gets_one_clear_line(
    console: Console, command: str, url: str, reason: str
) -> None:
    console.sets(DATABASE_URL=url)

    result = console.types(command)

    assert result.exit_code == 2
    [line] = result.output.splitlines()
    assert line.startswith(reason)
    assert line.endswith("Check DATABASE_URL and that the server runs.")
    assert "topsecret" not in line


@pytest.mark.one_database
def test_secrets_are_never_shown(console: Console) -> None:
    console.sets(IMAP_PORT="many", IMAP_PASSWORD="hunter2-hunter2")

    assert "hunter2" not in console.types("run").output
