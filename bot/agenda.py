"""What is to be done at a time: appointments kept in the database, so that no restart forgets one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.clock import Clock
from bot.db import Database, UtcDateTime
from bot.log import correlated

log = structlog.get_logger(__name__)

WAITING = text("settled_at IS NULL")
# An act that fails is tried again after 30 s, then 1 min, 2 min … and at least once an hour.
AGAIN_SECONDS = 30
LONGEST_WAIT = timedelta(hours=1)
BATCH = 100

Act = Callable[[Session, str, datetime], None]


class Appointment(SQLModel, table=True):
    """One thing to do at a time: `kind` names the act, `subject` what it is done to."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index("ix_appointments_due", "due_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index(
            "uq_appointments_waiting", "kind", "subject", unique=True, sqlite_where=WAITING, postgresql_where=WAITING
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject: str
    due_at: datetime = Field(sa_type=UtcDateTime)
    made_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    error: str = ""


def appoint(session: Session, kind: str, subject: str, due_at: datetime, now: datetime) -> None:
    """Make an appointment in the caller's transaction; one that waits already is moved instead."""
    waiting = session.exec(_waiting(kind, subject).with_for_update()).first()
    if waiting is None:
        waiting = Appointment(kind=kind, subject=subject, due_at=due_at, made_at=now)
    waiting.due_at = due_at
    session.add(waiting)


def cancel(session: Session, kind: str, subject: str, now: datetime) -> None:
    """Drop an appointment that is no longer wanted, if there is one."""
    waiting = session.exec(_waiting(kind, subject).with_for_update()).first()
    if waiting is not None:
        waiting.settled_at = now


class Agenda:
    """Keeps appointments: each act runs in the one transaction that also settles it, so it happens exactly once.

    The row's lock is the claim (SQLite's writers are alone anyway), so several processes may keep one agenda. Acts
    only touch the database; whatever they want said goes through the outbox.
    """

    def __init__(self, database: Database, clock: Clock, acts: Mapping[str, Act]) -> None:
        self._database = database
        self._clock = clock
        self._acts = acts

    def keep_due(self) -> int:
        """Do what is due; returns how many appointments were kept."""
        total = 0
        while True:
            kept = sum(self._keep(appointment) for appointment in self._due())
            total += kept
            if kept == 0:  # nothing was due, or what is due failed or is in another process's hand
                return total

    def _due(self) -> Sequence[int | None]:
        due = select(Appointment.id).where(
            WAITING, Appointment.due_at <= self._clock.now(), col(Appointment.kind).in_(list(self._acts))
        )
        with self._database.readers.begin() as session:
            return session.exec(due.order_by(col(Appointment.due_at), col(Appointment.id)).limit(BATCH)).all()

    def _keep(self, appointment_id: int | None) -> bool:
        with correlated():
            return self._kept(appointment_id)

    def _kept(self, appointment_id: int | None) -> bool:
        now = self._clock.now()
        try:
            with self._database.writers.begin() as session:
                appointment = _claim(session, appointment_id, now)
                if appointment is None:
                    return False
                appointment.settled_at = now  # before the act, which may make the next appointment of its kind
                session.flush()
                self._acts[appointment.kind](session, appointment.subject, now)
        except Exception as fault:  # noqa: BLE001 - whatever an act meets, the appointment stays and is tried again
            self._put_off(appointment_id, fault)
            return False
        log.debug("appointment kept", kind=appointment.kind, subject=appointment.subject)
        return True

    def _put_off(self, appointment_id: int | None, fault: Exception) -> None:
        now = self._clock.now()
        with self._database.writers.begin() as session:
            appointment = _claim(session, appointment_id, now)
            if appointment is None:
                return
            wait = timedelta(seconds=AGAIN_SECONDS * 2 ** min(appointment.attempts, 10))
            appointment.attempts += 1
            appointment.due_at = now + min(wait, LONGEST_WAIT)
            appointment.error = f"{type(fault).__name__}: {fault}"[:500]
        log.error("appointment failed", kind=appointment.kind, subject=appointment.subject, exc_info=fault)


def _waiting(kind: str, subject: str) -> SelectOfScalar[Appointment]:
    return select(Appointment).where(WAITING, Appointment.kind == kind, Appointment.subject == subject)


def _claim(session: Session, appointment_id: int | None, now: datetime) -> Appointment | None:
    claimed = select(Appointment).where(Appointment.id == appointment_id, WAITING, Appointment.due_at <= now)
    return session.exec(claimed.with_for_update(skip_locked=True)).first()
