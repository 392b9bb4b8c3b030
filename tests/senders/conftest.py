"""What the tests of senders share: a workspace and a bot that knows its places."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.db import Database
from tests.services.standing import opened
from tests.slack.world import SlackWorld, slack_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SlackWorld]:
    with slack_world(tmp_path) as world:
        world.meet()
        yield world


@pytest.fixture
def mail_database(tmp_path: Path) -> Iterator[Database]:
    """Empty tables for a desk without Slack."""
    with opened(f"sqlite:///{tmp_path / 'mail.db'}") as database:
        yield database
