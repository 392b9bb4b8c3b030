"""App Home: the desk at a glance for admins, and a customer's own cases for everybody else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.cases.board import Board, Filter, Sort
from bot.cases.models import Status
from bot.cases.search import Page
from bot.cases.sheets import Sheet
from bot.slack.action_ids import (
    HOME_FILTER,
    HOME_PAGE,
    HOME_SEARCH,
    HOME_SORT,
    HOME_START,
    OWN_REPLY,
    OWN_SOLVED,
    case_value,
)
from bot.slack.views import words
from bot.slack.views.buttons import list_buttons
from bot.slack.views.parts import NOWHERE, Surroundings, context, line, section
from bot.slack.views.searches import hit_line, nothing_found

# A case takes a line, its buttons and a rule; with figures, filters and pages this stays below Slack's 100 blocks.
CASES_SHOWN = 20

_FILTERS = {
    Filter.OPEN: "All open cases",
    Filter.WAITING: "Waiting for us",
    Filter.ESCALATED: "Escalated",
    Filter.MINE: "Mine",
    Filter.UNASSIGNED: "Unassigned",
    Filter.CLOSED: "Closed, the newest first",
}
_ORDERS = {Sort.LONGEST: "Waiting longest first", Sort.NEWEST: "Newest words first"}
_NOTHING = {
    Filter.OPEN: ":tada: No open cases. New ones appear here and in the support channel.",
    Filter.WAITING: ":tada: Nobody waits for us.",
    Filter.ESCALATED: ":tada: Nothing is escalated.",
    Filter.MINE: "No case is assigned to you. A card's *Assign to me* changes that.",
    Filter.UNASSIGNED: "Every open case has somebody who looks after it.",
    Filter.CLOSED: "No case was closed yet.",
}


_SPOKEN = {"slack": "Slack", "email_listener": "mailbox", "outgoing_mail": "outgoing mail", "scheduler": "clock"}
"""How people call the services that the health page names."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the bot itself is: (service, what is wrong with it, empty while it works), and what the outbox holds.

    `due` deliveries are waiting, `refused` ones will never be said unless somebody does something about it.
    """

    services: Sequence[tuple[str, str]] = ()
    due: int = 0
    refused: int = 0


def admin_home(
    board: Board,
    sight: Mapping[str, str],
    standing: Standing,
    found: Page | None = None,
    around: Surroundings = NOWHERE,
) -> dict[str, Any]:
    """Draw the desk: figures, how the bot is, and one page of a list, or of what was found."""
    which = Filter(sight["which"])
    blocks: list[Block] = [HeaderBlock(text="Case desk"), section(figures(board)), context(_health(standing))]
    blocks += [_filters(which, Sort(sight["sort"])), _search(sight["wanted"]), DividerBlock()]
    blocks += _found(found, sight["wanted"], around) if found is not None else _listed(board, which, around)
    blocks += _pages(sight, found.after if found is not None else board.after, board.more if found is None else 0)
    return _view(blocks, sight)


def customer_home(cases: Sequence[Sheet]) -> dict[str, Any]:
    """Draw a customer's own cases and nobody else's."""
    blocks: list[Block] = [HeaderBlock(text="Your cases")]
    if not cases:
        blocks.append(section("You have no cases. Write to me in *Messages* and one is opened for you."))
    for sheet in cases:
        blocks.append(section(own_line(sheet)))
        if sheet.case.status == Status.OPEN:
            blocks.append(_own_buttons(sheet))
    return _view(blocks, {})


def figures(board: Board) -> str:
    """Return the desk's figures in a line."""
    alerts = "alert waits" if board.unacknowledged == 1 else "alerts wait"
    parts = [
        f"*{board.open}* open",
        f"*{board.waiting}* waiting for us",
        f"*{board.escalated}* escalated",
        f"*{board.unacknowledged}* {alerts} for an acknowledgement",
        f"*{board.unassigned}* unassigned",
        f"*{board.mine}* yours",
        f"*{board.closed_today}* closed today",
    ]
    return " · ".join(parts)


def own_line(sheet: Sheet) -> str:
    """Return a case as its own customer sees it: nothing of the team's inner life."""
    case = sheet.case
    status = f"closed {words.when(case.closed_at)}" if case.closed_at else "open"
    said = words.one_line(sheet.latest.body, 120) if sheet.latest else ""
    return f"*{case.case_id}* {status} · {words.count(case.message_count, 'message')}\n{said}"


def _health(standing: Standing) -> str:
    spoken = [(_SPOKEN.get(name, name), problem) for name, problem in standing.services]
    failing = [f":red_circle: *{name}*: {words.one_line(problem, 200)}" for name, problem in spoken if problem]
    names = ", ".join(name for name, problem in spoken if not problem)
    working = [f":large_green_circle: {names} in order"] if names else []
    waiting = f"outbox: {standing.due} waiting" if standing.due else "outbox: everything said"
    refused = f":warning: {standing.refused} refused, see `casebot outbox`" if standing.refused else ""
    return " · ".join(part for part in (*failing, *working, waiting, refused) if part)


def _filters(which: Filter, sort: Sort) -> ActionsBlock:
    options = {each: Option(text=label, value=each) for each, label in _FILTERS.items()}
    menu = StaticSelectElement(
        action_id=HOME_FILTER, options=list(options.values()), initial_option=options[which], placeholder="Which cases"
    )
    if which is Filter.CLOSED:
        return ActionsBlock(block_id="home_filters", elements=[menu])
    orders = {each: Option(text=label, value=each) for each, label in _ORDERS.items()}
    order = StaticSelectElement(
        action_id=HOME_SORT, options=list(orders.values()), initial_option=orders[sort], placeholder="In which order"
    )
    return ActionsBlock(block_id="home_filters", elements=[menu, order])


def _search(wanted: str) -> InputBlock:
    field = PlainTextInputElement(
        action_id=HOME_SEARCH,
        placeholder="Words, a customer or CASE-42",
        initial_value=wanted or None,
        dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]},
        max_length=200,
    )
    return InputBlock(label="Search", element=field, dispatch_action=True, optional=True, block_id="home_search")


def _listed(board: Board, which: Filter, around: Surroundings) -> list[Block]:
    blocks: list[Block] = [] if board.cases else [section(_NOTHING[which])]
    for sheet in board.cases:
        blocks += [section(line(sheet, around)), list_buttons(sheet, around), DividerBlock()]
    return blocks


def _found(found: Page, wanted: str, around: Surroundings) -> list[Block]:
    if not found.hits:
        return [section(nothing_found(wanted))]
    return [section(hit_line(hit, around)) for hit in found.hits]


def _pages(sight: Mapping[str, str], after: str, more: int) -> list[Block]:
    buttons = []
    if sight["after"] or sight["wanted"]:
        label = "Back to the list" if sight["wanted"] and not sight["after"] else "‹ First page"
        buttons.append(ButtonElement(text=label, action_id=HOME_START, value="start"))
    if after:
        label = f"Next page ({more} more) ›" if more else "Next page ›"
        buttons.append(ButtonElement(text=label, action_id=HOME_PAGE, value=after))
    return [ActionsBlock(block_id="home_pages", elements=buttons)] if buttons else []


def _own_buttons(sheet: Sheet) -> ActionsBlock:
    value = case_value(sheet.case.case_id, sheet.case.version)
    return ActionsBlock(
        elements=[
            ButtonElement(text="Reply", action_id=OWN_REPLY, value=value, style="primary"),
            ButtonElement(text="This is solved", action_id=OWN_SOLVED, value=value),
        ]
    )


def _view(blocks: Sequence[Block], sight: Mapping[str, str]) -> dict[str, Any]:
    view = View(type="home", blocks=list(blocks[: words.VIEW_BLOCKS]), private_metadata=json.dumps(dict(sight)))
    return view.to_dict()
