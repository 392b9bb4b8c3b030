"""Who is woken when something new is to be said."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from bot.outbox.models import Delivery

_FRESH = "fresh deliveries"


def wake_on_commit(
    writers: sessionmaker[Session], wake: Callable[[], None], concerns: Callable[[Delivery], bool] = lambda _: True
) -> None:
    """Call `wake` right after each commit that stored a delivery which `concerns` somebody: he need not look for it."""

    @event.listens_for(writers, "after_flush")
    def notice(session: Session, _context: object) -> None:
        if any(isinstance(row, Delivery) and concerns(row) for row in session.new):
            session.info.setdefault(_FRESH, set()).add(wake)

    @event.listens_for(writers, "after_commit")
    def tell(session: Session) -> None:
        # A savepoint's release comes by here too, but nobody else can see its rows yet.
        if session.in_nested_transaction():
            return
        fresh: set[Callable[[], None]] = session.info.get(_FRESH, set())
        if wake in fresh:
            fresh.remove(wake)
            wake()
