"""The bot as chaos runs it: killed by its own hand right before or after a commit, when its parent says so.

The order `die POINT,POINT,…` lights the fuse, `live` puts it out; a point is `before PLACE` or `after PLACE`, and the
first that is reached is deadly; PLACE is where something is committed, or `*` for anywhere. Every place that was seen,
and each death, is a line on standard output.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from bot.demo import child
from bot.wiring import Bot

SEEN, DIES = "commit point", "dies"
ANYWHERE = "*"
_BOT = Path(__file__).parents[1]
_NO_PLACES = {"db.py", "chaos/child.py"}


class Fuse:
    """Listens to the commits of writers; SIGKILL leaves no time for anything, as a power cut does."""

    def __init__(self, engine: Engine) -> None:
        self._deadly: set[str] = set()
        self._seen: set[str] = set()
        self._here = threading.local()
        event.listen(engine, "commit", self._committing)
        event.listen(engine, "checkin", self._committed)

    def light(self, points: str) -> None:
        """Die at the first of these points that is reached."""
        self._deadly = set(points.split(","))

    def put_out(self, _rest: str) -> None:
        """Live on."""
        self._deadly = set()

    def _committing(self, connection: Connection) -> None:
        if connection.get_execution_options().get("sqlite_begin") != "BEGIN IMMEDIATE":
            return
        place = _place(sys._getframe(1))
        if place not in self._seen:
            self._seen.add(place)
            _tell(f"{SEEN} {place}")
        self._here.place = place
        self._burn("before", place)

    def _committed(self, *_connection: object) -> None:
        """The connection goes back to its pool: the commit is done, and nobody was told yet."""
        place = getattr(self._here, "place", "")
        if place:
            self._here.place = ""
            self._burn("after", place)

    def _burn(self, when: str, place: str) -> None:
        if self._deadly & {f"{when} {place}", f"{when} {ANYWHERE}"}:
            _tell(f"{DIES} {when} {place}")
            os.kill(os.getpid(), signal.SIGKILL)


def _place(frame: FrameType | None) -> str:
    """Return which of our functions commits: the innermost outside of the database's own room."""
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(_BOT) and (within := file.relative_to(_BOT).as_posix()) not in _NO_PLACES:
            return f"{within}:{frame.f_code.co_name}"
        frame = frame.f_back
    return "elsewhere"


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def _orders(bot: Bot) -> Mapping[str, child.Order]:
    fuse = Fuse(bot.desk.database.engine)
    return {"die": fuse.light, "live": fuse.put_out}


if __name__ == "__main__":
    child.main(*child.given(), _orders)
