"""The schedule: at once, by the clock, by hand; once however late, and never silent about a failure."""

from collections.abc import Iterator
from threading import Event

import pytest

from bot.jobs.schedule import Schedule
from tests.cases.desk import START, StillClock
from tests.services.process import wait_until

HOUR = 3600.0


class Work:
    """A job that counts its runs, takes as long as it is held up, and fails while it is told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.fault: Exception | None = None
        self.free = Event()
        self.free.set()

    def __call__(self) -> None:
        self.runs += 1
        self.free.wait(10)
        if self.fault is not None:
            raise self.fault

    def has_run(self, times: int) -> None:
        wait_until(lambda: self.runs >= times, f"{times} runs", seconds=5)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def schedule() -> Iterator[Schedule]:
    schedule = Schedule(StillClock())
    yield schedule
    schedule.stop()


def test_a_job_runs_at_once_or_after_its_first_interval(schedule: Schedule, work: Work) -> None:
    later = Work()
    schedule.every(HOUR, "sweep", work)
    schedule.every(HOUR, "directory", later, at_once=False)

    schedule.start()

    work.has_run(1)
    assert later.runs == 0


def test_a_job_repeats(schedule: Schedule, work: Work) -> None:
    schedule.every(0.05, "sweep", work)

    schedule.start()

    work.has_run(3)


def test_a_job_can_be_run_now(schedule: Schedule, work: Work) -> None:
    schedule.every(HOUR, "sweep", work, at_once=False)
    schedule.start()

    schedule.run_now("sweep")

    work.has_run(1)


def test_a_late_job_runs_once_and_not_as_often_as_it_was_missed(schedule: Schedule, work: Work) -> None:
    """Its first run takes as long as many intervals; of these one is made good."""
    work.free.clear()
    beats = Work()
    schedule.every(0.02, "sweep", work)
    schedule.every(0.02, "beat", beats)
    schedule.start()
    beats.has_run(15)

    during = work.runs
    work.free.set()
    work.has_run(2)

    assert during == 1


def test_a_failing_job_is_named_until_it_succeeds(schedule: Schedule, work: Work) -> None:
    work.fault = ValueError("no such table\nand more")
    schedule.every(HOUR, "sweep", work)
    schedule.start()
    wait_until(lambda: schedule.problem != "", "the problem", seconds=5)
    told = schedule.problem

    work.fault = None
    schedule.run_now("sweep")
    wait_until(lambda: schedule.problem == "", "the end of the problem", seconds=5)

    assert told == "sweep: ValueError: no such table"


def test_a_failure_of_one_job_does_not_stop_another(schedule: Schedule, work: Work) -> None:
    work.fault = OSError("no network")
    other = Work()
    schedule.every(0.02, "directory", work)
    schedule.every(0.02, "sweep", other)

    schedule.start()

    other.has_run(3)
    work.has_run(3)


def test_the_last_success_is_told_by_the_desks_clock(schedule: Schedule, work: Work) -> None:
    schedule.every(HOUR, "sweep", work)
    before = schedule.succeeded_at("sweep")

    schedule.start()
    wait_until(lambda: schedule.succeeded_at("sweep") is not None, "the first success", seconds=5)

    assert before is None
    assert schedule.succeeded_at("sweep") == START


def test_a_schedule_that_does_not_run_is_a_problem(schedule: Schedule) -> None:
    assert schedule.problem == "the scheduler is stopped"

    schedule.start()
    running = (schedule.running, schedule.problem)
    schedule.stop()

    assert running == (True, "")
    assert schedule.problem == "the scheduler is stopped"
