"""What the tests of the Slack edge share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack.hands import Hands, hands_on
from tests.slack.world import SlackWorld, slack_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SlackWorld]:
    """A workspace and a bot that knows its people and places."""
    with slack_world(tmp_path) as world:
        world.meet()
        yield world


@pytest.fixture
def hands(tmp_path: Path) -> Iterator[Hands]:
    """A bot that is connected, and people who use it."""
    with hands_on(tmp_path) as hands:
        yield hands
