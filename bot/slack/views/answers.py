"""What `/case` answers to the person who typed it."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.cases.queries import Board, Filter, Sheet
from bot.slack.views import words
from bot.slack.views.home import figures, own_line
from bot.slack.views.parts import Drawing, case_buttons, context, customer, line, section, state

LISTED = 15

_ADMIN_HELP = """*What you can type*
`/case` the desk at a glance
`/case status CASE-42` how a case stands
`/case list [open|escalated|closed]` cases, the longest waiting first
`/case close CASE-42 [reason]` end a case
`/case escalate CASE-42 [reason]` make it louder, now
`/case help` this list
Case numbers may be written CASE-42, case-42, #42 or 42. In a case's thread, “I'm closing this case.” closes it."""

_CUSTOMER_HELP = """*What you can type*
`/case` or `/case status` your cases
`/case status CASE-42` one of your cases
`/case help` this list
To reach the team, just write to me."""


def usage(*, admin: bool) -> Drawing:
    """Return the help for an admin or a customer."""
    return Drawing("What /case can do", [section(_ADMIN_HELP if admin else _CUSTOMER_HELP)])


def glance(board: Board) -> Drawing:
    """Return the desk's figures and what waits longest."""
    rows = [section(line(sheet)) for sheet in board.cases]
    hint = context("`/case list` shows more, `/case help` the other commands.")
    return Drawing("The desk at a glance", [section(figures(board)), *rows, hint])


def listing(board: Board, which: Filter) -> Drawing:
    """Return one page of a list."""
    if not board.cases:
        return Drawing(f"No {which} cases.", [section(f"No {which} cases.")])
    rows: list[Block] = [section(line(sheet)) for sheet in board.cases]
    if board.more:
        rows.append(context(f"and {board.more} more; App Home has them too."))
    return Drawing(f"{which.capitalize()} cases", rows)


def status(sheet: Sheet) -> Drawing:
    """Return how a case stands, with the buttons that fit it."""
    case = sheet.case
    facts = f"*{case.case_id}* · {state(sheet)}\n{customer(case)}"
    said = [section(words.quoted(sheet.latest.body, 400))] if sheet.latest else []
    since = (
        f"closed {words.when(case.closed_at)}" if case.closed_at else f"waiting since {words.when(sheet.waiting_since)}"
    )
    small = context(f"{words.count(case.message_count, 'message')} · opened {words.when(case.created_at)} · {since}")
    return Drawing(f"{case.case_id} is {case.status}", [section(facts), *said, small, *case_buttons(sheet)])


def own_cases(cases: Sequence[Sheet]) -> Drawing:
    """Return a customer's own cases."""
    if not cases:
        return Drawing("You have no cases.", [section("You have no cases. Write to me and one is opened for you.")])
    return Drawing("Your cases", [section(own_line(sheet)) for sheet in cases])


def done(text: str) -> Drawing:
    """Return a plain confirmation."""
    return Drawing(text, [section(text)])
