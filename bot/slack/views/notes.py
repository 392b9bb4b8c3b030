"""The short messages: follow-ups and revisions in a case's thread, the closing log, questions and notices."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.cases.models import CaseEvent, EventKind, Message, Question
from bot.slack.action_ids import CONFIRM, IGNORE
from bot.slack.views import words
from bot.slack.views.parts import Drawing, context, section

# Several folded messages must fit into one.
_FOLDED_PREVIEW = 250


def follow_up(messages: Sequence[Message]) -> Drawing:
    """Draw new messages of a case for its thread: one in full, a backlog in short."""
    first = messages[0]
    if len(messages) == 1:
        return Drawing(_said(first, 300), [section(f"{_who(first)}:\n{words.quoted(first.body, 2000)}")])
    title = f"*{first.case_id}* · {len(messages)} new messages"
    blocks = [section(f"{_who(message)}:\n{words.quoted(message.body, _FOLDED_PREVIEW)}") for message in messages]
    return Drawing(f"{first.case_id}: {len(messages)} new messages", [section(title), *blocks])


def revision(events: Sequence[CaseEvent]) -> Drawing:
    """Draw edits and deletions of messages for the case's thread."""
    blocks = [section(_revised(event)) for event in events]
    return Drawing(f"{events[0].case_id}: a message was changed", blocks)


def close_reason(event: CaseEvent) -> Drawing:
    """Draw why a case was closed, for its thread."""
    reason = str(event.detail.get("reason", ""))
    text = f"{event.case_id} was closed by {event.actor_name}: {reason}"
    return Drawing(
        words.escape(text), [section(f"Closed by {words.escape(event.actor_name)}:\n{words.quoted(reason)}")]
    )


def closing_log(event: CaseEvent) -> Drawing:
    """Return the log line of a closure, to the letter as the requirements give it; plain text, no blocks."""
    at = event.at.isoformat(timespec="seconds")
    return Drawing(f"Case #{event.case_id} closed at {at} by {words.escape(event.actor_name)}")


def question(asked: Question) -> Drawing:
    """Draw what an unverified admin mail asks for, with the two answers, or what became of it."""
    who = words.escape(asked.asked_by)
    wish = "asks to close" if asked.closes else "writes to"
    about = f"{who} {wish} {asked.case_id or 'no case'}, sender not verified"
    blocks = [section(f":grey_question: *{about}*"), section(words.quoted(str(asked.inbound.get("text", ""))))]
    verdict = words.escape(words.shortened(str(asked.inbound.get("verdict", "")), 200))
    if asked.decided_by is not None:
        settled = f"{asked.outcome} by {words.escape(asked.decided_by)}"
        return Drawing(f"{about}: {settled}", [*blocks, context(f"{settled} · {verdict}")])
    if asked.case_id is None:
        hint = "It names no case, so nothing follows from it. The mail itself is in the mailbox."
        return Drawing(about, [*blocks, context(f"{hint} {verdict}")])
    answers = ActionsBlock(
        elements=[
            ButtonElement(text="Confirm", action_id=CONFIRM, value=str(asked.id), style="primary"),
            ButtonElement(text="Ignore", action_id=IGNORE, value=str(asked.id)),
        ]
    )
    return Drawing(about, [*blocks, context(f"Nothing changes until somebody confirms. {verdict}"), answers])


def notice(kind: str, content: dict[str, str]) -> Drawing:
    """Draw something the team should know that belongs to no case."""
    about = {key: words.escape(words.shortened(str(value), 200)) for key, value in content.items()}
    text = _NOTICES[kind].format_map(_Missing(about))
    return Drawing(text, [section(text)])


_NOTICES = {
    "mail_quarantined": (
        ":warning: A mail could not be taken in and was set aside: from {sender}, “{subject}” ({reason}). "
        "It is still in the mailbox (UID {uid})."
    ),
    "mail_unplaced": (
        ":grey_question: {sender} (admin) wrote “{subject}”, but it names no case, so it changed none. "
        "Answer the customer's mail, or name the case (CASE-42) in the text."
    ),
}


class _Missing(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"(no {key})"


def _said(message: Message, limit: int) -> str:
    text = f"{message.case_id} · {message.sender_name}: {words.shortened(message.body, limit)}"
    return words.escape(text)


def _who(message: Message) -> str:
    name = f"*{words.escape(words.shortened(message.sender_name, 80))}*"
    deed = "noted by mail" if message.internal else "answered" if message.is_admin else "wrote"
    subject = f" “{words.escape(words.shortened(message.subject, 100))}”" if message.subject else ""
    return f"{name} {deed}{subject} {words.when(message.timestamp)}"


def _revised(event: CaseEvent) -> str:
    name = f"*{words.escape(event.actor_name)}*"
    if event.kind == EventKind.DELETED:
        return f"{name} deleted a message {words.when(event.at)}; its words are kept here."
    before = words.quoted(str(event.detail.get("before", "")), _FOLDED_PREVIEW)
    after = words.quoted(str(event.detail.get("after", "")), _FOLDED_PREVIEW * 4)
    return f"{name} edited a message {words.when(event.at)}. Before:\n{before}\nNow:\n{after}"
