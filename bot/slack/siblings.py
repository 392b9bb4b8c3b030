"""What each process on this database has heard: a mark that stands still tells of one that died with words unheard.

Slack sends each event to one of our sockets. The common mark is moved by whoever hears, past what another process was
sent and took to its grave; so each process keeps a row of its own, and the others read on from where it stands still.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, delete

from bot import cursors
from bot.cursors import Cursor
from bot.slack.hearing import order

FAMILY = "slack_process"
# A living process moves its row three times as often.
STILL_SECONDS = 65.0


class Siblings:
    """This process's row, and what is seen of the others'. Stillness is measured by our own monotonic time."""

    def __init__(self, *, alone: bool, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.name = secrets.token_hex(6)
        self._alone = alone
        self._monotonic = monotonic
        self._heard_to = ""
        self._seen: dict[str, tuple[tuple[str, datetime], float]] = {}

    def note(self, session: Session, ts: str, now: datetime) -> None:
        """Store that all up to this ts was heard, in the caller's transaction."""
        self._heard_to = max(self._heard_to, ts, key=order)
        cursors.move(session, f"{FAMILY}:{self.name}", self._heard_to, now)

    def breathe(self, session: Session, now: datetime) -> None:
        """Show that we live, while nothing is certain: the row stays where it stood."""
        known = session.get(Cursor, f"{FAMILY}:{self.name}")
        if known is not None:
            known.moved_at = now

    def heard_by_all(self, session: Session, line: str) -> str:
        """Return how far every process heard, the dead among them; `line` is the common mark."""
        others = [mark.position for mark in cursors.marks_of(session, FAMILY).values()]
        return min([line, *others, *([self._heard_to] if self._heard_to else [])], key=order)

    def standing_still(self, session: Session) -> dict[str, datetime]:
        """Return the processes whose rows nobody moves any more, and when they last moved."""
        now = self._monotonic()
        rows = dict(cursors.marks_of(session, FAMILY))
        rows.pop(self.name, None)
        self._seen = {
            name: seen
            if (seen := self._seen.get(name)) and seen[0] == (row.position, row.moved_at)
            else ((row.position, row.moved_at), now)
            for name, row in rows.items()
        }
        return {name: at for name, ((_, at), since) in self._seen.items() if now - since > STILL_SECONDS}

    def bury(self, session: Session) -> None:
        """Drop the rows of the dead, in the transaction that ends the catch-up from where they stood.

        Where no other process can be at work (SQLite), whoever left a row is dead.
        """
        dead = set(cursors.marks_of(session, FAMILY)) - {self.name} if self._alone else self.standing_still(session)
        for name in dead:
            session.exec(delete(Cursor).where(col(Cursor.name) == f"{FAMILY}:{name}"))

    def leave(self, session: Session) -> None:
        """Drop our own row: all that was sent to us is taken in."""
        session.exec(delete(Cursor).where(col(Cursor.name) == f"{FAMILY}:{self.name}"))
