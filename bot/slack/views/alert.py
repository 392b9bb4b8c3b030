"""The alert: one message per escalation in the alerting channel, edited in place until it is settled."""

from __future__ import annotations

from datetime import datetime

from bot.cases.models import Escalation, Status
from bot.cases.queries import Sheet
from bot.cases.rules import span
from bot.slack.views import words
from bot.slack.views.buttons import alert_buttons
from bot.slack.views.parts import NOWHERE, Drawing, Surroundings, context, customer, section

# The newest of them; each takes a line, and all of them one section.
REASONS_SHOWN = 8


def alert(sheet: Sheet, escalation: Escalation, around: Surroundings = NOWHERE) -> Drawing:
    """Draw one escalation: why, the customer's words, what became of it."""
    case = sheet.case
    settled = _settled(escalation)
    sign = ":white_check_mark:" if settled else ":rotating_light:"
    headline = settled or "needs somebody now"
    shown = escalation.reasons[-REASONS_SHOWN:]
    earlier = len(escalation.reasons) - len(shown)
    reasons = [f"and {words.count(earlier, 'earlier reason')}"] * (earlier > 0) + [f"• {_reason(row)}" for row in shown]
    blocks = [section(f"{sign} *{case.case_id}* {headline}\n{customer(case)}"), section("\n".join(reasons))]
    if sheet.latest is not None and not settled:
        blocks.append(section(words.quoted(sheet.latest.body, 400)))
    small = context(" · ".join(_small_print(sheet, escalation, around)))
    plain = "; ".join(words.one_line(row["words"], 250) for row in shown)
    text = f"{case.case_id} {headline}: {words.one_line(case.customer_name, 80)}. {plain}"
    return Drawing(text, [*blocks, small, *alert_buttons(sheet, escalation, around)])


def reminder(escalation: Escalation, now: datetime, mention: str) -> Drawing | None:
    """Return what is said again in an alert's thread, calling whoever is to hear of it; None once it is settled.

    Plain text without blocks, so that the mention stands in it once.
    """
    if escalation.settled_at is not None:
        return None
    call = f"{mention} " if mention else ""
    waited = span(now - escalation.raised_at)
    return Drawing(f"{call}:bell: {escalation.case_id} still needs somebody: no acknowledgement for {waited}.")


def _small_print(sheet: Sheet, escalation: Escalation, around: Surroundings) -> list[str]:
    case = sheet.case
    facts = [f"raised {words.when(escalation.raised_at)}"]
    if case.assignee is not None:
        facts.append(f":bust_in_silhouette: {words.one_line(case.assignee_name, 120)}")
    if case.status == Status.CLOSED and escalation.outcome != "closed":
        facts.append(f"the case was closed by {words.one_line(case.closed_by or '', 120)}")
    if escalation.outcome == "snoozed" and case.snoozed_until is not None:
        facts.append(f"snoozed until {words.when(case.snoozed_until)}")
    if url := around.links.get(case.case_id):
        facts.append(words.link(url, "open the case"))
    return facts


def _reason(row: dict[str, str]) -> str:
    said = words.one_line(row["words"], 250)
    since = row.get("since")
    return f"{said} (since {words.when(datetime.fromisoformat(since))})" if since else said


def _settled(escalation: Escalation) -> str:
    if escalation.settled_at is None or escalation.outcome is None:
        return ""
    after = span(escalation.settled_at - escalation.raised_at)
    by = words.one_line(escalation.settled_by or "", 120)
    return f"{escalation.outcome} by {by}, {after} after the alert"
