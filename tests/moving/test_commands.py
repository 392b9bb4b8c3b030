"""The commands for moving, as somebody types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.run_lock import alone_on
from bot.settings import SETTING_NAMES
from tests.cases.desk import Desk
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
