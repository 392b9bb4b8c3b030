"""A trial: rounds of traffic with strikes in the middle; after each the desk must come to rest by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from bot.chaos.account import Account, reckon
from bot.chaos.fleet import Fleet
from bot.chaos.strikes import STRIKES, Strike
from bot.chaos.traffic import Traffic

PATIENCE_SECONDS = 120.0
ACTS = 12
MOST_STRIKES = 3
LONGEST_PAUSE_SECONDS = 0.25
LOOK_SECONDS = 0.2
# A bot that reached no deadly point for so long is let live.
LONGEST_LIFE_SECONDS = 15.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial came to. `recoveries` are seconds from the end of a round's strikes to rest, with their names."""

    account: Account
    recoveries: Sequence[tuple[float, str]]
    sent: int
    kills: int
    points_seen: int
    points_struck: int

    @property
    def slowest(self) -> tuple[float, str]:
        """The slowest recovery, and after what."""
        return max(self.recoveries, default=(0.0, "nothing"))


class Trial:
    """Puts one fleet through so many rounds; what happens follows from the seed, when it happens from the machine."""

    def __init__(
        self,
        fleet: Fleet,
        seed: int,
        say: Say,
        patience: float = PATIENCE_SECONDS,
        strikes: Sequence[Strike] = STRIKES,
    ) -> None:
        self._fleet = fleet
        self._chance = Random(seed)  # noqa: S311 - no secret
        self._say = say
        self._patience = patience
        self.traffic = Traffic(fleet, self._chance)
        self._strikes = strikes
        self._deck: list[Strike] = []
        self._recoveries: list[tuple[float, str]] = []
        self._came_out_right = True

    def run(self, rounds: int, deaths: int = 0) -> Outcome:
        """Go through it, after so many deaths at commits, one right after the other.

        A desk that does not come to rest ends it, and the account tells what is missing.
        """
        self._fleet.start()
        if deaths:
            self._die(deaths)
        for number in range(1, rounds + 1):
            if not self._came_out_right:
                break
            strikes = self._deal()
            self._traffic_under(strikes)
            self._rest(f"{number:3}", " + ".join(strike.name for strike in strikes))
        return self._outcome()

    def _die(self, deaths: int) -> None:
        """Die at one commit point after the other, of those where nobody died yet, as long as traffic reaches any."""
        for _ in range(deaths):
            for number in range(len(self._fleet.bots)):
                self._fleet.light_fuse(number, self._fleet.points.next(self._chance))
            deadline = time.monotonic() + LONGEST_LIFE_SECONDS
            while all(bot.running for bot in self._fleet.bots) and time.monotonic() < deadline:
                self.traffic.step()
                time.sleep(self._chance.uniform(0, 4 * LONGEST_PAUSE_SECONDS))
            self._fleet.start_the_dead()
        self._fleet.revive()
        self._rest("  -", f"{len(self._fleet.points.struck())} deaths at commits")

    @property
    def account(self) -> Account:
        """How everything stands now."""
        return self._look()

    def _deal(self) -> list[Strike]:
        """Take the next strikes: each comes once before any comes again."""
        count = self._chance.randint(1, MOST_STRIKES)
        if len(self._deck) < count:
            fitting = [strike for strike in self._strikes if not strike.needs_postgresql or not self._fleet.is_sqlite]
            self._deck = self._chance.sample(fitting, len(fitting))
        dealt, self._deck = self._deck[:count], self._deck[count:]
        return dealt

    def _traffic_under(self, strikes: Sequence[Strike]) -> None:
        plan = [(self._chance.randrange(ACTS * 2 // 3), strike) for strike in strikes]
        for act in range(ACTS):
            for moment, strike in plan:
                if moment == act:
                    strike.begin(self._fleet, self._chance)
            self.traffic.step()
            time.sleep(self._chance.uniform(0, LONGEST_PAUSE_SECONDS))
        for strike in strikes:
            strike.end(self._fleet)

    def _rest(self, number: str, what: str) -> None:
        """Wait until nothing is missing and every bot is well, and tell how long that took."""
        began = time.monotonic()
        while True:
            account = self._look()
            seconds = time.monotonic() - began
            if (account.is_settled and self._fleet.healthy) or seconds > self._patience:
                break
            self._fleet.start_the_dead()
            time.sleep(LOOK_SECONDS)
        self._recoveries.append((seconds, what))
        self._came_out_right = account.is_clean
        self._say(f"  {number}  {account.line()}   at rest after {seconds:5.1f} s   {what}")

    def _look(self) -> Account:
        try:
            return reckon(self._fleet, self.traffic)
        except SQLAlchemyError as error:
            return Account(unsaid=[f"the database does not answer: {str(error).splitlines()[0]}"])

    def _outcome(self) -> Outcome:
        struck = self._fleet.points.struck()
        return Outcome(
            account=self._look(),
            recoveries=self._recoveries,
            sent=len(self.traffic.said),
            kills=self._fleet.kills + len(struck),
            points_seen=len(self._fleet.points.seen()),
            points_struck=len(set(struck)),
        )
