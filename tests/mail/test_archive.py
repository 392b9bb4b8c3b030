"""Where the bytes of mails are: small ones in their rows, large ones in files, and never half of one."""

import os
import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.mail.archive import LARGEST_ROW, Archive, Kept, MailGone, archive_of
from bot.mail.models import RawMail
from tests.mail.samples import ARRIVED

LARGE = random.Random(7).randbytes(LARGEST_ROW * 3)


def row(kept: Kept) -> RawMail:
    return RawMail(
        mailbox="m",
        folder="INBOX",
        uid_validity=1,
        uid=1,
        received_at=ARRIVED,
        size=kept.size,
        sha256=kept.sha256,
        content=kept.content,
    )


def pieces(content: bytes, size: int = 100_000) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [b"", b"From: c@example.com\r\n\r\nHello", b"x" * LARGEST_ROW * 10])
def test_what_is_small_once_compressed_stays_in_its_row(tmp_path: Path, content: bytes) -> None:
    archive = Archive(tmp_path / "mail")

    kept = archive.keep(content)

    assert (zlib.decompress(kept.content), files(tmp_path)) == (content, [])
    assert archive.read(row(kept)) == content


def test_what_is_large_is_one_file_however_often_it_comes(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "mail")

    kept = [archive.keep_pieces(pieces(LARGE)), archive.keep(LARGE)]

    assert kept[0] == kept[1]
    assert (kept[0].content, kept[0].size) == (b"", len(LARGE))
    [file] = files(tmp_path)
    assert file.name.startswith(kept[0].sha256)
    assert archive.read(row(kept[0])) == LARGE


def test_only_we_can_read_the_files(tmp_path: Path) -> None:
    Archive(tmp_path / "mail").keep(LARGE)

    [file] = files(tmp_path)
    assert [path.stat().st_mode & 0o077 for path in (file, file.parent, tmp_path / "mail")] == [0, 0, 0]


def test_a_mail_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield from pieces(LARGE)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        Archive(tmp_path / "mail").keep_pieces(breaking())

    assert files(tmp_path) == []


def test_the_file_is_safe_before_its_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deeds: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(handle: int) -> None:
        deeds.append("sync")
        sync(handle)

    def noted_replace(path: Path, target: Path) -> Path:
        deeds.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)

    Archive(tmp_path).keep(LARGE)

    named = deeds.index("name")
    assert ("sync" in deeds[:named], deeds[named:]) == (True, ["name", "sync"])


@pytest.mark.parametrize("damage", [b"", b"not zlib", zlib.compress(b"another mail")])
def test_a_damaged_file_is_told(tmp_path: Path, damage: bytes) -> None:
    archive = Archive(tmp_path)
    kept = archive.keep(LARGE)
    files(tmp_path)[0].write_bytes(damage)

    with pytest.raises(MailGone):
        archive.read(row(kept))


def test_a_lost_file_is_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    kept = archive.keep(LARGE)
    files(tmp_path)[0].unlink()

    with pytest.raises(MailGone, match="can't be read"):
        archive.read(row(kept))


def test_the_files_are_beside_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    archive_of(make_url(f"sqlite:///{tmp_path}/desk/cases.db")).keep(LARGE)
    archive_of(make_url("postgresql+psycopg://casebot@database/casebot")).keep(LARGE)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["case_management_mail", "desk"]
    assert [path.name for path in (tmp_path / "desk").iterdir()] == ["cases_mail"]
