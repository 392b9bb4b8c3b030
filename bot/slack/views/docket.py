"""The questions that wait for a Confirm or an Ignore, for the admin who asked for them."""

from __future__ import annotations

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.cases.questions import Docket
from bot.slack.action_ids import QUESTIONS
from bot.slack.views import words
from bot.slack.views.notes import question
from bot.slack.views.parts import Drawing, section

SHOWN = 8


def docket(waiting: Docket) -> Drawing:
    """Draw a page of questions, each with its answers."""
    if not waiting.questions:
        text = "No mail in an admin's name waits for a decision."
        return Drawing(text, [section(text)])
    many = len(waiting.questions) + waiting.more
    text = f"{words.count(many, 'older mail' if waiting.before else 'mail')} in an admin's name that nobody vouched for"
    blocks: list[Block] = [section(f"*{text}*, the newest first:")]
    for asked in waiting.questions:
        blocks += question(asked, shown=200, page=waiting.before).blocks
    if waiting.more:
        label = f"Next page ({waiting.more} more) ›"
        last = str(waiting.questions[-1].id)
        blocks.append(ActionsBlock(elements=[ButtonElement(text=label, action_id=QUESTIONS, value=last)]))
    return Drawing(text, blocks)
