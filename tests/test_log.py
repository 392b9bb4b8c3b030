"""Log lines: one form for all, no library's chatter, no secret, one id per inbound."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from bot.log import FILE_BYTES, FILES_KEPT, configure, correlated

LIBRARIES = ("slack_sdk", "slack_bolt", "imapclient", "imaplib", "urllib3", "sqlalchemy.engine", "uvicorn")
SECRETS = ('pa"ss word', "höhle/42")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("bot")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    structlog.reset_defaults()


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> "Console":
    return Console(monkeypatch)


class Console:
    """Stands in for stderr while a test runs; pytest changes stderr between set-up and test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._stream = io.StringIO()

    def configure(self, level: str, form: str, file: Path | None = None, secrets: tuple[str, ...] = ()) -> None:
        with self._monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", self._stream)
            configure(level, form, file, secrets)

    def becomes_a_terminal(self) -> None:
        self._monkeypatch.setattr(self._stream, "isatty", lambda: True)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def facts(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.lines]


def test_a_fact_is_one_line_of_json_with_its_time_in_utc(console: Console) -> None:
    console.configure("INFO", "json")

    structlog.get_logger("bot.mail.watcher").info("mail collected", uid=7, subject="Grüße\nzwei")

    [fact] = console.facts
    assert fact["event"] == "mail collected"
    assert (fact["uid"], fact["subject"]) == (7, "Grüße\nzwei")
    assert (fact["level"], fact["logger"]) == ("info", "bot.mail.watcher")
    at = datetime.fromisoformat(str(fact["timestamp"]))
    assert at.utcoffset() == timedelta()
    assert abs(datetime.now(UTC) - at) < timedelta(hours=1)


def test_the_console_reads_as_key_and_value_without_colours(console: Console) -> None:
    console.configure("INFO", "console")

    structlog.get_logger("bot.cases").info("case closed", case="CASE-1", by="Ann Admin")

    [line] = console.lines
    assert "case closed" in line
    assert "case='CASE-1' by='Ann Admin'" in line
    assert "\x1b" not in line


def test_a_terminal_gets_colours_unless_it_asks_for_none(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console.becomes_a_terminal()
    monkeypatch.delenv("NO_COLOR", raising=False)
    console.configure("INFO", "console")
    structlog.get_logger("bot").info("coloured")

    monkeypatch.setenv("NO_COLOR", "1")
    console.configure("INFO", "console")
    structlog.get_logger("bot").info("plain")

    coloured, plain = console.lines
    assert "\x1b" in coloured
    assert "\x1b" not in plain


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_stay_at_warning_whatever_our_level_is(console: Console, library: str) -> None:
    console.configure("DEBUG", "json")

    logging.getLogger(library).info("xoxb-chatter")
    logging.getLogger(library).warning("trouble with %s", "the socket")
    structlog.get_logger("bot.outbox").debug("delivery claimed")

    assert [fact["event"] for fact in console.facts] == ["trouble with the socket", "delivery claimed"]


def test_a_library_that_sets_its_own_level_is_not_heard_either(
    console: Console, request: pytest.FixtureRequest
) -> None:
    library = logging.getLogger("slack_bolt.App")
    request.addfinalizer(lambda: library.setLevel(logging.NOTSET))
    console.configure("DEBUG", "json")

    library.setLevel(logging.DEBUG)
    library.debug("a customer's words")
    logging.getLogger("botany").error("not ours, but loud")

    assert [fact["event"] for fact in console.facts] == ["not ours, but loud"]


def test_our_level_holds_for_us_and_leaves_libraries_alone(console: Console) -> None:
    console.configure("ERROR", "json")

    structlog.get_logger("bot.cases").warning("quiet")
    logging.getLogger("bot.cases").warning("quiet")
    logging.getLogger("urllib3").warning("loud")

    assert [fact["event"] for fact in console.facts] == ["loud"]


def test_everything_inside_carries_the_id_and_nothing_outside(console: Console) -> None:
    console.configure("INFO", "json")
    log = structlog.get_logger("bot.cases")

    with correlated("Ev1") as given:
        log.info("received")
        with correlated() as inner:
            logging.getLogger("slack_sdk").warning("slow")
        log.info("stored")
    log.info("idle")

    assert given == "Ev1"
    assert re.fullmatch(r"[0-9a-f]{8}", inner)
    assert [fact.get("correlation") for fact in console.facts] == ["Ev1", inner, "Ev1", None]


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_are_blotted_out_of_lines_and_tracebacks(console: Console, form: str, tmp_path: Path) -> None:
    file = tmp_path / "logs" / "casebot.log"
    console.configure("INFO", form, file, SECRETS)
    told = "\n".join(("see", *SECRETS, "xoxb-1-hunter2", "xapp-1-hunter2", "xoxe.xoxp-1-hunter2"))
    log = structlog.get_logger("bot.slack")

    log.info(told, text=told, nested={"deep": [told]})
    logging.getLogger("slack_sdk").warning("header %s", {"Authorization": "Bearer hunter2"})
    logging.getLogger("urllib3").warning("to postgresql://casebot:hunter2@db/x and wss://s/?ticket=hunter2-a")
    try:
        SECRETS.index(told)
    except ValueError as error:
        error.add_note(told)
        log.exception("failed")
        logging.getLogger("imapclient").exception("failed")

    written = console.text + file.read_text(encoding="utf-8")
    assert "[secret]" in written
    assert "ValueError" in written
    for secret in ("hunter2", *SECRETS, *(json.dumps(secret)[1:-1] for secret in SECRETS)):
        assert secret not in written


def test_an_exception_in_json_is_a_string_and_shows_no_local_variables(console: Console) -> None:
    console.configure("INFO", "json")
    words = "a customer's words"

    try:
        words.index("CASE-")
    except ValueError:
        logging.getLogger("apscheduler").exception("job failed")
        structlog.get_logger("bot.jobs").exception("job failed")

    for fact in console.facts:
        assert "ValueError: substring not found" in str(fact["exception"])
        assert words not in str(fact)


def test_a_text_from_outside_starts_no_line_of_its_own(console: Console) -> None:
    console.configure("INFO", "console")

    logging.getLogger("imapclient").warning("server says %s", "hi\n2026 [info] case closed \x1b[2J")
    structlog.get_logger("bot.mail").info("mail collected", subject="hi\nfake\x9b2J")

    assert len(console.lines) == 2
    assert "\x1b" not in console.text
    assert "\x9b" not in console.text


def test_a_line_that_cannot_be_written_is_not_quoted(console: Console, capsys: pytest.CaptureFixture[str]) -> None:
    console.configure("INFO", "json")
    ours = logging.getLogger().handlers[-1]

    ours.handle(logging.makeLogRecord({"name": "slack_sdk", "levelno": 30, "msg": "%d", "args": ("some words",)}))

    assert capsys.readouterr().err == "a log line of slack_sdk could not be written\n"


def test_configuring_again_starts_afresh(console: Console, tmp_path: Path) -> None:
    console.configure("DEBUG", "console", tmp_path / "casebot.log")
    console.configure("INFO", "json")

    structlog.get_logger("bot").debug("quiet")
    structlog.get_logger("bot").info("once")

    assert [fact["event"] for fact in console.facts] == ["once"]
    assert (tmp_path / "casebot.log").read_text(encoding="utf-8") == ""


def test_the_file_is_rotated(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "casebot.log"
    file.write_bytes(b"x" * FILE_BYTES)
    console.configure("INFO", "json", file)

    structlog.get_logger("bot").info("the first of a new file")

    assert FILES_KEPT == 5
    assert (tmp_path / "casebot.log.1").stat().st_size == FILE_BYTES
    assert json.loads(file.read_text(encoding="utf-8"))["event"] == "the first of a new file"
