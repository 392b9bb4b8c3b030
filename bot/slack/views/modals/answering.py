"""The form for an answer to the customer: whom it reaches, what he said last, and the words that go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.cases.announcements import MAIL
from bot.cases.lookups import Addressee
from bot.cases.models import Attachment, Case
from bot.slack.action_ids import Form
from bot.slack.errand import Errand
from bot.slack.views import words
from bot.slack.views.modals import pieces
from bot.slack.views.parts import context, customer, section

TEXT = "text"
FILES = "files"
KEPT = "kept"
MOST_FILES = 10


def answer_form(to: Addressee, errand: Errand, draft: str = "", kept: Sequence[Attachment] = ()) -> dict[str, Any]:
    """Draw the form. `draft` and the files `kept` are those of an answer that was stopped."""
    said = words.quoted(to.said.body, 1500) if to.said is not None else "> _(nothing yet)_"
    blocks: list[Block] = [
        section(f"*To:* {customer(to.case)}\n*By:* {way(to)}"),
        section(f"*Said last:*\n{said}"),
        pieces.text(
            TEXT, "Your answer", initial=draft, hint="The customer gets these words, and nothing else of the case."
        ),
    ]
    if kept:
        options = [pieces.option(str(one.id), one.name) for one in kept[:MOST_FILES]]
        blocks.append(pieces.ticks(KEPT, "Files of the stopped answer", options, ticked=True))
    blocks.append(pieces.asked(FILES, "Files", FileInputElement(max_files=MOST_FILES), optional=True))
    if to.place == MAIL:
        blocks.append(context("It leaves as a mail under your name."))
    return pieces.modal(Form.REPLY, f"Answer {to.case.case_id}", "Send to customer", blocks, errand)


def way(to: Addressee) -> str:
    """Return how an answer reaches the customer, in words."""
    if to.place == MAIL:
        return f"e-mail to {words.one_line(to.case.customer_identifier, 200)}"
    if to.place.startswith(("D", "U", "W")):
        return "a direct message in Slack"
    # Our own mention of a channel by its id: the reader sees its name.
    return f"Slack, in the customer's thread in <#{to.place}>"


def short_name(case: Case) -> str:
    """Return what a customer is called in a sentence."""
    return words.one_line(case.customer_name, 80)
