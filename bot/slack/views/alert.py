"""The alert: one message per escalation in the alerting channel, edited in place until it is settled."""

from __future__ import annotations

from datetime import datetime

from bot.cases.models import Escalation
from bot.cases.queries import Sheet
from bot.cases.rules import span
from bot.slack.views import words
from bot.slack.views.parts import Drawing, case_buttons, context, customer, section

# The newest of them; each takes a line, and all of them one section.
REASONS_SHOWN = 8

_SETTLED = {"acknowledged": "acknowledged by", "answered": "answered by", "closed": "closed by"}


def alert(sheet: Sheet, escalation: Escalation, card_url: str | None) -> Drawing:
    """Draw one escalation: why, the customer's words, what became of it."""
    case = sheet.case
    settled = _settled(escalation)
    sign = ":white_check_mark:" if settled else ":rotating_light:"
    headline = settled or "needs somebody now"
    shown = escalation.reasons[-REASONS_SHOWN:]
    earlier = len(escalation.reasons) - len(shown)
    reasons = [f"and {words.count(earlier, 'earlier reason')}"] * (earlier > 0) + [f"• {_reason(row)}" for row in shown]
    title = f"{sign} *{case.case_id}* {headline}\n{customer(case)}"
    blocks = [section(title), section("\n".join(reasons))]
    if sheet.latest is not None:
        blocks.append(section(words.quoted(sheet.latest.body, 400)))
    link = f" · {words.link(card_url, 'open the case')}" if card_url else ""
    small = context(f"raised {words.when(escalation.raised_at)}{link}")
    plain = "; ".join(words.one_line(row["words"], 250) for row in shown)
    text = f"{case.case_id} {headline}: {words.one_line(case.customer_name, 80)}. {plain}"
    return Drawing(text, [*blocks, small, *case_buttons(sheet)])


def _reason(row: dict[str, str]) -> str:
    said = words.one_line(row["words"], 250)
    since = row.get("since")
    return f"{said} (since {words.when(datetime.fromisoformat(since))})" if since else said


def _settled(escalation: Escalation) -> str:
    if escalation.settled_at is None or escalation.outcome is None:
        return ""
    after = span(escalation.settled_at - escalation.raised_at)
    by = words.one_line(escalation.settled_by or "", 120)
    return f"{_SETTLED[escalation.outcome]} {by}, {after} after the alert"
