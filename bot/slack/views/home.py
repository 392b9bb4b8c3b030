"""App Home: the desk at a glance for admins, and a customer's own cases for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock

from bot.cases.queries import Board, Sheet
from bot.slack.views import words
from bot.slack.views.parts import case_buttons, context, line, section

# A case takes a line and its buttons; with header and figures this stays far below Slack's 100 blocks.
CASES_SHOWN = 25


def admin_home(board: Board) -> dict[str, Any]:
    """Draw the desk: figures, then the open cases, the longest waiting first."""
    blocks: list[Block] = [HeaderBlock(text="Case desk"), section(figures(board)), DividerBlock()]
    if not board.cases:
        blocks.append(section(":tada: No open cases. New ones appear here and in the support channel."))
    for sheet in board.cases:
        blocks += [section(line(sheet)), *case_buttons(sheet)]
    if board.more:
        blocks.append(context(f"{words.count(board.more, 'more open case')}: `/case list`"))
    return _view(blocks)


def customer_home(cases: Sequence[Sheet]) -> dict[str, Any]:
    """Draw a customer's own cases and nobody else's."""
    blocks: list[Block] = [HeaderBlock(text="Your cases")]
    if not cases:
        blocks.append(section("You have no cases. Write to me in *Messages* and one is opened for you."))
    for sheet in cases:
        blocks.append(section(own_line(sheet)))
    return _view(blocks)


def figures(board: Board) -> str:
    """Return the desk's figures in a line."""
    alerts = "alert waits" if board.unacknowledged == 1 else "alerts wait"
    unacknowledged = f"*{board.unacknowledged}* {alerts} for an acknowledgement"
    return f"*{board.open}* open · *{board.escalated}* escalated · {unacknowledged}"


def own_line(sheet: Sheet) -> str:
    """Return a case as its own customer sees it: nothing of the team's inner life."""
    case = sheet.case
    status = f"closed {words.when(case.closed_at)}" if case.closed_at else "open"
    said = words.one_line(sheet.latest.body, 120) if sheet.latest else ""
    return f"*{case.case_id}* {status} · {words.count(case.message_count, 'message')}\n{said}"


def _view(blocks: Sequence[Block]) -> dict[str, Any]:
    return {"type": "home", "blocks": [block.to_dict() for block in blocks[: words.VIEW_BLOCKS]]}
