"""Two hands at once: whether somebody else moved a case since the clicked drawing was made."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from bot.cases.errors import StaleDrawing
from bot.cases.inbound import Author
from bot.cases.lifecycle import SYSTEM, ago
from bot.cases.models import Case, CaseEvent, EventKind
from bot.cases.records import latest_event_of

# What a person does to a case, as a refusal says it.
_DONE = {
    EventKind.ACKNOWLEDGED: "acknowledged",
    EventKind.UNACKNOWLEDGED: "un-acknowledged",
    EventKind.ESCALATED: "escalated",
    EventKind.ASSIGNED: "assigned",
    EventKind.UNASSIGNED: "unassigned",
    EventKind.SNOOZED: "snoozed",
    EventKind.WOKEN: "woke",
    EventKind.CLOSED: "closed",
    EventKind.REOPENED: "reopened",
}


def refuse_stale(session: Session, case: Case, seen: int, by: Author, now: datetime) -> None:
    """Refuse a click on an old drawing, saying who did what meanwhile; `seen` 0 means that no drawing was clicked.

    One's own deeds and the clock's surprise nobody: only another person's move makes a drawing stale.
    """
    if not 0 < seen < case.version:
        return
    latest = latest_event_of(session, case, _DONE, after=seen)
    if latest is None or latest.actor in (by.identity, SYSTEM.identity):
        return
    raise StaleDrawing(f"{in_words(latest, now)} Look again, and click once more if you still mean it.")


def in_words(event: CaseEvent, now: datetime) -> str:
    """Return a move as a sentence: who did what, and how long ago."""
    to = f" to {event.detail['to_name']}" if event.kind == EventKind.ASSIGNED else ""
    return f"{event.actor_name} {_DONE[EventKind(event.kind)]} {event.case_id}{to} {ago(event.at, now)}."
