"""The pieces that cards, alerts and lists share: a case in a line, its surroundings, a finished message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import Block, ContextBlock, MarkdownTextObject, SectionBlock

from bot.cases.models import Case, Status
from bot.cases.queries import Sheet
from bot.slack.views import words


@dataclass(frozen=True, slots=True)
class Drawing:
    """A message as it is sent: text for notifications and screen readers, and blocks."""

    text: str
    blocks: Sequence[Block] = ()

    def as_arguments(self) -> dict[str, Any]:
        """Return the arguments of chat.postMessage and chat.update."""
        return {"text": self.text, "blocks": [block.to_dict() for block in self.blocks]}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What drawings of cases need besides the cases: `links` are the addresses of cards, by case ids.

    `asks_at_closing`: a close is asked about in a form, so that no button needs to ask before.
    """

    links: Mapping[str, str] = field(default_factory=dict)
    asks_at_closing: bool = False

    def name(self, case_id: str) -> str:
        """Return a case's name, which leads to its card where there is one."""
        url = self.links.get(case_id)
        return words.link(url, case_id) if url else case_id


NOWHERE = Surroundings()
"""Where no case has a card, and closing asks nothing."""


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


def line(sheet: Sheet, around: Surroundings = NOWHERE) -> str:
    """Return a case in one line, for lists; a second one tells what it is about."""
    case = sheet.case
    messages = words.count(case.message_count, "message")
    about = case.subject.strip() or (sheet.latest.body.strip() if sheet.latest else "")
    said = f"\n>{words.one_line(about, 100)}" if about else ""
    return f"*{around.name(case.case_id)}* {state(sheet)} · {customer(case)} · {messages} · {since(sheet)}{said}"


def since(sheet: Sheet) -> str:
    """Return how long the case has waited, or when it was closed."""
    if sheet.case.closed_at is not None:
        return f"closed {words.when(sheet.case.closed_at)}"
    return f"waiting since {words.when(sheet.waiting_since)}"
