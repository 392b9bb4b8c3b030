"""How far Slack was taken in: one mark for the line, which live events move, and one per conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import cursors
from bot.db import queue_up
from bot.slack.hearing import earlier, order
from bot.slack.history import Place

FAMILY = "slack"
LINE = "line"
# How late an event may come, behind others, and still be counted on when the mark passes it by.
OVERLAP_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks as they stood when a catch-up began. `line` is a ts, empty before the first catch-up ever.

    `line_at` is when the line was last known to be whole, by our own clock.
    """

    line: str
    line_at: datetime | None
    channels: Mapping[str, str]

    def start_of(self, place: Place) -> str | None:
        """Return the ts after which a conversation must be read; None where it is seen for the first time.

        A DM that is new was begun by somebody while we did not hear it: all of it is news since the line's mark.
        """
        known = self.channels.get(place.channel)
        if not self.line or (known is None and not place.is_direct):
            return None
        return max(known or "", earlier(self.line, OVERLAP_SECONDS), key=order)


def read_marks(session: Session) -> Marks:
    """Return the stored marks."""
    marks = dict(cursors.marks_of(session, FAMILY))
    line = marks.pop(LINE, None)
    channels = {channel: mark.position for channel, mark in marks.items()}
    return Marks(line.position if line else "", line.moved_at if line else None, channels)


def move_line(session: Session, ts: str, at: datetime) -> str:
    """Store how far everything was heard and return it; it never goes back, whatever another process knew."""
    queue_up(session, f"{FAMILY}:{LINE}")
    stored = cursors.position_of(session, f"{FAMILY}:{LINE}") or ""
    furthest = max(stored, ts, key=order)
    cursors.move(session, f"{FAMILY}:{LINE}", furthest, at)
    return furthest


def move_channels(session: Session, read: Iterable[tuple[str, str]], at: datetime) -> None:
    """Store up to where conversations were read, or from where on they will be."""
    for channel, ts in sorted(read):
        cursors.move(session, f"{FAMILY}:{channel}", ts, at)
