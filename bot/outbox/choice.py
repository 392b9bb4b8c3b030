"""Which delivery is said next: the most pressing that is due, first in its lane, in nobody's hand and has room."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, not_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.outbox.beats import Beat
from bot.outbox.models import Delivery, is_due, is_free, unsettled
from bot.outbox.pacing import Place

# Put together once: to find an alias' columns anew takes SQLAlchemy longer than the database needs for its answer.
_EARLIER = aliased(Delivery)
_IS_FIRST = ~(
    select(_EARLIER.id)
    .where(_EARLIER.lane == Delivery.lane, unsettled(_EARLIER), col(_EARLIER.id) < col(Delivery.id))
    .exists()
)


class Choice:
    """Chooses among the deliveries of one beat (`only`), without those on others' beats (`but`)."""

    def __init__(self, only: Beat | None = None, but: Sequence[Beat] = ()) -> None:
        self._only, self._but = only, but

    def covers(self, delivery: Delivery) -> bool:
        """Return whether this delivery is ours to say."""
        mine = self._only is None or self._only.covers(delivery)
        return mine and not any(beat.covers(delivery) for beat in self._but)

    def sayable(self, now: datetime, claims_now: datetime, crowded: Collection[Place]) -> SelectOfScalar[Delivery]:
        """Return the question for the one to be said now; `claims_now` is the time of the database, for claims."""
        there = [and_(col(Delivery.place) == place, col(Delivery.redraw).is_(redraw)) for place, redraw in crowded]
        return (
            select(Delivery)
            .where(unsettled(Delivery), is_due(now), _IS_FIRST, is_free(claims_now))
            .where(*(not_(place) for place in there))
            .where(*self._holds())
            .order_by(col(Delivery.priority), col(Delivery.id))
            .limit(1)
        )

    def due_later(self, now: datetime) -> SelectOfScalar[datetime | None]:
        """Return the question for when the next one falls due."""
        first: ColumnElement[datetime | None] = func.min(col(Delivery.due_at))
        return select(first).where(unsettled(Delivery), col(Delivery.due_at) > now, *self._holds())

    def _holds(self) -> list[ColumnElement[bool]]:
        mine = [self._only.holds()] if self._only else []
        return [*mine, *(not_(others.holds()) for others in self._but)]
