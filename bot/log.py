"""Facts as log lines: ours and the libraries' in one form, with a correlation id and without secrets."""

import json
import logging
import os
import re
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

OURS = "bot"
FILE_BYTES = 10_000_000
FILES_KEPT = 5
BLOTTED = "[secret]"
SHORTEST_SECRET = 4

# Tokens of every kind, hook addresses (who has one may post), the ticket in a Socket Mode address,
# Authorization headers, and passwords inside addresses.
_SECRET_SHAPES = (
    r"xox[a-z][-.][\w.-]+",
    r"xapp-[\w.-]+",
    r"(?<=hooks\.slack\.com/)[^\s\"'<>\\]+",
    r"(?<=ticket=)[\w.%-]+",
    r"(?<=Bearer )[\w.~+/=-]+",
    r"(?<=Basic )(?!Information)[\w+/=]{8,}",
    r"(?<=://)[^\s/@:\"'<>\\]*:[^\s/@\"'<>\\]+(?=@)",
)
_ESCAPED = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
_ESCAPED_BUT_LINES = {code: text for code, text in _ESCAPED.items() if chr(code) not in "\n\t"}


def configure(level: str, format: str, file: Path | None = None, known_secrets: Iterable[str] = ()) -> None:
    """Send every log line to stderr, and to the file if one is named; calling it again starts afresh.

    `level` holds for loggers below `bot`; all others stay at WARNING, because libraries' DEBUG lines carry
    customers' words and tokens. `format` is `console` or `json`. Raises OSError if the file cannot be opened.
    """
    shapes = _pattern(known_secrets)
    handlers = []
    for handler, colours in _handlers(file):
        handler.setFormatter(_Redacted(shapes, _drawing(format, colours=colours)))
        handlers.append(handler)
    _install(handlers, level.upper())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_shared(), ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


@contextmanager
def correlated(id: str | None = None) -> Iterator[str]:
    """Mark every line logged inside, in this thread or task, with one id; a short random one by default."""
    chosen = id or secrets.token_hex(4)
    with structlog.contextvars.bound_contextvars(correlation=chosen):
        yield chosen


class _Redacted(ProcessorFormatter):
    """Draws a record and blots out what looks like a secret, at last and in all of it, tracebacks too."""

    def __init__(self, shapes: re.Pattern[str], drawing: list[Processor]) -> None:
        super().__init__(foreign_pre_chain=_shared(), processors=[ProcessorFormatter.remove_processors_meta, *drawing])
        self._shapes = shapes

    def format(self, record: logging.LogRecord) -> str:
        return self._shapes.sub(BLOTTED, super().format(record))


class _Discreet(logging.Handler):
    """What our handlers have in common: a failure never prints the record."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Replace the standard library's report, which would quote the record unredacted."""
        sys.stderr.write(f"a log line of {record.name} could not be written\n")


class _Stream(_Discreet, logging.StreamHandler[TextIO]):
    """To the console."""


class _File(_Discreet, RotatingFileHandler):
    """To a file, with its predecessors kept beside it."""


def _handlers(file: Path | None) -> Iterator[tuple[logging.Handler, bool]]:
    """Yield each handler and whether it may use colours."""
    yield _Stream(sys.stderr), sys.stderr.isatty() and "NO_COLOR" not in os.environ
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        yield _File(file, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"), False


def _install(handlers: list[logging.Handler], level: str) -> None:
    root = logging.getLogger()
    for former in [handler for handler in root.handlers if isinstance(handler, _Discreet)]:
        root.removeHandler(former)
        former.close()
    for handler in handlers:
        handler.addFilter(_worth_telling)
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)


def _worth_telling(record: logging.LogRecord) -> bool:
    """Hold the rule of levels also against a library that sets its own logger's."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == OURS


def _shared() -> list[Processor]:
    """List what happens to our facts and to libraries' records alike."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _drawing(format: str, *, colours: bool) -> list[Processor]:
    if format.lower() == "json":
        return [structlog.processors.JSONRenderer()]
    console = structlog.dev.ConsoleRenderer(
        colors=colours,
        sort_keys=False,
        repr_native_str=True,
        exception_formatter=structlog.dev.plain_traceback,
    )
    return [_without_control_letters, console]


def _without_control_letters(_logger: WrappedLogger, _name: str, fact: EventDict) -> EventDict:
    """Keep a text from outside from starting a line of its own or from steering the terminal."""
    fact["event"] = str(fact["event"]).translate(_ESCAPED)
    for part in ("exception", "stack"):
        if part in fact:
            fact[part] = str(fact[part]).translate(_ESCAPED_BUT_LINES)
    return fact


def _pattern(known_secrets: Iterable[str]) -> re.Pattern[str]:
    """Match the known secrets in every spelling a line can give them, and whatever is shaped like one."""
    spellings = {
        spelling
        for secret in known_secrets
        if len(secret) >= SHORTEST_SECRET
        for spelling in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(secret, safe=""))
    }
    known = sorted(map(re.escape, spellings), key=len, reverse=True)
    return re.compile("|".join((*known, *_SECRET_SHAPES)))
