"""One `casebot run` per SQLite file: a lock beside it that the kernel frees, however its holder ends."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy.engine import make_url

log = structlog.get_logger(__name__)

_HELD = frozenset({errno.EACCES, errno.EAGAIN})


class AlreadyRunning(Exception):
    """Another process runs on this database; the text says which, and what to do."""


@contextmanager
def alone_on(database_url: str) -> Iterator[None]:
    """Be the only process that runs the bot on an SQLite file; AlreadyRunning if another one does.

    PostgreSQL takes any number. Where files can't be locked (Windows, some network drives), that is said and all
    goes on.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        yield
        return
    file = Path(url.database).resolve()  # one file, whatever it is called
    handle = _opened(file.with_name(f"{file.name}.lock"))
    try:
        if handle is not None:
            _take(handle, file)
        yield
    finally:
        # The file stays: who removed it could remove one that somebody else has just locked.
        if handle is not None:
            os.close(handle)


def _opened(file: Path) -> int | None:
    if sys.platform == "win32":
        log.warning("this system has no flock: make sure that only one casebot run uses this database")
        return None
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        return None  # no folder: the database itself tells it better
    except OSError as refused:
        log.warning("no lock beside the database", file=str(file), reason=refused.strerror)
        return None


def _take(handle: int, file: Path) -> None:
    try:
        _lock(handle)
    except OSError as refused:
        if refused.errno in _HELD:
            raise AlreadyRunning(_advice(file, os.pread(handle, 20, 0).decode(errors="replace").strip())) from refused
        log.warning("the database's folder knows no locks", file=str(file), reason=refused.strerror)
        return
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)


def _advice(file: Path, holder: str) -> str:
    process = f" (process {holder})" if holder else ""
    return (
        f"Casebot runs already on {file}{process}. Stop it first, or set DATABASE_URL to another file. "
        "Several processes at once need PostgreSQL."
    )


if sys.platform != "win32":
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
