"""The auditor: what is due and left lying is named with its age, and nothing that somebody has in hand."""

from datetime import timedelta

import pytest

from bot.agenda import Appointment, appoint
from bot.alarm.auditor import Auditor
from bot.db import time_of
from bot.jobs.routines import Routine, Routines
from bot.outbox.models import Delivery, DeliveryState
from tests.cases.desk import ADA, Desk
from tests.outbox.round import Stopwatch


class Audit:
    """An auditor who looks once a minute, by a stopwatch."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.busy: set[str] = set()
        self._stopwatch = Stopwatch()
        self.auditor = Auditor(desk.database, desk.clock, lambda kind: kind in self.busy, self._stopwatch)

    def looks(self, minutes: int = 1) -> str:
        """What is said after so many minutes, each with a look."""
        for _ in range(minutes):
            self.desk.passes(minutes=1)
            self._stopwatch.seconds += 60
            self.auditor.look()
        return self.auditor.problem


@pytest.fixture
def audit(desk: Desk) -> Audit:
    return Audit(desk)


def make(desk: Desk, kind: str = "ring") -> None:
    with desk.database.writers.begin() as session:
        appoint(session, kind, "one", desk.clock.now() + timedelta(minutes=10), desk.clock.now())


def test_what_is_not_due_yet_is_no_fault(desk: Desk, audit: Audit) -> None:
    make(desk)

    assert audit.looks(9) == ""


def test_an_appointment_that_nobody_keeps_is_named_with_its_age(desk: Desk, audit: Audit) -> None:
    make(desk, "of an older release")

    assert audit.looks(11) == "", "seen for the first time, it may be in somebody's hand"
    assert audit.looks() == "overdue for 1 min: of an older release"
    assert audit.looks(3) == "overdue for 4 min: of an older release"


def test_what_somebody_is_at_work_on_is_no_fault(desk: Desk, audit: Audit) -> None:
    make(desk, "sweep")
    audit.busy.add("sweep")
    assert audit.looks(15) == ""

    audit.busy.clear()

    assert audit.looks(2) == "overdue for 1 min: sweep"


def test_it_is_forgotten_once_it_is_done(desk: Desk, audit: Audit) -> None:
    make(desk)
    assert audit.looks(13)

    with desk.database.writers.begin() as session:
        session.get_one(Appointment, 1).settled_at = desk.clock.now()

    assert audit.looks() == ""


def test_one_that_fails_again_and_again_is_named_at_once_with_its_reason(desk: Desk, audit: Audit) -> None:
    make(desk)
    with desk.database.writers.begin() as session:
        row = session.get_one(Appointment, 1)
        row.attempts, row.error = 3, "LookupError: no such case"

    assert audit.looks() == "overdue for 0 s: ring one (LookupError: no such case)"


def test_words_that_no_postman_touches_are_named(desk: Desk, audit: Audit) -> None:
    desk.says(ADA, "Help")

    assert audit.looks(5) == ""
    assert audit.looks() == "overdue for 5 min: what is to be said in support"


def test_words_that_are_tried_in_vain_are_the_channels_fault(desk: Desk, audit: Audit) -> None:
    desk.says(ADA, "Help")

    for _ in range(8):
        assert audit.looks() == ""
        with desk.database.writers.begin() as session:
            session.get_one(Delivery, 1).due_at = desk.clock.now()


def test_words_in_a_dead_postmans_hand_are_named_and_in_a_living_ones_not(desk: Desk, audit: Audit) -> None:
    desk.says(ADA, "Help")
    hold(desk, timedelta(seconds=15))
    assert audit.looks(10) == ""

    hold(desk, timedelta(seconds=-1))
    assert audit.looks(6) == "overdue for 5 min: what is to be said in support"


def hold(desk: Desk, length: timedelta) -> None:
    """A postman claimed the words until so long from now, by the database's clock."""
    with desk.database.writers.begin() as session:
        row = session.get_one(Delivery, 1)
        row.state, row.claimed_until = DeliveryState.SENDING, time_of(session) + length


def test_a_clock_that_jumps_makes_nothing_overdue(desk: Desk, audit: Audit) -> None:
    make(desk)
    desk.passes(hours=50)

    assert audit.looks() == ""


def test_a_routine_in_our_hand_or_in_another_process_is_no_fault_here(desk: Desk) -> None:
    asked: list[bool] = []
    turn = [True]
    routine = Routine("sweep", timedelta(minutes=5), lambda: asked.append(routines.in_hand("sweep")))
    routines = Routines(desk.database, desk.clock, [routine], ours=lambda: turn[0])

    routines.keep(routine)
    assert asked == [True]
    assert not routines.in_hand("sweep")
    assert not routines.in_hand("wake")
    turn.clear()
    turn.append(False)
    assert routines.in_hand("sweep")
