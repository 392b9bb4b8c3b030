"""The world of these tests: a real mailbox, a desk on a database, and a watcher between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db import Database
from tests.mail.post import Post
from tests.services.dovecot import Dovecot


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside PostgreSQL, large mails are files in the working directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def post(dovecot: Dovecot, database: Database) -> Iterator[Post]:
    """A desk whose mailbox is on Dovecot."""
    world = Post(database, dovecot.environment())
    yield world
    world.close()
