"""What a channel refuses is told once, in a place that works; then the case hears of it (`outbox.Consequences`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.cases.announcements import Hearer, Kind, notice
from bot.cases.replies import Replies
from bot.cursors import Cursor, move
from bot.db import queue_up
from bot.outbox.models import Delivery
from bot.outbox.sending import Posted

REFUSED_NOTICE = "refused"
STUCK_NOTICE = "stuck"
# Further refusals in one place are seen in `casebot outbox list`; after this long they are worth another word.
QUIET = timedelta(hours=1)
MOST_TOLD = 10

_NAMES = {
    Hearer.SUPPORT: "the support channel",
    Hearer.ALERTING: "the alerting channel",
    Hearer.LOGGING: "the logging channel",
}


class Refusals:
    """Hears from the postman what was said, what never will be, and what waits for somebody to mend its place.

    A team's channel that fails is told of in the alerting channel; where that one fails, `admins` (Slack user ids) are
    told in direct messages. That a telling itself is refused is told nowhere: the log, /health and App Home show it.
    """

    def __init__(self, replies: Replies, admins: Callable[[], Sequence[str]]) -> None:
        self._replies = replies
        self._admins = admins

    def said(self, session: Session, delivery: Delivery, posted: Posted, at: datetime) -> None:
        """Note that it was said; a place that was stuck works again, and its next failure is told anew."""
        if delivery.error:
            mark = session.get(Cursor, _mark(STUCK_NOTICE, delivery.place))
            if mark is not None:
                session.delete(mark)
        self._replies.said(session, delivery, posted, at)

    def refused(self, session: Session, delivery: Delivery, reason: str, at: datetime) -> None:
        """Note that it will never be said; of an answer its own card tells."""
        self._replies.refused(session, delivery, reason, at)
        if delivery.kind != Kind.REPLY:
            self._tell(session, REFUSED_NOTICE, delivery, reason, at)

    def stuck(self, session: Session, delivery: Delivery, reason: str, at: datetime) -> None:
        """Note that its place can't be spoken to for now."""
        self._tell(session, STUCK_NOTICE, delivery, reason, at)

    def _tell(self, session: Session, kind: str, delivery: Delivery, reason: str, at: datetime) -> None:
        if _is_telling(delivery) and delivery.place not in set(Hearer):
            return
        name = _mark(kind, delivery.place)
        queue_up(session, name)
        told = session.get(Cursor, name)
        if told is not None and (kind == STUCK_NOTICE or at - told.moved_at < QUIET):
            return
        move(session, name, reason, at)
        place = _NAMES.get(Hearer(delivery.place), "") if delivery.place in set(Hearer) else ""
        content = {"place": place or "a customer's conversation", "what": delivery.kind, "reason": reason}
        session.add_all(notice(kind, content, at, where) for where in self._working(session, delivery.place))

    def _working(self, session: Session, broken: str) -> Sequence[str]:
        is_stuck = session.get(Cursor, _mark(STUCK_NOTICE, Hearer.ALERTING)) is not None
        if broken != Hearer.ALERTING and not is_stuck:
            return [Hearer.ALERTING]
        return [*self._admins()][:MOST_TOLD] or [Hearer.SUPPORT]


def _mark(kind: str, place: str) -> str:
    return f"told:{kind}:{place}"


def _is_telling(delivery: Delivery) -> bool:
    return delivery.kind == Kind.NOTICE and delivery.subject.partition(":")[0] in {REFUSED_NOTICE, STUCK_NOTICE}
