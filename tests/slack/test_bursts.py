"""Many speak at once: their words are taken in together, and a line that breaks before the acks loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases.models import Case, Message
from bot.rows import after_commit_of
from tests.services.process import wait_until
from tests.slack.outage import Outage, outage

SAID = 30
WORDS = [f"line {number}" for number in range(SAID)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Outage]:
    """A desk that hears, and a Slack that keeps what nobody acked and sends it again."""
    with outage(f"sqlite:///{tmp_path / 'cases.db'}") as world:
        world.sandbox.link.keeps_events = True
        world.up()
        yield world


def test_a_line_that_breaks_between_commit_and_acks_loses_and_doubles_nothing(world: Outage) -> None:
    """As if the process were killed there: of what one transaction took in, not one envelope is acked."""
    link, commits = world.sandbox.link, list[int]()
    link.ack_timeout = 1.0

    def break_the_line() -> None:
        commits.append(world.count(Message))
        if len(commits) == 1:
            wait_until(lambda: link.waiting == SAID, "all that were said at once")
        elif len(commits) == 2:
            link.cut()
            wait_until(lambda: link.connections == 0, "the line to break")

    after_commit_of(world.running.desk.database.writers, Message, break_the_line)
    for number, words in enumerate(WORDS):
        world.writes(("carla", "cosmo")[number % 2], words)
    world.sandbox.settle()

    assert world.bodies() == WORDS
    assert (world.count(Case), world.count(Message)) == (2, SAID)
    assert len(commits) < SAID / 2, "many were taken in together"
    assert link.retried > 0
    assert link.lost == []
