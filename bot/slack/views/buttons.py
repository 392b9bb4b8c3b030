"""What can be pressed on a card, in a list and on an alert, by the state of the case."""

from __future__ import annotations

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
)

from bot.cases.models import Case, Escalation, Status
from bot.cases.queries import Sheet
from bot.slack.action_ids import (
    ACKNOWLEDGE,
    ASSIGN_TO_ME,
    CLOSE,
    CLOSE_BY_FORM,
    MORE,
    REPLY,
    SNOOZE,
    UNACKNOWLEDGE,
    Choice,
    case_value,
    chosen_value,
)
from bot.slack.views import words
from bot.slack.views.parts import NOWHERE, Surroundings

_OFFERED = {
    Choice.ASSIGN: "Assign…",
    Choice.SNOOZE: "Snooze…",
    Choice.WAKE: "Wake it now",
    Choice.NOTE: "Note…",
    Choice.ESCALATE: "Escalate…",
    Choice.TIMELINE: "Timeline",
    Choice.REOPEN: "Reopen",
}


def card_buttons(sheet: Sheet, around: Surroundings = NOWHERE) -> ActionsBlock:
    """Return a card's row: what is done most, and a menu with the rest."""
    return _row(sheet, around, foremost=REPLY)


def list_buttons(sheet: Sheet, around: Surroundings = NOWHERE) -> ActionsBlock:
    """Return the same row for a case among others, where only what is urgent stands out."""
    return _row(sheet, around, foremost=ACKNOWLEDGE)


def alert_buttons(sheet: Sheet, escalation: Escalation, around: Surroundings = NOWHERE) -> list[ActionsBlock]:
    """Return an alert's row; none once it is answered, snoozed, closed, or followed by a newer alert."""
    case = sheet.case
    is_latest = sheet.escalation is not None and sheet.escalation.id == escalation.id
    if case.status == Status.CLOSED or not is_latest:
        return []
    value = case_value(case.case_id, case.version)
    close = _close_button(case, around)
    if escalation.settled_at is None:
        acknowledge = ButtonElement(text="Acknowledge", action_id=ACKNOWLEDGE, value=value, style="primary")
        snooze = ButtonElement(text="Snooze…", action_id=SNOOZE, value=value)
        return [ActionsBlock(elements=[acknowledge, close, snooze])]
    if escalation.outcome == "acknowledged":
        undo = ButtonElement(text="Un-acknowledge", action_id=UNACKNOWLEDGE, value=value)
        return [ActionsBlock(elements=[undo, close])]
    return []


def _row(sheet: Sheet, around: Surroundings, foremost: str) -> ActionsBlock:
    case = sheet.case
    menu = _menu(sheet)
    if case.status == Status.CLOSED:
        return ActionsBlock(elements=[menu])
    labels = {REPLY: "Reply"}
    if case.assignee is None:
        labels[ASSIGN_TO_ME] = "Assign to me"
    if sheet.pending:
        labels[ACKNOWLEDGE] = "Acknowledge"
    value = case_value(case.case_id, case.version)
    row = [
        ButtonElement(text=label, action_id=action, value=value, style="primary" if action == foremost else None)
        for action, label in labels.items()
    ]
    return ActionsBlock(elements=[*row, _close_button(case, around), menu])


def _close_button(case: Case, around: Surroundings) -> ButtonElement:
    """Return the button that ends a case: Slack itself asks back, or else the form does that it opens."""
    value = case_value(case.case_id, case.version)
    if around.asks_at_closing:
        return ButtonElement(text="Close…", action_id=CLOSE_BY_FORM, value=value)
    name = words.shortened(" ".join(case.customer_name.split()), 60)
    confirm = ConfirmObject(
        title=f"Close {case.case_id}?",
        text=PlainTextObject(text=f"The case of {name} ends here. The next message opens a new case."),
        confirm="Close the case",
        deny="Keep it open",
    )
    return ButtonElement(text="Close", action_id=CLOSE, value=value, confirm=confirm)


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
