"""A database of either kind: an empty one for as long as a benchmark needs it, or one in a folder that keeps it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.services.postgresql import Postgres


@contextmanager
def address(kind: str) -> Iterator[str]:
    """Lend an empty database of this kind."""
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-"))
            yield f"sqlite:///{folder}/desk.db"
            return
        server = Postgres()
        stack.callback(server.remove)
        server.start()
        yield stack.enter_context(server.database())


@contextmanager
def kept_address(kind: str, folder: Path, name: str) -> Iterator[str]:
    """Lend the database of this name from a folder; the first time it is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield f"sqlite:///{folder}/{name}.db"
        return
    server = _KeptPostgres(folder / "postgresql")
    server.start()
    try:
        server.ensure(name)
        yield server.url(name)
    finally:
        server.stop()


class _KeptPostgres(Postgres):
    """A server whose cluster outlives the run."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder.rmdir()
        self.folder = folder.resolve()
        self.folder.mkdir(mode=0o755, exist_ok=True)
        self._cluster = self.folder / "cluster"

    def ensure(self, name: str) -> None:
        """Make the database of this name unless it is there."""
        with self._connect() as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there is None:
            self._execute(f"CREATE DATABASE {name}")
