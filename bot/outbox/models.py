"""Deliveries and receipts: what is to be said, and what the channel called it once it was said."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, ColumnElement, Index, UniqueConstraint, literal_column, or_, text
from sqlmodel import Field, col

from bot.db import UtcDateTime
from bot.rows import Row


class DeliveryState(StrEnum):
    """Where a delivery stands. `due` and `sending` are unsettled; the others are final.

    `folded`: a newer drawing of the same thing said it too. `refused`: the channel will never take it as it is.
    `dropped`: somebody stopped it before it was said.
    """

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FOLDED = "folded"
    REFUSED = "refused"
    DROPPED = "dropped"


class Priority(IntEnum):
    """Who goes first when a place is crowded."""

    ESCALATION = 0
    CLOSURE = 1
    MESSAGE = 2
    COSMETIC = 3


# Longer than any sender's own timeout, so that a live claim is never taken twice.
LEASE = timedelta(seconds=15)
# Nothing is ever put off for so long: what seems due later was stored before the clock was set back.
FARTHEST = timedelta(minutes=10)
# How far the clocks of several processes may be apart.
DRIFT = timedelta(minutes=1)

UNSETTLED = text("state IN ('due', 'sending')")
REFUSED = text("state = 'refused'")


class Delivery(Row, table=True):
    """One thing to say in one place, stored with its fact and kept until said.

    Deliveries of one `lane` are said in order. `subject` names what is drawn (`CASE-42`, an escalation's or message's
    id); `content` carries fixed words where there is nothing to draw from. `unsure`: an earlier try may have arrived.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_waiting", "priority", "id", postgresql_where=UNSETTLED, sqlite_where=UNSETTLED),
        Index("ix_deliveries_refused", "id", postgresql_where=REFUSED, sqlite_where=REFUSED),
        Index("ix_deliveries_lane", "lane", "id", postgresql_where=UNSETTLED, sqlite_where=UNSETTLED),
    )

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: str = Field(default_factory=lambda: uuid4().hex, unique=True)
    kind: str
    place: str
    lane: str
    subject: str
    case_id: str | None = Field(default=None, index=True)
    redraw: bool = False
    content: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    priority: int = Priority.MESSAGE
    state: str = DeliveryState.DUE
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    unsure: bool = False
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str = ""


class Receipt(Row, table=True):
    """What the channel called a thing we said: the Slack channel and ts by which it is edited and answered.

    `drawn` is a fingerprint of the last drawing, so that an unchanged one is not sent again.
    """

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("kind", "subject"), Index("ix_receipts_place", "place", "external_id"))

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject: str
    case_id: str | None = Field(default=None, index=True)
    place: str
    external_id: str
    drawn: str = ""
    said_at: datetime = Field(sa_type=UtcDateTime)


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition of being due, also for what was stored or put off before the clock was set back."""
    return or_(
        col(Delivery.due_at) <= now, col(Delivery.created_at) > now + DRIFT, col(Delivery.due_at) > now + FARTHEST
    )


def is_free(now: datetime) -> ColumnElement[bool]:
    """Return the condition of being in nobody's hand at this time of the database's, by which claims are made.

    A claim ran out, or was made before that clock was set back.
    """
    ran_out = or_(col(Delivery.claimed_until) < now, col(Delivery.claimed_until) > now + LEASE + DRIFT)
    return or_(col(Delivery.state) == DeliveryState.DUE, ran_out)


def unsettled(table: type[Delivery] = Delivery) -> ColumnElement[bool]:
    """Return the condition of the partial indexes in their very words, so that both databases use them."""
    return col(table.state).in_([literal_column("'due'"), literal_column("'sending'")])
