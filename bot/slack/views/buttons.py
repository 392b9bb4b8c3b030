"""What can be pressed on a card and on an alert, by the state of the case."""

from __future__ import annotations

from slack_sdk.models.blocks import ActionsBlock, ButtonElement, Option, OverflowMenuElement

from bot.cases.models import Escalation, Status
from bot.cases.queries import Sheet
from bot.slack.action_ids import (
    ACKNOWLEDGE,
    ASSIGN_TO_ME,
    MORE,
    REPLY,
    SNOOZE,
    UNACKNOWLEDGE,
    Choice,
    case_value,
    chosen_value,
)
from bot.slack.views.parts import close_button

_OFFERED = {
    Choice.ASSIGN: "Assign…",
    Choice.SNOOZE: "Snooze…",
    Choice.WAKE: "Wake it now",
    Choice.NOTE: "Note…",
    Choice.ESCALATE: "Escalate…",
    Choice.TIMELINE: "Timeline",
    Choice.REOPEN: "Reopen",
}


def card_buttons(sheet: Sheet) -> ActionsBlock:
    """Return a card's row: what is done most, and a menu with the rest."""
    case = sheet.case
    menu = _menu(sheet)
    if case.status == Status.CLOSED:
        return ActionsBlock(elements=[menu])
    value = case_value(case.case_id, case.version)
    row = [ButtonElement(text="Reply", action_id=REPLY, value=value, style="primary")]
    if case.assignee is None:
        row.append(ButtonElement(text="Assign to me", action_id=ASSIGN_TO_ME, value=value))
    if sheet.pending:
        row.append(ButtonElement(text="Acknowledge", action_id=ACKNOWLEDGE, value=value))
    return ActionsBlock(elements=[*row, close_button(case), menu])


def alert_buttons(sheet: Sheet, escalation: Escalation) -> list[ActionsBlock]:
    """Return an alert's row; none once it is answered, snoozed, closed, or followed by a newer alert."""
    case = sheet.case
    is_latest = sheet.escalation is not None and sheet.escalation.id == escalation.id
    if case.status == Status.CLOSED or not is_latest:
        return []
    value = case_value(case.case_id, case.version)
    if escalation.settled_at is None:
        acknowledge = ButtonElement(text="Acknowledge", action_id=ACKNOWLEDGE, value=value, style="primary")
        snooze = ButtonElement(text="Snooze…", action_id=SNOOZE, value=value)
        return [ActionsBlock(elements=[acknowledge, close_button(case), snooze])]
    if escalation.outcome == "acknowledged":
        undo = ButtonElement(text="Un-acknowledge", action_id=UNACKNOWLEDGE, value=value)
        return [ActionsBlock(elements=[undo, close_button(case)])]
    return []


def _menu(sheet: Sheet) -> OverflowMenuElement:
    case = sheet.case
    if case.status == Status.CLOSED:
        choices = [Choice.REOPEN, Choice.TIMELINE]
    else:
        rest = Choice.SNOOZE if case.snoozed_until is None else Choice.WAKE
        choices = [Choice.ASSIGN, rest, Choice.NOTE, Choice.ESCALATE, Choice.TIMELINE]
    options = [
        Option(text=_OFFERED[choice], value=chosen_value(choice, case.case_id, case.version)) for choice in choices
    ]
    return OverflowMenuElement(action_id=MORE, options=options)
