"""A loop repeats its act, outlives its failures, and stops when told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.loop import Loop
from tests.services.process import wait_until

FOREVER = 3600.0


class Act:
    """Notes how often it was done; `script` says what each time brings, then nothing is to do."""

    def __init__(self, *script: int | Exception) -> None:
        self.script = list(script)
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        step = self.script.pop(0) if self.script else 0
        if isinstance(step, Exception):
            raise step
        return step


class BusyUntilStopped:
    """Always finds something to do, until its loop is told to stop."""

    loop: Loop | None = None

    def __call__(self) -> int:
        return 0 if self.loop and self.loop.stopping else 1


@contextmanager
def running(
    act: Callable[[], int], every: float = FOREVER, breath: Callable[[], float] = lambda: 0.0
) -> Iterator[Loop]:
    loop = Loop("test", act, lambda: every, SystemClock(), breath)
    loop.start()
    try:
        yield loop
    finally:
        loop.stop()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.loop.FIRST_PAUSE_SECONDS", 0.001)


def test_the_first_pass_comes_at_once() -> None:
    act = Act()
    with running(act) as loop:
        wait_until(lambda: loop.pulse.succeeded_at is not None, "the first pass")

        assert act.times == 1
        assert loop.pulse.running


def test_what_was_busy_is_repeated_without_a_pause() -> None:
    act = Act(3, 1, 2)
    with running(act):
        wait_until(lambda: act.times == 4, "three busy passes and a quiet one")


def test_a_quiet_loop_is_repeated_after_its_pause() -> None:
    act = Act()
    with running(act, every=0.001):
        wait_until(lambda: act.times >= 5, "five quiet passes")


def test_a_nudge_ends_the_pause() -> None:
    act = Act()
    with running(act) as loop:
        wait_until(lambda: act.times == 1, "the first pass")
        loop.nudge()
        wait_until(lambda: act.times == 2, "the nudged pass")


def test_a_nudge_during_a_pass_is_not_lost() -> None:
    entered, go_on, act = Event(), Event(), Act()

    def slow() -> int:
        entered.set()
        go_on.wait(timeout=20)
        return act()

    with running(slow) as loop:
        assert entered.wait(timeout=20)
        loop.nudge()
        go_on.set()
        wait_until(lambda: act.times == 2, "the pass that the nudge asked for")


def test_many_nudges_during_a_breath_are_one_pass() -> None:
    breathing, go_on, act = Event(), Event(), Act()

    def breath() -> float:
        breathing.set()
        go_on.wait(timeout=20)
        return 0.001

    with running(act, breath=breath) as loop:
        wait_until(lambda: act.times == 1, "the first pass")
        loop.nudge()
        assert breathing.wait(timeout=20)
        for _ in range(3):
            loop.nudge()
        go_on.set()
        wait_until(lambda: act.times == 2, "the pass that all of them asked for")

    assert act.times == 2


def test_a_failure_is_told_by_the_pulse_and_outlived() -> None:
    act = Act(ConnectionError("no route"), ConnectionError("no route"))
    go_on = Event()

    def failing_then_held() -> int:
        if act.times == 2:
            go_on.wait(timeout=20)
        return act()

    with running(failing_then_held) as loop:
        wait_until(lambda: loop.pulse.reason == "ConnectionError: no route", "the failure")
        failing = loop.pulse
        go_on.set()
        wait_until(lambda: loop.pulse.succeeded_at is not None, "a pass that succeeds")
        well = loop.pulse

    assert failing.failing_since is not None
    assert (well.failing_since, well.reason) == (None, "")


def test_each_kind_of_failure_is_logged_once_and_a_bug_with_its_trace() -> None:
    lost, bug = ConnectionError("no route"), ValueError("first line\nsecond line")
    act = Act(lost, lost, lost, bug, bug)
    with capture_logs() as logs, running(act):
        wait_until(lambda: act.times == 6, "five failures and a success")

    told = [(line["reason"], line["exc_info"]) for line in logs if line["event"] == "loop failing"]
    assert told == [("ConnectionError: no route", False), ("ValueError: first line", True)]


def test_the_pauses_between_failures_grow_up_to_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.loop.LONGEST_PAUSE_SECONDS", 0.004)
    act = Act(*[OSError("away")] * 8)
    with running(act):
        wait_until(lambda: act.times == 9, "eight failures and a success")


def test_a_nudge_ends_the_pause_after_a_failure_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.loop.FIRST_PAUSE_SECONDS", FOREVER)
    act = Act(OSError("away"))
    with running(act) as loop:
        wait_until(lambda: loop.pulse.failing_since is not None, "the failure")
        loop.nudge()
        wait_until(lambda: act.times == 2, "the nudged pass")


def test_a_stopped_loop_has_finished_its_pass() -> None:
    act = Act()
    with running(act) as loop:
        wait_until(lambda: act.times == 1, "the first pass")

        loop.stop()

        assert loop.stopping
        assert not loop.pulse.running


def test_a_stop_at_any_moment_ends_the_loop() -> None:
    """A busy loop is stopped again and again: no stop may be overlooked and sit out the pause that follows."""
    for _ in range(200):
        busy = BusyUntilStopped()
        busy.loop = Loop("test", busy, lambda: FOREVER, SystemClock())
        busy.loop.start()
        busy.loop.stop(timeout=20)
        assert not busy.loop.pulse.running


def test_an_act_may_ask_whether_to_stop() -> None:
    with running(lambda: 1) as busy:
        told = [busy.stopping]
        busy.stop()
        told.append(busy.stopping)

    assert told == [False, True]


def test_a_loop_that_never_started_can_be_stopped() -> None:
    loop = Loop("test", Act(), lambda: FOREVER, SystemClock())

    loop.stop()

    assert not loop.pulse.running
