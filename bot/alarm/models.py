"""Alarms as they are stored, so that no restart tells one twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.db import UtcDateTime

NOT_OVER = text("over_at IS NULL")


class Alarm(SQLModel, table=True):
    """One thing told by the second path: an outage (`subject` is what is silent), or `escalation:<id>`.

    Who tells it claims it first, so that of several processes one speaks. An outage is over some time; an escalation
    never is, so it is told once and for all.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        Index("uq_alarms_not_over", "subject", unique=True, sqlite_where=NOT_OVER, postgresql_where=NOT_OVER),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: str
    began_at: datetime = Field(sa_type=UtcDateTime)
    reason: str
    claimed_until: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    over_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
