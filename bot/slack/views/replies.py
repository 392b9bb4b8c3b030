"""Answers written at the desk: as the team sees them in the case's thread, and as the customer reads them in Slack."""

from __future__ import annotations

from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.cases.models import Message, Sending
from bot.cases.queries import Letter
from bot.slack.action_ids import STOP_REPLY
from bot.slack.views import words
from bot.slack.views.files import listed
from bot.slack.views.parts import Drawing, context, section

# Slack cuts a text at 40,000 characters.
TEXT_LIMIT = 39_000


def answer(letter: Letter, sent_at: datetime | None) -> Drawing:
    """Draw an answer for the case's thread: who to whom, the words, and how far it has come."""
    message, case = letter.message, letter.case
    writer = words.one_line(message.sender_name, 80)
    reader = words.one_line(case.customer_name, 80)
    way = "by e-mail" if message.source == "email" else "in Slack"
    address = words.one_line(case.customer_identifier, 120)
    to = reader if reader == address else f"{reader} ({address})"
    quoted = words.quoted(message.body, 2000) if message.body.strip() else ""
    said = f"*{writer}* → *{to}* {way}:\n{quoted}".strip()
    small = context(listed(letter.attachments), _fate(message, sent_at))
    text = f"{message.case_id} · {writer} → {reader}: {words.one_line(message.body, 300)}"
    return Drawing(text, [section(said), small, *_stop(message)])


def reply(letter: Letter) -> Drawing:
    """Return an answer as its customer reads it: an admin's own words and markup, pinging nobody; no blocks."""
    message = letter.message
    body = words.inert(message.body, TEXT_LIMIT)
    files = "" if body else f"sends you {words.count(len(letter.attachments), 'file')}."
    return Drawing(f"*{words.one_line(message.sender_name, 80)}*\n{body}{files}")


def _fate(message: Message, sent_at: datetime | None) -> str:
    if message.sending == Sending.SENT:
        return f":white_check_mark: sent {words.when(sent_at)}" if sent_at else ":white_check_mark: sent"
    if message.sending == Sending.FAILED:
        return f":red_circle: *did not arrive:* {words.one_line(message.failure, 300) or 'nobody knows why'}"
    if message.sending == Sending.STOPPED:
        return ":no_entry: stopped before it left; the customer does not see it"
    return ":hourglass: leaves in a moment"


def _stop(message: Message) -> list[Block]:
    if message.sending != Sending.WAITING:
        return []
    return [ActionsBlock(elements=[ButtonElement(text="Stop", action_id=STOP_REPLY, value=str(message.id))])]
