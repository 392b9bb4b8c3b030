"""What may go wrong: a table of strikes, each with its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from bot.chaos.fleet import Fleet

POST, ANY = "chat.postMessage", "*"
LONG_LOCK_SECONDS = 30.0
LONG_FROST_SECONDS = 20.0


def nothing(_fleet: Fleet) -> None:
    """End what ends by itself."""


@dataclass(frozen=True, slots=True)
class Strike:
    """One thing that goes wrong in the middle of the traffic, and how it is over."""

    name: str
    begin: Callable[[Fleet, Random], None]
    end: Callable[[Fleet], None] = nothing
    needs_postgresql: bool = False


def _kill(fleet: Fleet, chance: Random) -> None:
    fleet.kill(chance.randrange(len(fleet.bots)))


def _kill_and_start(fleet: Fleet, chance: Random) -> None:
    _kill(fleet, chance)
    fleet.revive()


def _kill_all(fleet: Fleet, _chance: Random) -> None:
    """Slack gives up what nobody hears: only its history knows it then."""
    fleet.sandbox.link.keeps_events = False
    for number in range(len(fleet.bots)):
        fleet.kill(number)


def _remembers(fleet: Fleet) -> None:
    fleet.sandbox.link.keeps_events = True
    fleet.revive()


def _at_commit(fleet: Fleet, chance: Random) -> None:
    fleet.light_fuse(chance.randrange(len(fleet.bots)), fleet.points.next(chance))


def _storm_of_429(fleet: Fleet, chance: Random) -> None:
    fleet.sandbox.faults.rate_limit(ANY, times=chance.randint(5, 20), retry_after=1)
    fleet.sandbox.faults.pace_posts(0.3)


def _errors(fleet: Fleet, chance: Random) -> None:
    fleet.sandbox.faults.fail(chance.choice([POST, ANY]), times=chance.randint(3, 15), status=503)


def _slowness(fleet: Fleet, chance: Random) -> None:
    fleet.sandbox.faults.slow(chance.choice([POST, ANY]), chance.uniform(1, 4), times=chance.randint(2, 6))


def _resets(fleet: Fleet, chance: Random) -> None:
    fleet.sandbox.faults.reset_after(chance.choice([POST, ANY]), times=chance.randint(2, 8))


def _lost_answers(fleet: Fleet, chance: Random) -> None:
    fleet.sandbox.faults.answer_late(POST, 11.0, times=chance.randint(1, 2))


def _calm(fleet: Fleet) -> None:
    fleet.sandbox.faults.clear()


def _slack_goes(fleet: Fleet, _chance: Random) -> None:
    fleet.sandbox.pause_slack()


def _slack_comes(fleet: Fleet) -> None:
    fleet.sandbox.resume_slack()


def _disorder(fleet: Fleet, chance: Random) -> None:
    fleet.sandbox.link.disorder.begin(chance=0.6, longest=0.8, seed=chance.randrange(1_000_000))


def _order(fleet: Fleet) -> None:
    fleet.sandbox.link.disorder.end()


def _cut(fleet: Fleet, _chance: Random) -> None:
    fleet.sandbox.link.cut()


def _refresh(fleet: Fleet, _chance: Random) -> None:
    fleet.sandbox.link.disconnect("refresh_requested")


def _mailbox_goes(fleet: Fleet, _chance: Random) -> None:
    fleet.pause_mailbox()


def _clocks(fleet: Fleet, chance: Random) -> None:
    """Wrong by anything from seconds to hours, either way, and right again afterwards."""
    seconds = chance.choice([-7200, -90, -20, 20, 10_000, 200_000])
    fleet.skew = timedelta(seconds=seconds)
    fleet.shift_clocks(fleet.skew)


def _clocks_right(fleet: Fleet) -> None:
    fleet.shift_clocks(-fleet.skew)
    fleet.skew = timedelta(0)


def _days_pass(fleet: Fleet, chance: Random) -> None:
    fleet.let_time_pass(timedelta(hours=chance.choice([1, 20, 49])))


def _locked(fleet: Fleet, _chance: Random) -> None:
    fleet.lock_database()


def _locked_for_long(fleet: Fleet, _chance: Random) -> None:
    fleet.lock_database()
    fleet.locked_at = time.monotonic()


def _unlocked_at_last(fleet: Fleet) -> None:
    time.sleep(max(0.0, fleet.locked_at + LONG_LOCK_SECONDS - time.monotonic()))
    fleet.unlock_database()


def _freeze(fleet: Fleet, chance: Random) -> None:
    living = [number for number, bot in enumerate(fleet.bots) if bot.running]
    if living:
        fleet.freeze(chance.choice(living))


def _thaw_at_last(fleet: Fleet) -> None:
    """Longer than any claim holds."""
    time.sleep(max(0.0, fleet.frozen_at + LONG_FROST_SECONDS - time.monotonic()))
    fleet.thaw()


def _restart_database(fleet: Fleet, _chance: Random) -> None:
    if fleet.postgres is not None:
        fleet.engine.dispose()
        fleet.postgres.stop()


def _database_is_back(fleet: Fleet) -> None:
    if fleet.postgres is not None:
        fleet.postgres.start()


STRIKES = (
    Strike("SIGKILL at a commit", _at_commit, Fleet.revive),
    Strike("SIGKILL at random", _kill, Fleet.revive),
    Strike("SIGKILL and started at once", _kill_and_start, Fleet.revive),
    Strike("power cut, Slack forgets", _kill_all, _remembers),
    Strike("storm of 429", _storm_of_429, _calm),
    Strike("5xx", _errors, _calm),
    Strike("slow answers", _slowness, _calm),
    Strike("resets", _resets, _calm),
    Strike("posted, then no answer", _lost_answers, _calm),
    Strike("Slack away", _slack_goes, _slack_comes),
    Strike("envelopes twice and out of order", _disorder, _order),
    Strike("sockets cut", _cut),
    Strike("sockets refreshed", _refresh),
    Strike("mailbox away", _mailbox_goes, Fleet.resume_mailbox),
    Strike("wrong clocks", _clocks, _clocks_right),
    Strike("days pass", _days_pass),
    Strike("database locked", _locked, Fleet.unlock_database),
    Strike("database locked for 30 s", _locked_for_long, _unlocked_at_last),
    Strike("frozen for a moment", _freeze, Fleet.thaw),
    Strike("frozen for 20 s", _freeze, _thaw_at_last, needs_postgresql=True),
    Strike("database connections cut", lambda fleet, _chance: fleet.drop_lines(), needs_postgresql=True),
    Strike("database restarted", _restart_database, _database_is_back, needs_postgresql=True),
)
