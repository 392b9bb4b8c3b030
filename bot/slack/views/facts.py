"""Facts in a line each, for a case's thread, and the log lines of closing and reopening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cases.lifecycle import SYSTEM
from bot.cases.models import CaseEvent, EventKind, Message
from bot.slack.views import words
from bot.slack.views.parts import Drawing, section


def facts(events: Sequence[CaseEvent], messages: Mapping[int, Message]) -> Drawing:
    """Draw facts of one case; `messages` are those that the facts are about, by their ids.

    Whoever was given the case is mentioned, so that he hears of it; nobody else is.
    """
    lines = [_line(event, messages.get(event.message_id or 0)) for event in events]
    plain = "; ".join(_plain(event, messages.get(event.message_id or 0)) for event in events[:3])
    return Drawing(f"{events[0].case_id}: {plain}", [section(line) for line in lines])


def closing_log(event: CaseEvent) -> Drawing:
    """Return the log line of a closure, to the letter as the requirements give it; plain text, no blocks."""
    return _log_line(event, "closed")


def reopening_log(event: CaseEvent) -> Drawing:
    """Return the log line of a reopening, in the manner of the closing log."""
    return _log_line(event, "reopened")


def _log_line(event: CaseEvent, deed: str) -> Drawing:
    at = event.at.isoformat(timespec="seconds")
    return Drawing(f"Case #{event.case_id} {deed} at {at} by {words.one_line(event.actor_name, 300)}")


def _line(event: CaseEvent, message: Message | None) -> str:
    if event.kind == EventKind.ASSIGNED:
        to = _mention(str(event.detail.get("to", ""))) or f"*{_assignee(event)}*"
        return f":bust_in_silhouette: {to}, this case is yours: *{_actor(event)}* assigned it to you."
    if event.kind == EventKind.UNDELIVERED:
        return f":red_circle: *The customer did not get {_writer(message)} answer:* {_reason(event)}"
    return f"{_SIGNS.get(EventKind(event.kind), '')} {_plain(event, message)}".strip()


def _plain(event: CaseEvent, message: Message | None) -> str:
    who = _actor(event)
    if event.kind == EventKind.ASSIGNED:
        return f"{who} assigned this case to {_assignee(event)}."
    if event.kind == EventKind.UNDELIVERED:
        return f"the customer did not get {_writer(message)} answer: {_reason(event)}"
    if event.kind == EventKind.SNOOZED:
        return f"{who} snoozed this case until {words.when(datetime.fromisoformat(event.detail['until']))}."
    if event.kind == EventKind.WOKEN:
        return "The snooze is over." if event.actor == SYSTEM.identity else f"{who} ended the snooze."
    if event.kind == EventKind.REOPENED:
        return f"{who} reopened this case."
    return f"{who}: {event.kind.replace('_', ' ')}."


_SIGNS = {
    EventKind.SNOOZED: ":no_bell:",
    EventKind.WOKEN: ":bell:",
    EventKind.REOPENED: ":arrows_counterclockwise:",
}


def _actor(event: CaseEvent) -> str:
    return words.one_line(event.actor_name, 120)


def _assignee(event: CaseEvent) -> str:
    return words.one_line(str(event.detail.get("to_name", "")), 120)


def _reason(event: CaseEvent) -> str:
    return words.one_line(str(event.detail.get("reason", "")), 300)


def _writer(message: Message | None) -> str:
    return f"{words.one_line(message.sender_name, 80)}'s" if message else "your"


def _mention(identity: str) -> str:
    """Return a mention of a Slack user; admins by mail have none."""
    return words.mention(identity) if identity.isalnum() and identity.startswith(("U", "W")) else ""
