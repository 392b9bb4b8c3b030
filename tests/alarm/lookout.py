"""Who watches a desk in a test: parts that fail when told to, time that passes when told to, and what was said."""

from datetime import datetime, timedelta

from bot.alarm.senses import CLOCK, DATABASE, MAILBOX, SLACK, Sense
from bot.alarm.watch import Watch
from bot.alarm.wording import Bulletin
from bot.db import Database
from tests.cases.desk import Desk
from tests.outbox.round import Stopwatch


class Lookout:
    """Watches over Slack, the mailbox, the clock and the database with a patience of ten minutes."""

    def __init__(self, desk: Desk, database: Database | None = None) -> None:
        self.desk = desk
        self.problems = dict.fromkeys((SLACK, MAILBOX, CLOCK, DATABASE), "")
        self.silent: set[str] = set()
        self.said: list[Bulletin] = []
        self.reached = True
        self.beats = 0
        self._stopwatch = Stopwatch()
        self.database = database or desk.database
        self.begin_again()

    def begin_again(self) -> None:
        """The process ends, and another one starts on the same database."""
        self._worked = dict.fromkeys(self.problems, self.desk.clock.now())
        self.watch = Watch(
            [self._sense(name) for name in self.problems],
            self.database,
            self.desk.clock,
            timedelta(minutes=10),
            tell=self._tell,
            beat=self._beat,
            monotonic=self._stopwatch,
        )

    def passes(self, minutes: float) -> None:
        """Let time pass, with a look every fifteen seconds."""
        for _ in range(int(minutes * 4)):
            self.desk.passes(seconds=15)
            self._stopwatch.seconds += 15
            self.watch.look()

    @property
    def subjects(self) -> list[str]:
        return [bulletin.subject for bulletin in self.said]

    def _sense(self, name: str) -> Sense:
        return Sense(name, lambda: self.problems[name], lambda: self._worked_at(name), timedelta(minutes=10))

    def _worked_at(self, name: str) -> datetime:
        if name not in self.silent:
            self._worked[name] = self.desk.clock.now()
        return self._worked[name]

    def _tell(self, bulletin: Bulletin) -> bool:
        if self.reached:
            self.said.append(bulletin)
        return self.reached

    def _beat(self) -> None:
        self.beats += 1
