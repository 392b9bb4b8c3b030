"""A desk moves house: exported from one database, imported into another, and nothing is lost or changed."""

import gzip
import json
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from bot.cases.audit import Audit
from bot.cases.queries import CaseQueries
from bot.db import Database
from bot.mail.archive import archive_of
from bot.mail.models import RawMail
from bot.migrations.migrate import head
from bot.moving.arrival import Arrival
from bot.moving.departure import Departed, Departure
from bot.moving.drafts import MovingRefused
from tests.cases.desk import ADA, BEN, CARA, MIA, START, Desk, StillClock
from tests.moving.conftest import NewDesk
from tests.moving.household import LARGE, copy_of, lived_in

pytestmark = pytest.mark.needs("postgresql")


def exported(database: Database, file: Path) -> Departed:
    return Departure(database, head(), "0.1.0", START).write(file)


def arrive(database: Database, file: Path) -> dict[str, Any]:
    return dict(Arrival(database, head(), StillClock()).read(file))


def lines_of(file: Path) -> list[dict[str, Any]]:
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [json.loads(line) for line in raw.splitlines()]


@pytest.mark.parametrize(("old", "new"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_desk_moves_from_one_database_to_the_other(new_desk: NewDesk, tmp_path: Path, old: str, new: str) -> None:
    left = new_desk(old)
    lived_in(left)
    departed = exported(left, tmp_path / "desk.jsonl.gz")
    if old == "postgresql":
        (tmp_path / "case_management_mail").rename(tmp_path / "left_behind")
    entered = new_desk(new)

    stored = arrive(entered, tmp_path / "desk.jsonl.gz")
    exported(entered, tmp_path / "again.jsonl")

    first, again = lines_of(tmp_path / "desk.jsonl.gz"), lines_of(tmp_path / "again.jsonl")
    assert first[1:] == again[1:]
    assert {name: tally.told() for name, tally in stored.items()} == first[-1]["end"]["tables"]
    assert all(tally.rows for tally in departed.tables.values()), "a table that nothing moves in proves nothing"
    assert departed.mails == 1
    goes_on(entered)


def goes_on(database: Database) -> None:
    """What came is found, sealed and whole, and new rows stand beside it."""
    queries = CaseQueries(database)
    assert [hit.case.case_id for hit in queries.search("smokes", CARA).hits] == ["CASE-2"]
    assert [hit.case.case_id for hit in queries.search("pays", MIA).hits] == ["CASE-1"]
    assert queries.search("pays", ADA).hits == []
    with database.readers.begin() as session:
        large = session.get_one(RawMail, 2)
    assert archive_of(database.url).read(large) == LARGE
    desk = Desk(database)
    desk.says(BEN, "A new one", external_id="new")
    desk.says(ADA, "And more", external_id="more")
    assert desk.case("CASE-3").customer_identifier == BEN.identity
    assert list(Audit(database).breaches()) == []


def test_the_file_is_one_moment_and_for_our_eyes_only(new_desk: NewDesk, tmp_path: Path) -> None:
    database = new_desk("postgresql")
    desk = lived_in(database)
    file = tmp_path / "desk.jsonl"

    def said_meanwhile(_rows: int) -> None:
        if len(desk.messages()) < 10:
            desk.says(BEN, "meanwhile", external_id=f"{len(desk.messages())}")

    departed = Departure(database, head(), "0.1.0", START).write(file, progress=said_meanwhile)

    header, *rest = lines_of(file)
    assert (header["casebot_export"], header["schema"], header["app"]) == (1, head(), "0.1.0")
    assert "meanwhile" not in file.read_text()
    assert departed.tables["messages"].rows == sum(line.get("table") == "messages" for line in rest)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(MovingRefused, match="--force"):
        exported(database, file)


@pytest.fixture(scope="module")
def export(home: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The export of a desk that was lived in."""
    folder = tmp_path_factory.mktemp("left")
    with closing(copy_of(home, folder / "desk")) as database:
        exported(database, folder / "desk.jsonl")
    return (folder / "desk.jsonl").read_bytes()


@pytest.fixture(scope="module")
def empty(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One empty desk, which every refused import leaves empty."""
    with closing(copy_of(blank, tmp_path_factory.mktemp("empty") / "desk")) as database:
        yield database


def holds_nothing(database: Database) -> bool:
    with database.engine.connect() as connection:
        counts = [
            connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
            for table in SQLModel.metadata.sorted_tables
        ]
    return not any(counts) and not list(Path(database.url.database or "").parent.glob("*_mail/*/*"))


def cut(lines: list[bytes]) -> None:
    del lines[-1]


def cut_in_a_mail(lines: list[bytes]) -> None:
    del lines[-2:]


def change(lines: list[bytes]) -> None:
    lines[:] = [line.replace(b"it burns", b"it freezes") for line in lines]


def damage(lines: list[bytes]) -> None:
    lines[:] = [line.replace(b'"piece":"', b'"piece":"AAAA') for line in lines]


def mislay(lines: list[bytes]) -> None:
    del lines[next(number for number, line in enumerate(lines) if b'"table":"people"' in line)]


def renumber(lines: list[bytes]) -> None:
    lines[0] = lines[0].replace(head().encode(), b"9999")


def add_a_column(lines: list[bytes]) -> None:
    lines[1] = lines[1].replace(b'"row":{', b'"row":{"colour":"red",')


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (cut, "cut off: its end is missing"),
        (cut_in_a_mail, "cut off in the middle of a mail"),
        (change, "messages, case_events: the file was changed"),
        (damage, "damaged mail"),
        (mislay, "people: the file was changed"),
        (renumber, r"made by Casebot 0.1.0 \(schema 9999\); this version has schema"),
        (add_a_column, "has other columns"),
        (list.clear, "no export of Casebot's"),
    ],
)
def test_a_file_that_is_not_whole_leaves_nothing(
    empty: Database, export: bytes, tmp_path: Path, spoil: Any, why: str
) -> None:
    lines = export.splitlines(keepends=True)
    spoil(lines)
    (tmp_path / "desk.jsonl").write_bytes(b"".join(lines))

    with pytest.raises(MovingRefused, match=why):
        arrive(empty, tmp_path / "desk.jsonl")

    assert holds_nothing(empty)


@pytest.mark.parametrize("name", ["desk.jsonl", "desk.jsonl.gz"])
def test_progress_goes_over_the_file_twice(new_desk: NewDesk, export: bytes, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(gzip.compress(export) if name.endswith(".gz") else export)
    steps: list[int] = []

    Arrival(new_desk("sqlite"), head(), StillClock()).read(file, steps.append)

    assert min(steps) >= 0
    assert file.stat().st_size < sum(steps) <= 2 * file.stat().st_size


def test_a_desk_that_is_not_empty_is_left_alone(new_desk: NewDesk, export: bytes, tmp_path: Path) -> None:
    database = new_desk("sqlite")
    desk = Desk(database)
    desk.says(BEN, "I was here first")
    before = desk.snapshot()
    (tmp_path / "desk.jsonl").write_bytes(export)

    with pytest.raises(MovingRefused, match="not empty: there are rows in case_numbers, cases"):
        arrive(database, tmp_path / "desk.jsonl")

    assert desk.snapshot() == before
