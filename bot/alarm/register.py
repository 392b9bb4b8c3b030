"""Which alarms were told: the book that several processes and the next start share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.alarm.models import NOT_OVER, Alarm
from bot.clock import Clock
from bot.db import Database, queue_up

# Longer than it takes to hand a mail to every address: a mail server gets 13 seconds for each.
CLAIM = timedelta(minutes=3)


class Register:
    """Keeps alarms. Every method raises the database's error while it is away; the watch then relies on its memory."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def standing(self, subjects: Collection[str]) -> Mapping[str, Alarm]:
        """Return the outages of these subjects that were told and are not over."""
        told = select(Alarm).where(NOT_OVER, col(Alarm.subject).in_(subjects), col(Alarm.told_at).is_not(None))
        with self._database.readers.begin() as session:
            return {alarm.subject: alarm for alarm in session.exec(told)}

    def claim(self, subject: str, began_at: datetime, reason: str) -> bool:
        """Take an alarm in hand; False where it was told already, or somebody else is telling it."""
        now = self._clock.now()
        with self._database.writers.begin() as session:
            alarm = _locked(session, subject)
            if alarm is None:
                alarm = Alarm(subject=subject, began_at=began_at, reason=reason, claimed_until=now)
            elif alarm.told_at is not None or now < alarm.claimed_until <= now + CLAIM:  # later: the clock was set back
                return False
            alarm.claimed_until = now + CLAIM
            session.add(alarm)
            return True

    def release(self, subject: str) -> None:
        """Give back what could not be told."""
        with self._database.writers.begin() as session:
            alarm = _locked(session, subject)
            if alarm is not None:
                alarm.claimed_until = self._clock.now()

    def told(self, subject: str, began_at: datetime, reason: str) -> None:
        """Note that it was told, claimed or not: the database may have been away then."""
        now = self._clock.now()
        with self._database.writers.begin() as session:
            alarm = _locked(session, subject) or Alarm(
                subject=subject, began_at=began_at, reason=reason, claimed_until=now
            )
            alarm.told_at = alarm.told_at or now
            session.add(alarm)

    def end(self, subject: str) -> bool:
        """Note that an outage is over; False where somebody else did."""
        with self._database.writers.begin() as session:
            alarm = _locked(session, subject)
            if alarm is None:
                return False
            alarm.over_at = self._clock.now()
            return True


def _locked(session: Session, subject: str) -> Alarm | None:
    queue_up(session, f"alarm:{subject}")
    return session.exec(select(Alarm).where(NOT_OVER, Alarm.subject == subject).with_for_update()).first()
