"""`.env` as a person keeps it: only what was asked for is changed, whole or not at all."""

from pathlib import Path

import pytest

from bot.settings import sketch_settings
from bot.setup.env_file import NotWritable, changed, write

BY_HAND = """# my desk
export LEGACY=1

SLACK_BOT_TOKEN=xoxb-old # rotated in May
IMAP_PASSWORD='it''s odd'
this line is no variable
LOG_LEVEL=INFO"""


def test_only_what_is_asked_for_changes() -> None:
    text = changed(BY_HAND, {"SLACK_BOT_TOKEN": "xoxb-new", "IMAP_SERVER": "imap.example.com"})

    assert text.splitlines() == [
        "# my desk",
        "export LEGACY=1",
        "",
        "SLACK_BOT_TOKEN=xoxb-new",
        "IMAP_PASSWORD='it''s odd'",
        "this line is no variable",
        "LOG_LEVEL=INFO",
        "IMAP_SERVER=imap.example.com",
    ]


def test_writing_the_same_twice_changes_nothing() -> None:
    once = changed(BY_HAND, {"IMAP_FOLDER": "INBOX, Support #1", "LOG_LEVEL": "DEBUG"})

    assert changed(once, {"IMAP_FOLDER": "INBOX, Support #1", "LOG_LEVEL": "DEBUG"}) == once


def test_a_name_that_stands_twice_is_changed_in_both_places() -> None:
    assert changed("A=1\nB=2\nA=3\n", {"A": "4"}) == "A=4\nB=2\nA=4\n"


@pytest.mark.parametrize(
    "password",
    ["plain", "#hash", "a b", "it's", 'say "hi"', "back\\slash", "end\\", "$HOME ${X} `id`", "ü", "=", "' # '", "\\'"],
)
def test_every_value_reads_back_as_it_was(tmp_path: Path, password: str) -> None:
    file = tmp_path / ".env"

    write(file, {"IMAP_PASSWORD": password, "IMAP_SERVER": "imap.example.com"})
    values = sketch_settings({}, file).values

    assert values == {"IMAP_PASSWORD": password, "IMAP_SERVER": "imap.example.com"}


def test_a_new_file_is_for_us_alone_and_says_where_it_is_from(tmp_path: Path) -> None:
    write(tmp_path / ".env", {"PORT": "8001"})

    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / ".env").read_text(encoding="utf-8").startswith("# Written by casebot init.")
    assert [file.name for file in tmp_path.iterdir()] == [".env"]


def test_a_new_file_begins_with_the_explanations_where_they_are(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text("# The port.\nPORT=8000\n", encoding="utf-8")

    write(tmp_path / ".env", {"PORT": "8001"})

    assert (tmp_path / ".env").read_text(encoding="utf-8") == "# The port.\nPORT=8001\n"


def test_a_file_that_others_could_read_no_longer_can_be(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n", encoding="utf-8")
    file.chmod(0o644)

    write(file, {"A": "2"})

    assert file.stat().st_mode & 0o777 == 0o600


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "env").write_text("A=1\n", encoding="utf-8")
    (tmp_path / ".env").symlink_to(tmp_path / "kept" / "env")

    write(tmp_path / ".env", {"A": "2"})

    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "kept" / "env").read_text(encoding="utf-8") == "A=2\n"


@pytest.mark.parametrize("content", [None, b"A=\xff\n"])
def test_what_can_not_be_written_is_said_and_left_alone(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / ("nowhere/.env" if content is None else ".env")
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(NotWritable, match=r"can't be written \(.+\)\."):
        write(file, {"A": "2"})

    assert content is None or file.read_bytes() == content
