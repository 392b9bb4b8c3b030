"""The watch: looks at every part every few seconds, and speaks by the second path when one is away for too long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.alarm.register import Register
from bot.alarm.senses import DATABASE, SLACK, Ailment, Feeling, Sense
from bot.alarm.unheard import subject_of, unheard
from bot.alarm.wording import Bulletin, Outage, began, ended, escalated
from bot.clock import Clock
from bot.db import Database

log = structlog.get_logger(__name__)

BEAT_SECONDS = 60.0
# A connection that is down for a moment still brings the alert sooner than a mail would.
UNHEARD_SECONDS = 60.0
# When the second path fails too: 30 seconds, 1 minute, 2 … 5 minutes.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 30.0, 300.0

Tell = Callable[[Bulletin], bool]
Beat = Callable[[], None]
# When what is told began, and why.
Claim = tuple[datetime, str]


class Watch:
    """Tells each outage once and its end once, by `tell`, which returns whether somebody was reached.

    `beat` is called each minute while all is well. Durations are monotonic: a clock that is set makes no outage.
    What was told is in the register; while the database is away, in memory.
    """

    def __init__(
        self,
        senses: Sequence[Sense],
        database: Database,
        clock: Clock,
        after: timedelta,
        tell: Tell | None = None,
        beat: Beat | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._register = Register(database, clock)
        self._clock = clock
        self._after = after.total_seconds()
        self._tell = tell
        self._beat = beat
        self._monotonic = monotonic
        self._feelings = {sense.name: Feeling(sense, monotonic()) for sense in senses}
        self._beaten: float | None = None
        self._ended: list[Outage] = []
        self._told: dict[str, Claim] = {}
        self._remembers = False
        self._quiet_until, self._pause = 0.0, FIRST_PAUSE_SECONDS

    def look(self) -> int:
        """Look once at everything and say what is to be said: the act of a Loop."""
        now, now_at = self._monotonic(), self._clock.now()
        well = [feeling.feel(now, now_at) for feeling in self._feelings.values()]
        if all(well) and self._beat is not None and (self._beaten is None or now - self._beaten >= BEAT_SECONDS):
            self._beaten = now
            self._beat()
        if self._tell is not None and now >= self._quiet_until:
            self._speak(now)
        return 0

    def _speak(self, now: float) -> None:
        if not self._is_well(DATABASE):
            # The others fail because of it, and what was told of them can't be looked up.
            for name, feeling in self._feelings.items():
                if name != DATABASE:
                    feeling.excuse(now, self._clock.now())
            self._tell_outages([DATABASE], now)
            return
        with self._while_the_database_answers():
            self._note()
        with self._while_the_database_answers():
            self._remember(now)
            self._tell_outages(list(self._feelings), now)
            self._tell_ends(now)
            self._tell_escalations(now)

    def _is_well(self, name: str) -> bool:
        feeling = self._feelings.get(name)
        return feeling is None or feeling.ailment is None or feeling.ailment.well_since is not None

    def _remember(self, now: float) -> None:
        """Take over what the process before us told."""
        if self._remembers:
            return
        for name, alarm in self._register.standing(list(self._feelings)).items():
            feeling = self._feelings[name]
            ailment = feeling.ailment or Ailment(now, alarm.began_at, alarm.reason, well_since=now)
            ailment.began_at, ailment.told = alarm.began_at, True
            feeling.ailment = ailment
        self._remembers = True

    def _note(self) -> None:
        """Write down what was told; what the database does not take now is kept for the next look."""
        for subject, (began_at, reason) in list(self._told.items()):
            self._register.told(subject, began_at, reason)
            del self._told[subject]

    def _tell_outages(self, names: Sequence[str], now: float) -> None:
        due = [(name, ailment) for name in names if (ailment := self._due(name, now)) is not None]
        mine = [(name, ailment) for name, ailment in due if self._claimed(name, ailment)]
        if not mine:
            return
        outages = [Outage(name, ailment.began_at, ailment.reason) for name, ailment in mine]
        claims = {each.name: (each.began_at, each.reason) for each in outages}
        reached = self._tell_claimed(began(outages, self._clock.now()), claims, now)
        for _, ailment in mine:
            ailment.told = reached

    def _due(self, name: str, now: float) -> Ailment | None:
        feeling = self._feelings.get(name)
        ailment = feeling.ailment if feeling else None
        return ailment if ailment and not ailment.told and ailment.lasts(now) >= self._after else None

    def _claimed(self, name: str, ailment: Ailment) -> bool:
        try:
            return self._register.claim(name, ailment.began_at, ailment.reason)
        except SQLAlchemyError:
            return True  # better twice than not at all

    def _tell_ends(self, now: float) -> None:
        for name, feeling in self._feelings.items():
            ailment = feeling.ailment
            if ailment is not None and ailment.told and ailment.is_over(now):
                if self._register.end(name):
                    self._ended.append(Outage(name, ailment.began_at, ailment.reason))
                feeling.ailment = None
        if self._ended and self._said(ended(self._ended, self._clock.now()), now):
            self._ended = []

    def _tell_escalations(self, now: float) -> None:
        slack = self._feelings.get(SLACK)
        if slack is None or slack.ailment is None or slack.ailment.lasts(now) < UNHEARD_SECONDS:
            return
        with self._database.readers.begin() as session:
            unsaid = unheard(session, self._clock.now() - timedelta(seconds=UNHEARD_SECONDS))
        waiting = [(escalation, case) for escalation, case in unsaid if subject_of(escalation) not in self._told]
        claims = {subject_of(escalation): (escalation.raised_at, case.case_id) for escalation, case in waiting}
        mine = {subject: claim for subject, claim in claims.items() if self._register.claim(subject, *claim)}
        raised = [(escalation, case) for escalation, case in waiting if subject_of(escalation) in mine]
        if raised:
            self._tell_claimed(escalated(raised, self._clock.now()), mine, now)

    def _tell_claimed(self, bulletin: Bulletin, claims: Mapping[str, Claim], now: float) -> bool:
        reached = self._said(bulletin, now)
        if reached:
            self._told |= claims
        with self._while_the_database_answers():
            self._note()
            for subject in claims if not reached else ():
                self._register.release(subject)
        return reached

    def _said(self, bulletin: Bulletin, now: float) -> bool:
        """Say it; after a failure nothing is tried for a while."""
        if self._tell is not None and self._tell(bulletin):
            self._pause = FIRST_PAUSE_SECONDS
            log.warning("alarm told", subject=bulletin.subject)
            return True
        self._quiet_until = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        return False

    @contextmanager
    def _while_the_database_answers(self) -> Iterator[None]:
        """Leave for the next look what the database does not answer now; its own sense will tell why."""
        try:
            yield
        except SQLAlchemyError as error:
            log.warning("alarms not noted", reason=str(error).splitlines()[0])
