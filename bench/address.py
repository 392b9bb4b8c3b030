"""Databases of either kind: empty ones for as long as a benchmark needs them, or some in a folder that keeps them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.services.postgresql import Postgres


@contextmanager
def address(kind: str) -> Iterator[str]:
    """Lend an empty database of this kind."""
    with addresses(kind, ["desk"]) as [url]:
        yield url


@contextmanager
def addresses(kind: str, names: Sequence[str], keep: Path | None = None) -> Iterator[list[str]]:
    """Lend databases of these names; what the folder `keep` does not hold yet is empty, and is kept there."""
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-")))
            folder.mkdir(parents=True, exist_ok=True)
            yield [f"sqlite:///{folder}/{name}.db" for name in names]
            return
        server = _Server(keep)
        stack.callback(server.stop if keep else server.remove)
        server.start()
        yield [server.named(name) for name in names]


class _Server(Postgres):
    """A server that may have its cluster in a folder which outlives it."""

    def __init__(self, keep: Path | None) -> None:
        super().__init__()
        if keep is not None:
            self.folder.rmdir()
            self.folder = keep.resolve() / "postgresql"
            self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            self._cluster = self.folder / "cluster"

    def named(self, name: str) -> str:
        """The URL of the database of this name, which is made unless it is there."""
        with self._connect() as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there is None:
            self._execute(f"CREATE DATABASE {name}")
        return self.url(name)
