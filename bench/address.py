"""An empty database of either kind, for as long as a benchmark needs it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

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
