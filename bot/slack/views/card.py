"""The card: one message per case in the support channel, drawn from the case as it is now."""

from __future__ import annotations

from bot.cases.models import Status
from bot.cases.queries import Sheet
from bot.slack.views import words
from bot.slack.views.parts import Drawing, case_buttons, context, customer, section, state


def card(sheet: Sheet) -> Drawing:
    """Draw a case for the team."""
    case = sheet.case
    latest = sheet.latest
    preview = words.one_line(latest.body, 150) if latest else ""
    subject = f"\n*{words.one_line(case.subject, 150)}*" if case.subject.strip() else ""
    blocks = [section(f"*{case.case_id}* · {state(sheet)}\n{customer(case)}{subject}")]
    if latest is not None:
        answered = f"{words.one_line(latest.sender_name, 80)} answered:\n"
        speaker = "" if latest.sender == case.customer_identifier else answered
        blocks.append(section(speaker + words.quoted(latest.body)))
    text = f"{case.case_id} · {words.one_line(case.customer_name, 80)}: {preview}"
    return Drawing(text, [*blocks, context(*_small_print(sheet)), *case_buttons(sheet)])


def _small_print(sheet: Sheet) -> list[str]:
    case = sheet.case
    facts = [
        f"by {'e-mail' if case.source == 'email' else 'Slack'}",
        f"opened {words.when(case.created_at)}",
        words.count(case.message_count, "message"),
    ]
    if case.status == Status.OPEN:
        facts.append(f"waiting since {words.when(sheet.waiting_since)}")
    elif case.closed_at is not None:
        facts.append(f"closed {words.when(case.closed_at)} by {words.one_line(case.closed_by or '', 120)}")
    if case.verdict:
        facts.append(f"sender: {words.one_line(case.verdict, 120)}")
    return [" · ".join(facts)]
