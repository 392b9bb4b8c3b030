"""Backups of SQLite: whole, checked, made beside a running bot, and put back."""

import random
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel
from typer.testing import CliRunner

from bot.backup import BackupRefused, back_up, postgresql_advice, restore
from bot.cli import app
from bot.cursors import move
from bot.db import Database
from bot.mail.archive import LARGEST_ROW, archive_of, folder_beside
from bot.migrations.migrate import migrate
from bot.run_lock import alone_on
from tests.cases.desk import START
from tests.settings.samples import REQUIRED

pytestmark = pytest.mark.one_database

LARGE = random.Random(7).randbytes(LARGEST_ROW * 2)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "desk").mkdir()
    database = Database(f"sqlite:///{tmp_path}/desk/cases.db")
    migrate(database.engine, SQLModel.metadata)
    store(database, "first")
    yield database
    database.close()


def store(database: Database, name: str) -> None:
    with database.writers.begin() as session:
        move(session, name, "1", START)


def names_in(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM cursors ORDER BY name")]


def test_a_backup_is_one_whole_file_for_our_eyes_only(database: Database, tmp_path: Path) -> None:
    copied = back_up(database.url, tmp_path / "monday.db")

    assert [path.name for path in tmp_path.glob("monday*")] == ["monday.db"]
    assert copied.bytes == copied.file.stat().st_size
    assert stat.S_IMODE(copied.file.stat().st_mode) == 0o600
    assert names_in(copied.file) == ["first"]


def test_it_holds_what_was_committed_while_others_write(database: Database, tmp_path: Path) -> None:
    with database.writers.begin() as session:
        move(session, "in hand", "1", START)
        session.flush()
        back_up(database.url, tmp_path / "monday.db")

    assert names_in(tmp_path / "monday.db") == ["first"]


def test_the_large_mails_come_along_once(database: Database, tmp_path: Path) -> None:
    kept = archive_of(database.url).keep(LARGE)
    backup = tmp_path / "monday.db"

    counts = [back_up(database.url, backup, force=True).mails for _ in range(2)]

    [mail] = (tmp_path / "monday_mail").rglob("*.zz")
    assert counts == [1, 1]
    assert mail.name == f"{kept.sha256}.eml.zz"
    assert mail.read_bytes() == (folder_beside(database.url) / kept.sha256[:2] / mail.name).read_bytes()


def test_a_mail_that_is_damaged_is_told_and_stops_no_backup(database: Database, tmp_path: Path) -> None:
    archive = archive_of(database.url)
    kept = [archive.keep(LARGE), archive.keep(LARGE + b"x")]
    [broken] = folder_beside(database.url).rglob(f"{kept[0].sha256}*")
    broken.write_bytes(broken.read_bytes()[:-100])

    copied = back_up(database.url, tmp_path / "monday.db")

    assert (copied.mails, copied.damaged) == (1, (f"its file is damaged: {kept[0].sha256}",))


def test_nothing_is_replaced_unasked(database: Database, tmp_path: Path) -> None:
    (tmp_path / "monday.db").write_text("last week")

    with pytest.raises(BackupRefused, match="--force"):
        back_up(database.url, tmp_path / "monday.db")

    assert (tmp_path / "monday.db").read_text() == "last week"


def test_a_damaged_database_replaces_no_backup(database: Database, tmp_path: Path) -> None:
    database.close()
    damaged = tmp_path / "damaged.db"
    shutil.copyfile(tmp_path / "desk" / "cases.db", damaged)
    with damaged.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 3 * 4096)
    (tmp_path / "monday.db").write_text("last week")

    with pytest.raises(BackupRefused, match=r"could not be copied.*damaged|malformed|disk image"):
        back_up(make_url(f"sqlite:///{damaged}"), tmp_path / "monday.db", force=True)

    assert (tmp_path / "monday.db").read_text() == "last week"
    assert not list(tmp_path.glob("monday.db?*"))


@pytest.mark.parametrize("content", [b"", b"words" * 1000])
def test_what_is_no_database_of_ours_is_not_put_in_its_place(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(content)

    with pytest.raises(BackupRefused, match="could not be copied"):
        restore(tmp_path / "notes.txt", make_url(f"sqlite:///{tmp_path}/cases.db"))

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_backup_is_put_back_with_its_mails(database: Database, tmp_path: Path) -> None:
    kept = archive_of(database.url).keep(LARGE)
    back_up(database.url, tmp_path / "monday.db")
    (tmp_path / "new").mkdir()
    target = make_url(f"sqlite:///{tmp_path}/new/cases.db")

    restore(tmp_path / "monday.db", target)

    assert names_in(tmp_path / "new" / "cases.db") == ["first"]
    assert [mail.name for mail in folder_beside(target).rglob("*.zz")] == [f"{kept.sha256}.eml.zz"]


def test_a_database_that_is_there_is_never_overwritten(database: Database, tmp_path: Path) -> None:
    back_up(database.url, tmp_path / "monday.db")
    store(database, "since then")

    with pytest.raises(BackupRefused, match="move it away"):
        restore(tmp_path / "monday.db", database.url)

    assert names_in(tmp_path / "desk" / "cases.db") == ["first", "since then"]


def test_postgresqls_command_tells_all_but_the_password() -> None:
    url = make_url("postgresql+psycopg://desk:s3cret@db.example:5433/cases")

    advice = postgresql_advice(url, Path("monday.dump"))

    assert "pg_dump --format=custom --file=monday.dump --host=db.example --port=5433 --username=desk" in advice
    assert "--dbname=cases" in advice
    assert "s3cret" not in advice


@pytest.fixture
def shell(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder with the settings of the desk."""
    monkeypatch.chdir(tmp_path)
    for name, text in ({"DATABASE_URL": f"sqlite:///{database.url.database}"} | REQUIRED).items():
        monkeypatch.setenv(name, text)
    return tmp_path


def test_the_command_works_beside_a_running_bot(shell: Path) -> None:
    with alone_on(f"sqlite:///{shell}/desk/cases.db"):
        first, again, back = (
            CliRunner().invoke(app, words) for words in (["backup", "x.db"], ["backup", "x.db"], ["restore", "x.db"])
        )

    assert (first.exit_code, first.output.split(" (")[0]) == (0, "Backed up to x.db")
    assert (again.exit_code, "--force" in again.output) == (2, True)
    assert (back.exit_code, "Casebot runs already" in back.output) == (2, True)


def test_a_second_run_is_refused_with_one_line(shell: Path) -> None:
    with alone_on(f"sqlite:///{shell}/desk/cases.db"):
        refused = CliRunner().invoke(app, ["run"])

    assert refused.exit_code == 2
    assert refused.output.splitlines()[-1].startswith("Casebot runs already on ")


def test_on_postgresql_the_command_tells_the_other_one(shell: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://desk:s3cret@db.example/cases")

    told, back = (CliRunner().invoke(app, [command, "x.dump"]) for command in ("backup", "restore"))

    assert (told.exit_code, "pg_dump" in told.output, "s3cret" in told.output) == (2, True, False)
    assert (back.exit_code, "s3cret" in back.output) == (2, False)
    assert "pg_restore --exit-on-error --no-owner --host=db.example --username=desk" in back.output
