"""The power fails: again and again while mail pours in, and in the middle of catching up with Slack."""

from pathlib import Path

import pytest

from bench.kill_collect import Ordeal, faults
from bot.cases.models import Case, Message
from bot.demo.process import BotProcess
from bot.sandbox.server import Sandbox
from tests.services.dovecot import Dovecot
from tests.services.process import wait_until
from tests.slack.outage import outage

MAILS, KILLS = 60, 3
SAID, SAID_BEFORE_THE_KILL = 60, 10


@pytest.mark.timeout(150)
def test_mixed_mails_and_kills_lose_and_double_nothing(dovecot: Dovecot, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        found = Ordeal(sandbox, dovecot, tmp_path).run(MAILS, KILLS, seed=2026)

    assert faults(found, MAILS) == []
    assert found.ledger == MAILS


@pytest.mark.one_database
@pytest.mark.timeout(150)
def test_killed_in_the_middle_of_catching_up_it_goes_on_and_nothing_is_doubled(
    database_url: str, tmp_path: Path
) -> None:
    with outage(database_url) as world:
        world.up()
        world.down()
        before = world.marks().line_at
        for number in range(SAID):
            world.writes(("carla", "cosmo")[number % 2], f"line {number}")
        bot = BotProcess(world.environment, tmp_path)

        bot.start(wait=False)
        wait_until(lambda: world.count(Message) >= SAID_BEFORE_THE_KILL, "the first words", 60)
        bot.kill()
        assert world.count(Message) < SAID
        assert world.marks().line_at == before
        bot.start(wait=False)
        wait_until(lambda: world.count(Message) == SAID and world.marks().line_at != before, "all words", 60)
        bot.stop()

        assert world.bodies() == [f"line {number}" for number in range(SAID)]
        assert world.count(Case) == 2
