"""Who is woken when something new is to be said, so that nobody waits for the next look."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from bot.outbox.models import Delivery
from bot.rows import after_commit_of


def wake_on_commit(
    writers: sessionmaker[Session], wake: Callable[[], None], concerns: Callable[[Delivery], bool] | None = None
) -> None:
    """Call `wake` right after each commit that stored a delivery (which concerns him), so that it need not wait."""
    after_commit_of(writers, Delivery, wake, concerns)
