"""Mails out of an mbox file (RFC 4155), one after the other, with one of them in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

# What a program puts before a line of a mail that begins like a seam (mboxrd, and mboxo with one of them).
_QUOTED_SEAM = re.compile(rb"^>(>*From )", re.MULTILINE)
_SEAM = b"From "
_ASCTIME = re.compile(rb"([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d)(?: [A-Z+-][A-Z\d]{2,4})? (\d{4})")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a mail stands in the file: its place among the others (from 1), its first byte after the seam, its size.

    `at` is the time in the seam, which most programs mean in UTC; None where there is none.
    """

    number: int
    start: int
    size: int
    at: datetime | None


class Mbox:
    """One file. Reads only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def spots(self) -> Iterator[Spot]:
        """Yield where each mail stands; ValueError where the file does not begin like an mbox."""
        number, start, at, position, is_after_blank = 0, 0, None, 0, True
        with self._path.open("rb") as file:
            for line in file:
                if is_after_blank and line.startswith(_SEAM):
                    if number:
                        yield Spot(number, start, position - start, at)
                    number, start, at = number + 1, position + len(line), _time_in(line)
                elif number == 0 and line.strip():
                    raise ValueError("it is no mbox: its first line must begin with “From ”")
                position += len(line)
                is_after_blank = not line.strip()
            if number:
                yield Spot(number, start, position - start, at)

    def read(self, spot: Spot) -> bytes:
        """Return a mail as it was before it was put into the file."""
        with self._path.open("rb") as file:
            file.seek(spot.start)
            raw = file.read(spot.size)
        return _QUOTED_SEAM.sub(rb"\1", raw)


def _time_in(seam: bytes) -> datetime | None:
    found = _ASCTIME.search(seam)
    if found is None:
        return None
    try:
        return datetime.strptime(f"{found[1].decode()} {found[2].decode()} +0000", "%a %b %d %H:%M:%S %Y %z")
    except ValueError:
        return None
