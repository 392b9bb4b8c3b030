"""Who says what: the part of the deliveries that is one postman's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, true
from sqlmodel import col

from bot.outbox.models import Delivery


@dataclass(frozen=True, slots=True)
class Beat:
    """Some of the deliveries: those to a place, or of a kind."""

    place: str = ""
    kind: str = ""

    def holds(self) -> ColumnElement[bool]:
        """Return the condition of a delivery on this beat."""
        return and_(
            true(),
            *([col(Delivery.place) == self.place] if self.place else []),
            *([col(Delivery.kind) == self.kind] if self.kind else []),
        )

    def covers(self, delivery: Delivery) -> bool:
        """Return whether this delivery is on the beat."""
        return self.place in {"", delivery.place} and self.kind in {"", delivery.kind}
