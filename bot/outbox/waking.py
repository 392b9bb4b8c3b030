"""Who is woken when something new is to be said, so that nobody waits for the next look."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from bot.outbox.models import Delivery


def wake_on_commit(writers: sessionmaker[Session], wake: Callable[[], None]) -> None:
    """Call `wake` right after each commit that stored a delivery, so that nobody waits for the next look."""

    @event.listens_for(writers, "after_flush")
    def notice(session: Session, _context: object) -> None:
        if any(isinstance(row, Delivery) for row in session.new):
            session.info["deliveries"] = True

    @event.listens_for(writers, "after_commit")
    def tell(session: Session) -> None:
        # A savepoint's release comes by here too, but nobody else can see its rows yet.
        if not session.in_nested_transaction() and session.info.pop("deliveries", False):
            wake()
