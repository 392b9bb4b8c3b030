"""How far each stream was read: one stored mark per mailbox, channel or feed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy import select as columns
from sqlmodel import Field, Session, SQLModel, col, select

from bot.db import UtcDateTime
from bot.rows import insert_values
from bot.statements import Prepared


class Cursor(SQLModel, table=True):
    """The mark of one stream, stored in the transaction of what was read up to it."""

    __tablename__ = "cursors"

    name: str = Field(primary_key=True)
    position: str
    moved_at: datetime = Field(sa_type=UtcDateTime)


# Asked for with every batch of mails, so they are put together once.
_POSITION = Prepared(columns(col(Cursor.position)).where(col(Cursor.name) == bindparam("stream")))
_MOVE = Prepared(update(Cursor).where(col(Cursor.name) == bindparam("stream")), ("position", "moved_at"))


def position_of(session: Session, name: str) -> str | None:
    """Return the stored mark, or None at first contact."""
    stored = _POSITION.row(session, {"stream": name})
    return stored[0] if stored else None


def marks_of(session: Session, family: str) -> Mapping[str, Cursor]:
    """Return the marks of all streams whose names begin with `family` and a colon, by what follows it."""
    prefix = f"{family}:"
    marks = session.exec(select(Cursor).where(col(Cursor.name).startswith(prefix, autoescape=True)))
    return {mark.name.removeprefix(prefix): mark for mark in marks}


def move(session: Session, name: str, position: str, at: datetime) -> None:
    """Store the mark of `name`; the caller's transaction carries it."""
    moved = _MOVE.write(session, {"stream": name, "position": position, "moved_at": at})
    if not moved.rowcount:
        insert_values(session, Cursor, [{"name": name, "position": position, "moved_at": at}])
