"""What the outbox holds, in lines for the console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from bot.db import Database, time_of
from bot.outbox.models import REFUSED, Delivery, DeliveryState, is_due, is_free, unsettled

SHOWN = 50
COUNTED = 1000


def waiting(database: Database) -> int:
    """Count what is still to be said, to a thousand at most."""
    with database.readers.begin() as session:
        return len(session.exec(select(Delivery.id).where(unsettled()).limit(COUNTED)).all())


def refused(database: Database) -> int:
    """Count what a channel will never take, to a thousand at most."""
    with database.readers.begin() as session:
        lost = select(Delivery.id).where(REFUSED)
        return len(session.exec(lost.limit(COUNTED)).all())


def heads(database: Database, now: datetime) -> Mapping[str, tuple[int | None, int, datetime]]:
    """Return what should be said next in each place and is in nobody's hand: its number, its tries, when it was due.

    Whoever tries it changes that, or says it: what stays the same for minutes was left lying.
    """
    first = select(func.min(Delivery.id)).where(unsettled()).group_by(col(Delivery.lane))
    found: dict[str, tuple[int | None, int, datetime]] = {}
    with database.readers.begin() as session:
        due = select(Delivery).where(col(Delivery.id).in_(first), is_due(now), is_free(time_of(session)))
        for delivery in session.exec(due.order_by(col(Delivery.priority), col(Delivery.id)).limit(COUNTED)):
            found.setdefault(delivery.place, (delivery.id, delivery.attempts, delivery.due_at))
    return found


def overview(database: Database) -> Iterator[str]:
    """Yield the figures by state, then what waits and what was refused, numbered, the most pressing first."""
    with database.readers.begin() as session:
        figures = dict(session.exec(select(Delivery.state, func.count()).group_by(col(Delivery.state))).all())
        waiting = select(Delivery).where(unsettled()).order_by(col(Delivery.priority), col(Delivery.id)).limit(SHOWN)
        refused = select(Delivery).where(Delivery.state == DeliveryState.REFUSED).order_by(col(Delivery.id).desc())
        rows = [*session.exec(waiting), *session.exec(refused.limit(SHOWN))]
    yield " · ".join(f"{state.value} {figures.get(state.value, 0)}" for state in DeliveryState)
    for row in rows:
        tries = f", tried {row.attempts} times" if row.attempts else ""
        reason = f": {row.error}" if row.error else ""
        since = f"{row.created_at:%Y-%m-%d %H:%M}"
        about = f"{row.kind} of {row.case_id or row.subject} to {row.place}"
        yield f"{row.id:>6}  {row.state:8} {about}, since {since}{tries}{reason}"
