"""When a snooze ends: `2h`, `tomorrow`, `monday`, `14:30`, `2026-03-05 14:00`, as a person types them; pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

MORNING = time(9, 0)
LONGEST = timedelta(days=366)

_LENGTH = re.compile(r"(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ t]+([01]?\d|2[0-3]):([0-5]\d))?")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def until(typed: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the moment meant, in UTC, read in the person's time zone; None where the words name none.

    A day without a time means its morning (9:00); a time that has passed today means tomorrow's.
    """
    wanted = " ".join(typed.lower().split())
    here = now.astimezone(zone)
    found = _length(wanted, here) or _clock(wanted, here) or _weekday(wanted, here) or _day(wanted, here)
    if found is None or found - here > LONGEST:
        return None
    return found.astimezone(UTC)


def midnight(now: datetime, zone: tzinfo) -> datetime:
    """Return when today began in a person's time zone."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _length(wanted: str, here: datetime) -> datetime | None:
    match = _LENGTH.fullmatch(wanted)
    return here + int(match[1]) * _UNITS[match[2][0]] if match else None


def _clock(wanted: str, here: datetime) -> datetime | None:
    match = _CLOCK.fullmatch(wanted)
    if not match:
        return None
    today = _at(here, time(int(match[1]), int(match[2])))
    return today if today > here else _at(here + timedelta(days=1), today.time())


def _weekday(wanted: str, here: datetime) -> datetime | None:
    if wanted == "tomorrow":
        return _at(here + timedelta(days=1), MORNING)
    named = [number for number, day in enumerate(_WEEKDAYS) if len(wanted) >= 3 and day.startswith(wanted)]
    if len(named) != 1:
        return None
    return _at(here + timedelta(days=(named[0] - here.weekday() - 1) % 7 + 1), MORNING)


def _day(wanted: str, here: datetime) -> datetime | None:
    match = _DAY.fullmatch(wanted)
    if not match:
        return None
    try:
        day = datetime.fromisoformat(match[1])
    except ValueError:
        return None
    return _at(day.replace(tzinfo=here.tzinfo), time(int(match[2]), int(match[3])) if match[2] else MORNING)


def _at(day: datetime, clock: time) -> datetime:
    return datetime.combine(day.date(), clock, tzinfo=day.tzinfo)
