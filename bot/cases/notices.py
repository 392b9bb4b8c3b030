"""Notices to the support channel about what belongs to no case; of a flood of them, one with a counter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from bot.cases.announcements import Kind, notice
from bot.cases.rules import Rules
from bot.outbox.models import Delivery, Priority
from bot.rows import insert_all

# What strangers can bring about as often as they like.
_BRAKED = frozenset({"mail_quarantined", "mail_unplaced"})
# How far back a flood is looked for: the newest of all that was to be said.
_LOOKED_AT = 1_000


def tell(session: Session, kind: str, content: Mapping[str, str], at: datetime, rules: Rules) -> None:
    """Store a notice in the caller's transaction; beyond `rules.flood_mails` of a kind within the window, count it."""
    if kind in _BRAKED:
        told = [each for each in _newest(session, kind, at, rules) if not each.redraw or is_counter(each)]
        if len(told) >= rules.flood_mails:
            count(session, kind, content, at, rules)
            return
    insert_all(session, [notice(kind, dict(content), at)])


def count(session: Session, kind: str, content: Mapping[str, str], at: datetime, rules: Rules) -> None:
    """Add one to the counter of the flood that goes on, or begin one; `content` is of the latest of them."""
    counter = next((each for each in _newest(session, kind, at, rules) if is_counter(each)), None)
    said = notice(f"{kind}_flood", {**content, "mails": "1"}, at)
    said.content.pop("key", None)
    if counter is not None:
        said.lane, said.subject, said.redraw, said.priority = counter.lane, counter.subject, True, Priority.COSMETIC
        said.content["mails"] = str(int(counter.content["mails"]) + 1)
    insert_all(session, [said])


def is_counter(delivery: Delivery) -> bool:
    """Tell the one notice of a flood from those that were said before it."""
    return delivery.subject.partition(":")[0].endswith("_flood")


def _newest(session: Session, kind: str, at: datetime, rules: Rules) -> list[Delivery]:
    """Return the notices of this kind within the window, the newest first."""
    newest = select(col(Delivery.id)).order_by(col(Delivery.id).desc()).limit(_LOOKED_AT).subquery()
    of_kind = select(Delivery).where(
        col(Delivery.id).in_(select(newest.c.id)),
        Delivery.kind == Kind.NOTICE,
        Delivery.created_at > at - rules.flood_window,
    )
    found = session.exec(of_kind.order_by(col(Delivery.id).desc())).all()
    return [each for each in found if each.subject.partition(":")[0] in {kind, f"{kind}_flood"}]
