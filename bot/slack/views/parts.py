"""The pieces that cards, alerts and lists share: a case in a line, its buttons, a finished message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.cases.models import Case, Status
from bot.cases.queries import Sheet
from bot.slack.action_ids import ACKNOWLEDGE, CLOSE, case_value
from bot.slack.views import words


@dataclass(frozen=True, slots=True)
class Drawing:
    """A message as it is sent: text for notifications and screen readers, and blocks."""

    text: str
    blocks: Sequence[Block] = ()

    def as_arguments(self) -> dict[str, Any]:
        """Return the arguments of chat.postMessage and chat.update."""
        return {"text": self.text, "blocks": [block.to_dict() for block in self.blocks]}


def section(text: str) -> SectionBlock:
    """Return a paragraph; what looks like a link or mention in it is left alone."""
    return SectionBlock(text=MarkdownTextObject(text=text[: words.SECTION_LIMIT], verbatim=True))


def context(*texts: str) -> ContextBlock:
    """Return a line of small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True) for text in texts if text])


def customer(case: Case) -> str:
    """Return who the customer is: name, and the address or Slack user id that makes him unmistakable.

    Never a mention: a customer who is a member of the workspace must not be called into the team's channel.
    """
    name = words.one_line(case.customer_name, 80)
    identity = words.one_line(case.customer_identifier, 120)
    return identity if name == identity else f"{name} ({identity})"


def state(sheet: Sheet) -> str:
    """Return how the case stands, in a word and a sign."""
    if sheet.case.status == Status.CLOSED:
        return ":white_check_mark: closed"
    if sheet.pending:
        return ":rotating_light: escalated"
    if sheet.case.undelivered:
        return ":red_circle: an answer did not arrive"
    if sheet.case.snoozed_until is not None:
        return ":no_bell: snoozed"
    return ":large_blue_circle: open, escalated before" if sheet.case.escalated else ":large_blue_circle: open"


def line(sheet: Sheet) -> str:
    """Return a case in one line, for lists."""
    case = sheet.case
    messages = words.count(case.message_count, "message")
    return f"*{case.case_id}* {state(sheet)} · {customer(case)} · {messages} · {since(sheet)}"


def since(sheet: Sheet) -> str:
    """Return how long the case has waited, or when it was closed."""
    if sheet.case.closed_at is not None:
        return f"closed {words.when(sheet.case.closed_at)}"
    return f"waiting since {words.when(sheet.waiting_since)}"


def case_buttons(sheet: Sheet) -> list[ActionsBlock]:
    """Return the row of buttons that fit the case's state; none for a closed case."""
    case = sheet.case
    if case.status == Status.CLOSED:
        return []
    buttons = [close_button(case)]
    if sheet.pending:
        value = case_value(case.case_id, case.version)
        acknowledge = ButtonElement(text="Acknowledge", action_id=ACKNOWLEDGE, value=value, style="primary")
        buttons.insert(0, acknowledge)
    return [ActionsBlock(elements=buttons)]


def close_button(case: Case) -> ButtonElement:
    """Return the button that ends a case; Slack itself asks back."""
    name = words.shortened(" ".join(case.customer_name.split()), 60)
    confirm = ConfirmObject(
        title=f"Close {case.case_id}?",
        text=PlainTextObject(text=f"The case of {name} ends here. The next message opens a new case."),
        confirm="Close the case",
        deny="Keep it open",
    )
    value = case_value(case.case_id, case.version)
    return ButtonElement(text="Close", action_id=CLOSE, value=value, confirm=confirm)
