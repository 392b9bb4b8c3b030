"""A short storm: everything that was sent in is kept once and said once; and the account sees it where it is not."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bot.chaos.account import Account
from bot.chaos.fleet import Fleet
from bot.chaos.run import Outcome, Trial
from bot.chaos.strikes import STRIKES
from bot.sandbox.server import Sandbox

QUICK = {"SIGKILL at a commit", "resets", "envelopes twice and out of order", "mailbox away", "5xx"}
SEED, ROUNDS = 29, 2  # the first round has three strikes at once, SIGKILL among them


@dataclass(frozen=True)
class Storm:
    """What was gone through, and the desk as it stands afterwards."""

    fleet: Fleet
    trial: Trial
    outcome: Outcome
    told: list[str]

    def tampered(self, statement: str) -> Account:
        """What the account says after somebody's hand in the database."""
        with self.fleet.engine.begin() as connection:
            assert connection.execute(text(statement)).rowcount == 1
        return self.trial.account


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    """Two rounds with the quick ones of the strikes, on SQLite and the sandbox's mailbox; then the bot is stopped."""
    folder = tmp_path_factory.mktemp("chaos")
    told: list[str] = []
    with Sandbox() as sandbox:
        fleet = Fleet(sandbox, folder, f"sqlite:///{folder / 'cases.db'}")
        strikes = [strike for strike in STRIKES if strike.name in QUICK]
        trial = Trial(fleet, SEED, told.append, patience=60, strikes=strikes)
        try:
            outcome = trial.run(ROUNDS)
            fleet.bots[0].stop()
            yield Storm(fleet, trial, outcome, told)
        finally:
            fleet.stop()


@pytest.mark.timeout(180)
def test_nothing_is_lost_doubled_or_left_unsaid(storm: Storm) -> None:
    assert storm.outcome.account == Account()
    assert storm.outcome.account.line() == "lost 0 · doubled 0 · unsaid 0"
    assert len(storm.told) == len(storm.outcome.recoveries) == ROUNDS
    assert storm.outcome.kills > 0
    assert storm.outcome.points_struck > 0
    assert storm.outcome.sent > ROUNDS


def test_what_is_missing_in_the_database_is_lost(storm: Storm) -> None:
    word = next(said.token for said in storm.trial.traffic.said if said.sure)

    account = storm.tampered(f"UPDATE messages SET body = 'gone' WHERE body LIKE '%{word}%'")

    assert any(word in fault for fault in account.lost)


def test_what_stands_twice_in_slack_is_doubled_and_what_is_gone_there_unsaid(storm: Storm) -> None:
    workspace = storm.fleet.sandbox.workspace
    with workspace.changes.writing():
        posts = workspace.channel("#support").messages
        ts, card = next((ts, post) for ts, post in posts.items() if post["text"].startswith("CASE-1 "))
        posts["9999999999.000001"] = card | dict.fromkeys(("ts", "thread_ts"), "9999999999.000001")
    doubled = storm.trial.account.doubled
    with workspace.changes.writing():
        del posts["9999999999.000001"], posts[ts]

    assert "CASE-1 has 2 cards" in doubled
    assert "CASE-1 has no card" in storm.trial.account.unsaid


def test_a_second_row_of_the_same_words_is_doubled(storm: Storm) -> None:
    first, second = [said.token for said in storm.trial.traffic.said if said.sure][1:3]

    account = storm.tampered(f"UPDATE messages SET body = body || ' {first}' WHERE body LIKE '%{second}%'")

    assert f"{first} stands in 2 messages" in account.doubled


def test_what_waits_to_be_said_is_unsaid(storm: Storm) -> None:
    account = storm.tampered("UPDATE deliveries SET state = 'due' WHERE id = 1")

    assert any("is due" in fault for fault in account.unsaid)
