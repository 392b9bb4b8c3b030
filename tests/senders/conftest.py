"""What the tests of senders share: a workspace and a bot that knows its places."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack.world import SlackWorld, slack_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SlackWorld]:
    with slack_world(tmp_path) as world:
        world.meet()
        yield world
