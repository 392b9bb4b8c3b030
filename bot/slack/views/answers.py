"""What `/case` answers to the person who typed it."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.cases.queries import Board, Filter, Sheet
from bot.slack.action_ids import LIST_PAGE
from bot.slack.views import words
from bot.slack.views.buttons import card_buttons
from bot.slack.views.home import figures, own_line
from bot.slack.views.parts import NOWHERE, Drawing, Surroundings, context, customer, line, section, state

LISTED = 15

_ADMIN_HINT = """Case numbers may be written CASE-42, case-42, #42 or 42. In a case's thread commands don't work in \
Slack; mention me there instead: `@casebot close`, `@casebot note text`. “I'm closing this case.” closes it too."""
_CUSTOMER_HINT = "To reach the team, just write to me."


def usage(forms: Sequence[tuple[str, str]], *, admin: bool) -> Drawing:
    """Return the help: (form, what it does) of all that the person can type."""
    lines = "\n".join(f"`{f'/case {form}'.strip()}` {summary}" for form, summary in forms)
    hint = context(_ADMIN_HINT if admin else _CUSTOMER_HINT)
    return Drawing("What /case can do", [section(f"*What you can type*\n{lines}"), hint])


def glance(board: Board, around: Surroundings = NOWHERE) -> Drawing:
    """Return the desk's figures and what waits longest."""
    rows = [section(line(sheet, around)) for sheet in board.cases]
    hint = context("`/case list` shows more, `/case help` the other commands.")
    return Drawing("The desk at a glance", [section(figures(board)), *rows, hint])


def listing(board: Board, which: Filter, around: Surroundings = NOWHERE) -> Drawing:
    """Return one page of a list."""
    if not board.cases:
        none = "No case is assigned to you." if which is Filter.MINE else f"No {which} cases."
        return Drawing(none, [section(none)])
    rows: list[Block] = [section(line(sheet, around)) for sheet in board.cases]
    if board.after:
        label = f"Next page ({board.more} more) ›"
        button = ButtonElement(text=label, action_id=LIST_PAGE, value=f"{which}:{board.after}")
        rows.append(ActionsBlock(elements=[button]))
    title = "Your cases" if which is Filter.MINE else f"{which.capitalize()} cases"
    return Drawing(title, rows)


def status(sheet: Sheet, around: Surroundings = NOWHERE) -> Drawing:
    """Return how a case stands, with the buttons that fit it."""
    case = sheet.case
    facts = f"*{around.name(case.case_id)}* · {state(sheet)}\n{customer(case)}"
    said = [section(words.quoted(sheet.latest.body, 400))] if sheet.latest else []
    since = (
        f"closed {words.when(case.closed_at)}" if case.closed_at else f"waiting since {words.when(sheet.waiting_since)}"
    )
    small = context(f"{words.count(case.message_count, 'message')} · opened {words.when(case.created_at)} · {since}")
    return Drawing(f"{case.case_id} is {case.status}", [section(facts), *said, small, card_buttons(sheet, around)])


def own_cases(cases: Sequence[Sheet]) -> Drawing:
    """Return a customer's own cases."""
    if not cases:
        return Drawing("You have no cases.", [section("You have no cases. Write to me and one is opened for you.")])
    return Drawing("Your cases", [section(own_line(sheet)) for sheet in cases])


def done(text: str) -> Drawing:
    """Return a plain confirmation."""
    return Drawing(text, [section(text)])
