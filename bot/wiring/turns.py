"""What one process at a time does, where several run on one database: watching the mailbox, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.clock import Clock
from bot.jobs.routines import Routines
from bot.jobs.schedule import Schedule
from bot.leases import Leases, Role
from bot.loop import Loop
from bot.mail.watcher import MailWatcher
from bot.wiring.desk import Desk

LOOK_FOR_ROLE_SECONDS = 1.0
TICK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Turns:
    """The roles, the leases by which processes take turns at them, and the loop that renews these."""

    mailbox: Role
    clock: Role
    leases: Leases
    loop: Loop


def turns_of(desk: Desk, term_seconds: float, *, has_mailbox: bool) -> Turns:
    """Return the roles that this process can play, none of them taken yet."""
    mailbox, clock = Role("mailbox"), Role("clock")
    leases = Leases(desk.database, [mailbox, clock] if has_mailbox else [clock], term_seconds)
    return Turns(mailbox, clock, leases, Loop("leases", leases.keep, leases.pause, desk.clock))


def watching_in_turn(mail: MailWatcher, mailbox: Role, clock: Clock, problem: Callable[[Loop], str]) -> Loop:
    """Return the loop that watches the mailbox while that is our role; `problem` tells how it fares."""
    watch = mailbox.only_here(mail.watch, otherwise=mail.disconnect)
    collecting = Loop("mailbox", watch, lambda: 0.0 if mailbox.is_ours else LOOK_FOR_ROLE_SECONDS, clock)
    mailbox.report = lambda: problem(collecting)
    mailbox.begin = collecting.nudge
    return collecting


def routines_in_turn(schedule: Schedule, routines: Routines, clock: Role) -> None:
    """Look at the routines every few seconds, and as soon as the clock is ours: whoever had it may have died."""
    for routine in routines.all:
        schedule.every(TICK_SECONDS, routine.name, partial(routines.keep, routine))
    clock.report = lambda: "; ".join(filter(None, (schedule.problem, routines.problem)))

    def look_now() -> None:
        for routine in routines.all:
            schedule.run_now(routine.name)

    clock.begin = look_now
