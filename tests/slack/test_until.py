"""When a snooze ends, as people type it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.slack.until import until

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, ten in the morning in Berlin.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "then"),
    [
        ("30m", NOW + timedelta(minutes=30)),
        ("2h", NOW + timedelta(hours=2)),
        ("2 hours", NOW + timedelta(hours=2)),
        ("3 d", NOW + timedelta(days=3)),
        ("1w", NOW + timedelta(weeks=1)),
        ("14:30", datetime(2026, 3, 2, 13, 30, tzinfo=UTC)),
        ("9:59", datetime(2026, 3, 3, 8, 59, tzinfo=UTC)),
        ("Tomorrow", datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        ("monday", datetime(2026, 3, 9, 8, 0, tzinfo=UTC)),
        ("wed", datetime(2026, 3, 4, 8, 0, tzinfo=UTC)),
        ("2026-03-05", datetime(2026, 3, 5, 8, 0, tzinfo=UTC)),
        ("2026-03-05 16:00", datetime(2026, 3, 5, 15, 0, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 7, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_what_is_typed_is_a_moment_in_the_persons_own_time(typed: str, then: datetime) -> None:
    assert until(typed, NOW, BERLIN) == then


@pytest.mark.parametrize("typed", ["", "soon", "t", "25:00", "2026-13-01", "9999d", "2h tomorrow", "-2h"])
def test_other_words_are_none(typed: str) -> None:
    assert until(typed, NOW, BERLIN) is None
