"""The form for a rest, and which moment its choices mean for the person who chose."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from slack_sdk.models.blocks import DateTimePickerElement, RadioButtonsElement

from bot.cases.models import Case
from bot.slack.action_ids import Form
from bot.slack.errand import Errand
from bot.slack.views import words
from bot.slack.views.modals import pieces
from bot.slack.views.parts import context, customer, section

FOR = "for"
UNTIL = "until"
MORNING = time(9)


class Rest(StrEnum):
    """How long a case may rest, by one click."""

    HOUR = "1h"
    HOURS = "4h"
    TOMORROW = "tomorrow"
    MONDAY = "monday"


def snooze_form(case: Case, now: datetime, zone: tzinfo, errand: Errand) -> dict[str, Any]:
    """Ask until when the case may rest."""
    choices = [pieces.option(rest, label) for rest, label in _LABELS.items()]
    quick = RadioButtonsElement(options=choices, initial_option=choices[0])
    blocks = [
        section(f"*{case.case_id}* · {customer(case)}"),
        pieces.asked(FOR, "Let it rest", quick),
        pieces.asked(UNTIL, "Or until", DateTimePickerElement(), optional=True, hint="A time chosen here counts more."),
        context(f"9:00 is in your time zone: {words.when(wake_time(Rest.TOMORROW, now, zone))}. "
                "The customer's next message ends the rest sooner."),
    ]  # fmt: skip
    return pieces.modal(Form.SNOOZE, f"Snooze {case.case_id}", "Snooze", blocks, errand)


def wake_time(rest: Rest, now: datetime, zone: tzinfo) -> datetime:
    """Return when a rest ends, in UTC and full minutes; mornings are those of `zone`.

    A morning is the next one of its day: on a Monday before nine, "Monday" is still today.
    """
    if rest is Rest.HOUR:
        return _minute(now + timedelta(hours=1))
    if rest is Rest.HOURS:
        return _minute(now + timedelta(hours=4))
    here = now.astimezone(zone)
    days = 1 if rest is Rest.TOMORROW else -here.weekday() % 7
    morning = datetime.combine(here.date() + timedelta(days=days), MORNING, zone)
    if morning <= here:
        morning = datetime.combine(morning.date() + timedelta(days=7), MORNING, zone)
    return morning.astimezone(UTC)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


_LABELS = {
    Rest.HOUR: "for 1 hour",
    Rest.HOURS: "for 4 hours",
    Rest.TOMORROW: "until tomorrow, 9:00",
    Rest.MONDAY: "until Monday, 9:00",
}
