"""The clocks: aware, in UTC, and moved only by order."""

from datetime import UTC, datetime, timedelta

from freezegun import freeze_time

from bot.clock import Clock, ShiftedClock, SystemClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_the_systems_clock_tells_utc() -> None:
    with freeze_time("2026-03-02 14:00+02:00"):
        now = SystemClock().now()

    assert now == NOON
    assert now.tzinfo is UTC


def test_a_shifted_clock_starts_at_the_systems_time() -> None:
    with freeze_time(NOON):
        assert ShiftedClock().now() == NOON


def test_a_shift_replaces_the_one_before() -> None:
    clock = ShiftedClock(timedelta(hours=1))

    with freeze_time(NOON):
        assert clock.now() == NOON + timedelta(hours=1)
        clock.shift_to(timedelta(hours=48))
        clock.shift_to(timedelta(hours=48))
        assert clock.now() == NOON + timedelta(hours=48)


def test_a_shifted_clock_goes_on() -> None:
    clock: Clock = ShiftedClock(timedelta(hours=48))

    with freeze_time(NOON) as frozen:
        frozen.tick(timedelta(seconds=3))
        assert clock.now() == NOON + timedelta(hours=48, seconds=3)
