"""The short messages: follow-ups and revisions in a case's thread, questions and notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.cases.inbound import Source
from bot.cases.models import Attachment, CaseEvent, EventKind, Message, Question
from bot.cases.queries import Flood
from bot.slack.action_ids import CONFIRM, IGNORE, OPEN_MAIL, QUESTIONS, RETRY_MAIL, question_value
from bot.slack.views import words
from bot.slack.views.files import listed
from bot.slack.views.outage import recap
from bot.slack.views.parts import Drawing, context, section

# What a line takes besides its preview: name, subject, date and quote marks.
_FRAME = 400
_SHORTEST_PREVIEW = 60
# Slack's limit; a folder's name is far shorter.
BUTTON_VALUE = 2000


def follow_up(messages: Sequence[Message], files: Mapping[int, Sequence[Attachment]]) -> Drawing:
    """Draw new messages of a case for its thread: one in full, a backlog in short; `files` by message."""
    first = messages[0]
    if len(messages) == 1:
        return _single(first, files.get(first.id or 0, ()))
    title = f"*{first.case_id}* · {len(messages)} new messages"
    room = _room(len(messages), most=250)
    blocks = [section(_in_short(message, room, len(files.get(message.id or 0, ())))) for message in messages]
    return Drawing(f"{first.case_id}: {len(messages)} new messages", [section(title), *blocks])


def flood(counted: Flood) -> Drawing:
    """Draw a flood of mails as one line with its counter, and the newest of them."""
    many = words.count(counted.mails, "more mail")
    title = f":ocean: *{counted.case_id}* · {many} in a short time; all are kept in the case. The newest:"
    newest = section(f"{_who(counted.latest)}:\n{words.quoted(counted.latest.body, 400)}")
    return Drawing(f"{counted.case_id}: {many} in a short time", [section(title), newest])


def revision(events: Sequence[CaseEvent]) -> Drawing:
    """Draw edits and deletions of messages for the case's thread."""
    room = _room(len(events), most=1250)
    blocks = [section(_revised(event, room)) for event in events]
    return Drawing(f"{events[0].case_id}: a message was changed", blocks)


def close_reason(event: CaseEvent) -> Drawing:
    """Draw why a case was closed, for its thread."""
    reason = str(event.detail.get("reason", ""))
    who = words.one_line(event.actor_name, 120)
    text = f"{event.case_id} was closed by {who}: {words.one_line(reason, 300)}"
    return Drawing(text, [section(f"Closed by {who}:\n{words.quoted(reason)}")])


def question(asked: Question, shown: int = words.PREVIEW, page: int = 0) -> Drawing:
    """Draw what an unverified admin mail asks for, with its answers, or what became of it.

    What names no case can only be ignored. At most `shown` characters of its words stand there. `page` tells where it
    stands in a list, see `question_value`.
    """
    who = words.one_line(asked.asked_by, 300)
    wish = "asks to close" if asked.closes else "writes to"
    about = f"{who} {wish} {asked.case_id or 'no case'}, sender not verified"
    blocks = [section(f":grey_question: *{about}*"), section(words.quoted(str(asked.inbound.get("text", "")), shown))]
    verdict = words.one_line(str(asked.inbound.get("verdict", "")), 200)
    if asked.decided_by is not None:
        settled = f"{asked.outcome} by {words.one_line(asked.decided_by, 120)}"
        return Drawing(f"{about}: {settled}", [*blocks, context(f"{settled} · {verdict}")])
    value = question_value(asked.id, page)
    answers = [ButtonElement(text="Ignore", action_id=IGNORE, value=value)]
    hint = _NO_CASE
    if asked.case_id is not None:
        answers.insert(0, ButtonElement(text="Confirm", action_id=CONFIRM, value=value, style="primary"))
        hint = "Nothing changes until somebody confirms."
    return Drawing(about, [*blocks, context(f"{hint} {verdict}"), ActionsBlock(elements=answers)])


def notice(kind: str, content: dict[str, str]) -> Drawing:
    """Draw something the team should know that belongs to no case; under a mail set aside, what can be done with it.

    `key` names such a mail; `outcome` says how it ended.
    """
    if kind == "recap":
        return recap(content)
    about = {key: words.one_line(str(value), 200) for key, value in content.items()}
    text = _NOTICES[kind].format_map(_Missing(about))
    if "outcome" in content:
        return Drawing(f"{text} {about['outcome']}", [section(text), context(f":white_check_mark: {about['outcome']}")])
    if kind == "mail_question_flood":
        look = ButtonElement(text="Look through them", action_id=QUESTIONS, value="0")
        return Drawing(text, [section(text), ActionsBlock(elements=[look])])
    if "key" not in content:
        return Drawing(text, [section(text)])
    value = str(content["key"])[:BUTTON_VALUE]
    deeds = ActionsBlock(
        elements=[
            ButtonElement(text="Retry", action_id=RETRY_MAIL, value=value),
            ButtonElement(text="Open as case", action_id=OPEN_MAIL, value=value),
        ]
    )
    return Drawing(text, [section(text), deeds])


_NO_CASE = (
    "It names no case, so it can't be confirmed. If it is genuine, write its words down yourself: "
    "`/case note CASE-42 text`. The mail is still in the mailbox."
)
_NOTICES = {
    "mail_quarantined": (
        ":warning: A mail could not be taken in and was set aside: from {sender}, “{subject}” ({reason}). "
        "It is still in the mailbox (UID {uid})."
    ),
    "mail_backlog": (
        ":inbox_tray: First look into {folder}: about {mails} mails were waiting. They are taken in without a card "
        "each, so that this channel stays readable: `/case list` and App Home show their cases, and each gets its card "
        "here as soon as something happens in it."
    ),
    "mail_unplaced": (
        ":grey_question: {sender} (admin) wrote “{subject}”, but it names no case, so it changed none. "
        "Answer the customer's mail, or name the case (CASE-42) in the text."
    ),
    "mail_quarantined_flood": (
        ":warning: {mails} more mails in a short time could not be taken in and were set aside; the latest from "
        "{sender}, “{subject}” ({reason}). They are still in the mailbox: `casebot quarantine list` shows them."
    ),
    "mail_unplaced_flood": (
        ":grey_question: {mails} more mails of admins in a short time name no case, so they changed none; the latest "
        "from {sender}, “{subject}”."
    ),
    "mail_question_flood": (
        ":grey_question: {mails} more mails in an admin's name in a short time, sender not verified; the latest from "
        "{sender}, “{subject}”. They changed nothing and are still in the mailbox; `/case questions` lists them."
    ),
    "refused": (
        ":no_entry: Slack refused what was to be said in {place} ({what}: {reason}). It is parked: "
        "`casebot outbox list` shows it, `casebot outbox retry` says it once that is mended."
    ),
    "stuck": (
        ":no_entry: Nothing can be said in {place} ({reason}). It is all kept, and said as soon as that is mended: "
        "see that the channel exists, is not archived and has the bot in it (`/invite @casebot`)."
    ),
}


class _Missing(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"(no {key})"


def _room(count: int, most: int) -> int:
    """Return how many characters of each may be shown, so that all of them fit into one message."""
    return max(_SHORTEST_PREVIEW, min(most, words.MESSAGE_CHARACTERS // (count + 1) - _FRAME))


def _said(message: Message, limit: int) -> str:
    return f"{message.case_id} · {words.one_line(message.sender_name, 80)}: {words.one_line(message.body, limit)}"


def _single(message: Message, attached: Sequence[Attachment]) -> Drawing:
    said = words.quoted(message.body, 2000) if message.body.strip() or not attached else ""
    small = [context(listed(attached))] if attached else []
    return Drawing(_said(message, 300), [section(f"{_who(message)}:\n{said}".strip()), *small])


def _in_short(message: Message, room: int, files: int) -> str:
    attached = f" ({words.count(files, 'file')})" if files else ""
    said = words.quoted(message.body, room) if message.body.strip() or not files else ""
    return f"{_who(message)}{attached}:\n{said}".strip()


def _who(message: Message) -> str:
    name = f"*{words.one_line(message.sender_name, 80)}*"
    deed = _noted(message) if message.internal else "answered" if message.is_admin else "wrote"
    subject = f" “{words.one_line(message.subject, 100)}”" if message.subject else ""
    return f"*{message.case_id}* · {name} {deed}{subject} {words.when(message.timestamp)}"


def _noted(message: Message) -> str:
    return "noted by mail" if message.source == Source.EMAIL else "noted for the team"


def _revised(event: CaseEvent, room: int) -> str:
    name = f"*{words.one_line(event.actor_name, 80)}*"
    if event.kind == EventKind.DELETED:
        return f"{name} deleted a message {words.when(event.at)}; its words are kept here."
    before = words.quoted(str(event.detail.get("before", "")), room // 5)
    after = words.quoted(str(event.detail.get("after", "")), room * 4 // 5)
    return f"{name} edited a message {words.when(event.at)}. Before:\n{before}\nNow:\n{after}"
