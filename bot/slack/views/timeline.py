"""A case's timeline in words: a line per fact for Slack, or the whole story as a text file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block

from bot.cases.models import Case, CaseEvent, EventKind, Message
from bot.cases.queries import Entry
from bot.slack.action_ids import Form
from bot.slack.errand import Errand
from bot.slack.views import words
from bot.slack.views.modals import pieces
from bot.slack.views.parts import context, customer, section

# What a reader scrolls through willingly; more than that comes as a file.
SHOWN = 40
# More facts than any case has; a bound all the same.
WHOLE = 100_000
PREVIEW = 150


def timeline_form(case: Case, entries: Sequence[Entry]) -> dict[str, Any]:
    """Draw the newest facts of a case, the last one at the end; nothing is to be filled in."""
    shown = entries[-SHOWN:]
    blocks: list[Block] = [section(f"*{case.case_id}* · {customer(case)}")]
    if len(entries) > len(shown):
        blocks.append(context(f"The newest {len(shown)} entries; all of them come to you as a file."))
    blocks += [section(text) for text in _pages(_lines(shown))]
    errand = Errand(case_id=case.case_id, version=case.version)
    return pieces.modal(Form.TIMELINE, f"Timeline {case.case_id}", None, blocks, errand)


def line(entry: Entry, *, is_repeated: bool = False) -> str:
    """Return a fact in one line for Slack: when, who, what; repeated words are not said again."""
    said = words.one_line(entry.message.body, PREVIEW) if entry.message is not None and not is_repeated else ""
    quote = f": “{said}”" if said else ""
    return f"{words.when(entry.event.at)} · {words.one_line(deed(entry), 400)}{quote}"


def _lines(entries: Sequence[Entry]) -> list[str]:
    written: set[int | None] = set()
    lines: list[str] = []
    for entry in entries:
        lines.append(line(entry, is_repeated=entry.event.message_id in written))
        if entry.event.kind == EventKind.REPLIED:
            written.add(entry.event.message_id)
    return lines


def as_text(case: Case, entries: Sequence[Entry]) -> str:
    """Return the whole timeline as plain text with all words in full; times are UTC."""
    title = f"{case.case_id} · {case.customer_name} ({case.customer_identifier})"
    return "\n".join([title, "times are UTC", "", *(_paragraph(entry) for entry in entries)])


def deed(entry: Entry) -> str:
    """Return who did what, in plain words, nothing of it escaped."""
    event, message = entry.event, entry.message
    who = message.sender_name if message is not None and message.sender == event.actor else event.actor_name
    return f"{who} {_DEEDS[EventKind(event.kind)](event, message)}".strip()


def _paragraph(entry: Entry) -> str:
    title = f"{entry.event.at:%Y-%m-%d %H:%M:%S}  {deed(entry)}"
    if entry.message is None:
        return title
    body = entry.message.full_body or entry.message.body
    return "\n".join([title, *(f"    {text}" for text in body.splitlines())])


def _pages(lines: Sequence[str]) -> list[str]:
    """Put lines together into as few texts as Slack's sections allow."""
    pages: list[str] = []
    for text in lines:
        if pages and len(pages[-1]) + len(text) < words.SECTION_LIMIT:
            pages[-1] = f"{pages[-1]}\n{text}"
        else:
            pages.append(text)
    return pages


def _opened(event: CaseEvent, _message: Message | None) -> str:
    told = {"taken_down_by": ", taken down by {}", "follows": " (after {})", "mentions": " (mentions {})"}
    said = (phrase.format(event.detail[key]) for key, phrase in told.items() if event.detail.get(key))
    return "opened the case" + "".join(said)


def _escalated(event: CaseEvent, _message: Message | None) -> str:
    told = (str(reason.get("words", "")) for reason in event.detail.get("reasons", ()))
    reasons = "; ".join(reason.removeprefix(f"{event.actor_name} asks: ") for reason in told)
    return f"escalated it: {reasons}"


def _acknowledged(event: CaseEvent, _message: Message | None) -> str:
    return "settled the alert by an answer" if event.detail.get("how") == "answered" else "acknowledged the alert"


def _assigned(event: CaseEvent, _message: Message | None) -> str:
    if event.detail.get("to") == event.actor:
        return "took it"
    return f"gave it to {event.detail.get('to_name', '')}"


def _snoozed(event: CaseEvent, _message: Message | None) -> str:
    until = str(event.detail.get("until") or "")
    return f"let it rest until {datetime.fromisoformat(until):%Y-%m-%d %H:%M} UTC" if until else "let it rest"


def _closed(event: CaseEvent, _message: Message | None) -> str:
    reason = event.detail.get("reason")
    return f"closed it: {reason}" if reason else "closed it"


def _undelivered(event: CaseEvent, _message: Message | None) -> str:
    return f"could not deliver an answer ({event.detail.get('reason', '')})"


def _edited(event: CaseEvent, _message: Message | None) -> str:
    return f"changed a message; before: “{words.shortened(str(event.detail.get('before', '')), PREVIEW)}”"


def _cleared(event: CaseEvent, _message: Message | None) -> str:
    return f"removed the words of {words.count(int(event.detail.get('messages', 0)), 'message')}"


def _saying(words_of_deed: str) -> Callable[[CaseEvent, Message | None], str]:
    return lambda _event, _message: words_of_deed


_DEEDS: dict[EventKind, Callable[[CaseEvent, Message | None], str]] = {
    EventKind.OPENED: _opened,
    EventKind.RECEIVED: _saying("wrote"),
    EventKind.FLOODED: _saying("wrote, among many mails in a short time"),
    EventKind.REPLIED: _saying("wrote an answer"),
    EventKind.STOPPED: _saying("stopped an answer; nobody got it"),
    EventKind.UNDELIVERED: _undelivered,
    EventKind.RESENT: _saying("has an answer that could not be delivered sent again"),
    EventKind.ANSWERED: _saying("answered the customer"),
    EventKind.NOTED: _saying("noted for the team"),
    EventKind.EDITED: _edited,
    EventKind.DELETED: _saying("deleted a message"),
    EventKind.ESCALATED: _escalated,
    EventKind.REASON_JOINED: _escalated,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.UNACKNOWLEDGED: _saying("took the acknowledgement back"),
    EventKind.REMINDED: _saying("reminded the team"),
    EventKind.ASSIGNED: _assigned,
    EventKind.UNASSIGNED: _saying("put it back: nobody's now"),
    EventKind.SNOOZED: _snoozed,
    EventKind.WOKEN: _saying("ended its rest"),
    EventKind.CLOSED: _closed,
    EventKind.REOPENED: _saying("opened it again"),
    EventKind.ASKED: _saying("asked by a mail that nobody vouched for"),
    EventKind.CONFIRMED: _saying("vouched for the mail"),
    EventKind.IGNORED: _saying("ignored the mail"),
    EventKind.CLEARED: _cleared,
    EventKind.ERASED: _saying("erased what is known of a customer"),
    EventKind.EXPORTED: _saying("exported what is kept of the customer"),
}
