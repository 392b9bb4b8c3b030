"""Roles that one process at a time plays: rows with a term, renewed while their holder lives, free soon after."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel import Field, SQLModel, col, delete, select

from bot.db import Database, UtcDateTime, queue_up, time_of

log = structlog.get_logger(__name__)

# Renewed three times a term: a process that died is replaced after 15 to 20 s.
TERM_SECONDS = 15.0
RENEWALS_A_TERM = 3


class Lease(SQLModel, table=True):
    """Who plays a role, until when by the database's clock, and what is wrong there (nothing: empty)."""

    __tablename__ = "leases"

    role: str = Field(primary_key=True)
    owner: str
    until: datetime = Field(sa_type=UtcDateTime)
    problem: str = ""


class Role:
    """A role as this process knows it: ours, or somebody else's. It belongs to nobody until `Leases.keep` asked.

    `report` tells the other processes what is wrong while the role is ours; `begin` is called when it becomes ours.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.report: Callable[[], str] = str
        self.begin: Callable[[], object] = str
        self._ours_until = 0.0
        self._theirs_until = 0.0
        self._their_problem = ""

    @property
    def is_ours(self) -> bool:
        """Whether we play it now; it ends by itself when it could not be renewed for a term."""
        return time.monotonic() < self._ours_until

    @property
    def problem(self) -> str:
        """What is wrong with whoever plays it; empty while all is well, here or there."""
        if self.is_ours:
            return self.report()
        if time.monotonic() < self._theirs_until:
            return self._their_problem and f"in another process: {self._their_problem}"
        return f"no process has the {self.name} now; one takes it over within seconds"

    def only_here(self, act: Callable[[], int], otherwise: Callable[[], object] = str) -> Callable[[], int]:
        """Return an act that is done where the role is played; elsewhere it does `otherwise` and returns 0."""

        def do_if_ours() -> int:
            if self.is_ours:
                return act()
            otherwise()
            return 0

        return do_if_ours

    def take(self, until: float) -> None:
        """Note that it is ours until then (monotonic seconds)."""
        is_new = not self.is_ours
        self._ours_until, self._theirs_until = until, 0.0
        if is_new:
            log.info("role taken", role=self.name)
            self.begin()

    def leave(self, until: float, problem: str) -> None:
        """Note that somebody else has it until then, and how he is doing."""
        if self.is_ours:
            log.warning("role lost to another process", role=self.name)
        self._ours_until, self._theirs_until, self._their_problem = 0.0, until, problem

    def drop(self) -> None:
        """Note that it is not ours any more."""
        self._ours_until = 0.0


class Leases:
    """Keeps the roles of this process: takes those that are free, renews those that are ours.

    Two processes with clocks of their own agree, because only the database's clock is asked; each counts its own term
    from before it asked, so that it ends here no later than there.
    """

    def __init__(self, database: Database, roles: Sequence[Role], term_seconds: float = TERM_SECONDS) -> None:
        self._database = database
        self._roles = roles
        self._term = term_seconds
        # The place is for people; the rest keeps a restarted container from being taken for the one before.
        self.owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"

    def pause(self) -> float:
        """Return how many seconds to rest between two renewals."""
        return self._term / RENEWALS_A_TERM

    def keep(self) -> int:
        """Take what is free and renew what is ours, in one small write; returns 0. Raises the database's error."""
        asked_at = time.monotonic()
        with self._database.writers.begin() as session:
            session.connection()
            queue_up(session, "leases")
            now = time_of(session)
            known = {lease.role: lease for lease in session.exec(select(Lease))}
            leases = [self._claim(role, known.get(role.name), now) for role in self._roles]
            session.add_all(leases)
        for role, lease in zip(self._roles, leases, strict=True):
            if lease.owner == self.owner:
                role.take(asked_at + self._term)
            else:
                role.leave(asked_at + (lease.until - now).total_seconds(), lease.problem)
        return 0

    def hand_over(self) -> None:
        """Give up what is ours, so that another process need not wait for the term to end."""
        for role in self._roles:
            role.drop()
        with self._database.writers.begin() as session:
            session.exec(delete(Lease).where(col(Lease.owner) == self.owner))

    def free_all(self) -> None:
        """Take back what a dead process had; only where no other process can be at work (SQLite, at start)."""
        with self._database.writers.begin() as session:
            session.exec(delete(Lease))

    def _claim(self, role: Role, lease: Lease | None, now: datetime) -> Lease:
        lease = lease or Lease(role=role.name, owner=self.owner, until=now)
        if lease.owner == self.owner or lease.until < now:
            lease.owner = self.owner
            lease.until = now + timedelta(seconds=self._term)
            lease.problem = role.report()[:500]
        return lease
