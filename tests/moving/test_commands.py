"""The commands for moving, as somebody types them."""

import json
import os
import pwd
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, update
from typer.testing import CliRunner, Result

from bot.cases.audit import Audit
from bot.cases.models import CaseEvent, Message
from bot.cli import app
from bot.mail.archive import folder_beside
from bot.run_lock import alone_on
from bot.settings import SETTING_NAMES
from tests.cases.desk import MIA, NOA, Desk
from tests.moving.household import LARGE, SMALL
from tests.settings.samples import REQUIRED


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with the settings of a desk that is not there yet."""
    monkeypatch.chdir(tmp_path)
    for name in SETTING_NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, text in (REQUIRED | {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"}).items():
        monkeypatch.setenv(name, text)
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, words, catch_exceptions=False)


def test_a_desk_moves_by_two_commands(shell: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as there:
        there.setenv("DATABASE_URL", desk.database.url.render_as_string())
        out = typed("export", "desk.jsonl.gz")

    with alone_on(f"sqlite:///{shell}/new.db"):
        beside_a_running_bot = typed("import", "desk.jsonl.gz")
    moved = typed("import", "desk.jsonl.gz")
    again = typed("import", "desk.jsonl.gz")
    verified = typed("audit", "verify")

    assert (out.exit_code, "with 1 large mails" in out.stdout) == (0, True)
    assert (beside_a_running_bot.exit_code, "runs already" in beside_a_running_bot.stderr) == (2, True)
    assert moved.exit_code == 0
    told = [line for line in out.stdout.splitlines() if " sha256 " in line]
    assert [line for line in moved.stdout.splitlines() if " sha256 " in line] == told
    assert "Every count and checksum is as the file says." in moved.stdout
    assert moved.stdout.splitlines()[-1].endswith("broken 0")
    assert (again.exit_code, "not empty" in again.stderr) == (2, True)
    assert verified.exit_code == 0


def test_a_file_that_is_not_there_is_one_line(shell: Path) -> None:
    refused = typed("import", "nowhere.jsonl")

    assert (refused.exit_code, refused.stderr) == (2, "There is no file nowhere.jsonl.\n")
    assert list(shell.iterdir()) == []


@pytest.fixture
def at_desk(shell: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk that the commands work on."""
    monkeypatch.setenv("DATABASE_URL", desk.database.url.render_as_string())
    return desk


def test_erasing_shows_what_would_go_and_wants_the_name_typed(at_desk: Desk) -> None:
    before = at_desk.snapshot()

    refused = typed("erase", "U_ADA")
    mistyped = CliRunner().invoke(app, ["erase", "cara@customer.example"], input="yes\n")
    unchanged = at_desk.snapshot() == before
    [large] = folder_beside(at_desk.database.url).glob("*/*")
    os.utime(large, (0, 0))
    erased = CliRunner().invoke(app, ["erase", "CASE-2"], input="cara@customer.example\n")

    assert (refused.exit_code, "CASE-1 is still open" in refused.stdout) == (2, True)
    assert (mistyped.exit_code, unchanged) == (1, True)
    assert "1 case · 2 messages · 2 files · 2 kept mails" in mistyped.stdout
    assert "and 2 files that Casebot posted stays" in mistyped.stdout
    assert (erased.exit_code, "Erased: 1 case" in erased.stdout) == (0, True)
    assert "cara" not in str(at_desk.snapshot())
    assert not large.exists()


def test_erasing_without_a_question(at_desk: Desk) -> None:
    wrong = typed("erase", "U_ADA", "--close", "--yes", "U_BEN")
    done = typed("erase", "U_ADA", "--close", "--yes", "U_ADA")
    nobody = typed("erase", "U_ADA", "--yes", "U_ADA")

    assert [result.exit_code for result in (wrong, done, nobody)] == [1, 0, 2]
    assert nobody.stderr.startswith("Nothing is kept of U_ADA.")
    [told] = [event for event in at_desk.rows(CaseEvent) if event.kind == "erased"]
    assert told.actor == f"console:{pwd.getpwuid(os.getuid()).pw_name}"


def test_a_customer_gets_what_is_kept_of_him(at_desk: Desk, shell: Path) -> None:
    said_by_mail = at_desk.inbound(NOA, "She never pays", external_id="internal", references=("<m1@customer.example>",))
    with at_desk.database.writers.begin() as session:
        at_desk.intake.take(session, replace(said_by_mail, raw_mail_id=2))
        session.exec(update(Message).where(col(Message.body) == "My printer smokes").values(raw_mail_id=1))
    at_desk.replies.reply("CASE-1", "Wrong window, sorry", MIA)  # it may still be stopped
    plain = typed("customer", "export", "U_ADA", "ada.zip")
    his = typed("customer", "export", "cara@customer.example", "his.zip")
    full = typed("customer", "export", "cara@customer.example", "cara.zip", "--notes")
    again = typed("customer", "export", "U_ADA", "ada.zip")

    assert [result.exit_code for result in (plain, his, full, again)] == [0, 0, 0, 2]
    with zipfile.ZipFile(shell / "ada.zip") as bundle:
        kept = json.loads(bundle.read("customer.json"))
        assert bundle.namelist() == ["customer.json", "customer.txt"]
        assert [message["body"] for message in kept["cases"][0]["messages"]] == ["Urgent: it burns", "On it"]
        assert "Ada (slack)\n    Urgent: it burns" in bundle.read("customer.txt").decode()
    with zipfile.ZipFile(shell / "his.zip") as bundle:
        assert bundle.namelist() == ["customer.json", "customer.txt", "mails/1.eml"]
        assert "never pays" not in bundle.read("customer.txt").decode()
    with zipfile.ZipFile(shell / "cara.zip") as bundle:
        assert "never pays" in bundle.read("customer.txt").decode()
        assert [bundle.read(f"mails/{number}.eml") for number in (1, 2)] == [SMALL, LARGE]
    assert [event.case_id for event in at_desk.rows(CaseEvent) if event.kind == "exported"] == [
        "CASE-1",
        "CASE-2",
        "CASE-2",
    ]
    assert list(Audit(at_desk.database).breaches()) == []


def test_history_is_counted_first(at_desk: Desk, shell: Path) -> None:
    mails = shell / "old.mbox"
    seam = "From x Mon May  4 09:00:00 2020\n"
    mails.write_text(
        f"{seam}From: Eve <eve@old.example>\nSubject: Old\nMessage-ID: <e@old.example>\n\nHello\n\n{seam}\nx\n"
    )
    before = at_desk.snapshot()

    counted = typed("import-mbox", "old.mbox")
    untouched = at_desk.snapshot() == before
    applied = typed("import-mbox", "old.mbox", "--apply")
    refused = typed("import-mbox", "nowhere.mbox")

    assert (counted.exit_code, untouched) == (0, True)
    assert "Can't be read: mail 2, from nobody, “”: it names no sender" in counted.stdout
    assert "Would be stored: 1 closed cases with 1 mails" in counted.stdout
    assert (applied.exit_code, applied.stdout.splitlines()[-1].startswith("Stored: 1 closed cases")) == (0, True)
    assert at_desk.case("CASE-3").customer_identifier == "eve@old.example"
    assert refused.exit_code == 2
