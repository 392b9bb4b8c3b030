"""How far back the first look into a mailbox goes."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

_DURATION = re.compile(r"(\d{1,6})([hd])", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class ImapStart:
    """Either a reach back from now, or a fixed moment, or (neither) the whole mailbox."""

    text: str
    reach: timedelta | None = None
    moment: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `24h`, `2d`, `now`, `all` or an ISO date, which means its midnight in UTC."""
        word = text.strip().lower()
        if word == "all":
            return cls(word)
        if word == "now":
            return cls(word, reach=timedelta())
        if found := _DURATION.fullmatch(word):
            return cls(word, reach=_duration(int(found[1]), found[2]))
        return cls(word, moment=_midnight(word))

    def since(self, now: datetime) -> datetime | None:
        """Tell the moment from which mail is read; None means from the first mail on."""
        if self.reach is not None:
            return now - self.reach
        return self.moment

    def __str__(self) -> str:
        return self.text


def _duration(count: int, unit: str) -> timedelta:
    reach = timedelta(hours=count) if unit == "h" else timedelta(days=count)
    if reach > _LONGEST:
        raise ValueError("reaches back more than a hundred years; write all for the whole mailbox")
    return reach


def _midnight(word: str) -> datetime:
    wanted = "must be a duration such as 24h or 2d, the word now or all, or a date such as 2026-01-31"
    if not _DATE.fullmatch(word):
        raise ValueError(wanted)
    try:
        day = date.fromisoformat(word)
    except ValueError:
        raise ValueError(wanted) from None
    return datetime.combine(day, time(), UTC)
