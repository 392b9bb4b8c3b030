"""Routines: due by a row, done by whoever has the turn, once after however long, and tried again when they fail."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.agenda import Appointment
from bot.jobs.routines import Routine, Routines
from tests.cases.desk import START, Desk
from tests.cases.desk import desk as desk

HOUR = timedelta(hours=1)


class Chore:
    """A routine's act that counts, and fails while it is told to."""

    def __init__(self) -> None:
        self.done = 0
        self.fault: BaseException | None = None

    def __call__(self) -> None:
        if self.fault is not None:
            raise self.fault
        self.done += 1


class Household:
    """What one process knows of the chore that is due each hour."""

    def __init__(self, desk: Desk, *, at_once: bool = True, ours: Callable[[], bool] = lambda: True) -> None:
        self.chore = Chore()
        self.routine = Routine("dishes", HOUR, self.chore, at_once=at_once)
        self.routines = Routines(desk.database, desk.clock, [self.routine], ours)

    def ticks(self) -> int:
        return self.routines.keep(self.routine)


def due_at(desk: Desk) -> timedelta:
    [row] = desk.rows(Appointment)
    return row.due_at - START


def test_it_is_done_at_the_first_start_and_then_each_hour(desk: Desk) -> None:
    home = Household(desk)

    assert [home.ticks(), home.ticks()] == [1, 0]
    assert due_at(desk) == HOUR
    desk.passes(hours=1)
    assert [home.ticks(), home.ticks()] == [1, 0]


def test_one_that_can_wait_is_first_done_after_its_interval(desk: Desk) -> None:
    home = Household(desk, at_once=False)

    assert home.ticks() == 0
    desk.passes(hours=1)
    assert home.ticks() == 1


def test_a_restart_does_neither_too_early_nor_late_what_is_due(desk: Desk) -> None:
    Household(desk).ticks()
    desk.passes(minutes=50)
    assert Household(desk).ticks() == 0

    desk.passes(hours=30)

    assert [Household(desk).ticks(), Household(desk).ticks()] == [1, 0]
    assert due_at(desk) == timedelta(hours=31, minutes=50)


def test_only_who_has_the_turn_does_it(desk: Desk) -> None:
    waiting = Household(desk, ours=lambda: False)
    working = Household(desk)

    assert [waiting.ticks(), working.ticks(), waiting.ticks()] == [0, 1, 0]
    assert waiting.chore.done == 0


def test_what_died_in_the_middle_is_due_still(desk: Desk) -> None:
    home = Household(desk)
    home.chore.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        home.ticks()

    assert Household(desk).ticks() == 1


def test_one_that_fails_is_named_and_tried_again_soon(desk: Desk) -> None:
    home = Household(desk)
    home.chore.fault = OSError("no network\nand more")

    assert [home.ticks(), home.ticks()] == [0, 0]
    assert home.routines.problem == "dishes: OSError: no network"
    home.chore.fault = None
    desk.passes(seconds=30)

    assert (home.ticks(), home.routines.problem) == (1, "")


def test_a_clock_that_was_set_back_holds_nothing_up(desk: Desk) -> None:
    home = Household(desk)
    home.ticks()

    desk.clock.advance(timedelta(hours=-5))

    assert home.ticks() == 1


def test_an_interval_may_be_changed(desk: Desk) -> None:
    Household(desk).ticks()
    often = Routine("dishes", timedelta(minutes=1), Chore())

    assert Routines(desk.database, desk.clock, [often]).keep(often) == 1
