"""Which threads of old messages may hold new words: those of cases, the open ones first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, or_
from sqlmodel import Session, col, func, select

from bot.cases.announcements import Kind
from bot.cases.inbound import DESK, Source
from bot.cases.models import Case, Message, Status
from bot.outbox.models import Receipt

# A closed case is still talked about for some days.
LATELY = timedelta(days=7)
AT_MOST = 500


def case_threads(session: Session, now: datetime) -> Mapping[str, Sequence[str]]:
    """Return the parents' ts by channel: cards and alerts of cases that are open or moved lately, and what their
    customers wrote; of each kind at most `AT_MOST`, open cases first, then those moved last.
    """
    ours = select(Receipt.place, Receipt.external_id).join(Case, col(Receipt.case_id) == col(Case.case_id))
    ours = ours.where(col(Receipt.kind).in_([Kind.CARD, Kind.ALERT]), _matters(now))
    said = select(Message.place, func.coalesce(Message.thread, Message.external_id))
    said = said.join(Case, col(Message.case_id) == col(Case.case_id)).where(
        Message.source == Source.SLACK, Message.place != DESK, col(Message.is_admin).is_(False), _matters(now)
    )
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for query, age in ((ours, Receipt.said_at), (said, Message.timestamp)):
        closed_last = case((col(Case.status) == Status.OPEN, 0), else_=1)
        newest_first = query.order_by(closed_last, col(Case.last_message_at).desc(), col(age).desc())
        for channel, parent in session.exec(newest_first.limit(AT_MOST)):
            found[channel][parent] = None
    return {channel: list(parents) for channel, parents in found.items()}


def known_since(session: Session, channel: str, oldest: datetime) -> Mapping[str, str]:
    """Return who wrote which message of a channel itself (no reply) after `oldest`, of those kept and not deleted."""
    kept = select(Message.external_id, Message.sender).where(
        Message.source == Source.SLACK,
        Message.place == channel,
        col(Message.thread).is_(None),
        col(Message.deleted_at).is_(None),
        Message.timestamp > oldest,
    )
    return dict(session.exec(kept).all())


def _matters(now: datetime) -> ColumnElement[bool]:
    return or_(col(Case.status) == Status.OPEN, col(Case.last_message_at) > now - LATELY)
