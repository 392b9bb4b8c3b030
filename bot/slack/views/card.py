"""The card: one message per case in the support channel, drawn from the case as it is now."""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.cases.models import Case, Escalation, Message, Sending, Status
from bot.cases.queries import Sheet
from bot.cases.rules import span
from bot.slack.views import words
from bot.slack.views.buttons import card_buttons
from bot.slack.views.files import listed
from bot.slack.views.parts import NOWHERE, Drawing, Surroundings, context, customer, section, state

_SPOKEN_OF = {
    Sending.WAITING: ":hourglass: An answer of *{name}* is on its way:",
    Sending.FAILED: "*{name}* answered, but it did not arrive:",
}


# What of a case's origin names another case.
NAMING = ("follows", "mentions")
# Characters of what a case began with.
FIRST_WORDS = 240


def card(sheet: Sheet, around: Surroundings = NOWHERE, first: Message | None = None) -> Drawing:
    """Draw a case for the team: who, how it stands, the first words and the latest, and what can be done."""
    case, latest = sheet.case, sheet.latest
    subject = f"\n*{words.one_line(case.subject, 150)}*" if case.subject.strip() else ""
    blocks: list[Block] = [section(f"*{case.case_id}* · {state(sheet)}\n{customer(case)}{subject}")]
    if case.undelivered and case.status == Status.OPEN:
        why = words.one_line(case.undelivered, 300)
        blocks.append(section(f":red_circle: *The customer did not get your answer:* {why}"))
    if latest is not None:
        begun = _first_words(first, latest)
        said = _latest_words(case, latest, has_files=bool(sheet.attached), is_first=not begun)
        blocks.append(section(begun + said))
    small = [listed(sheet.attached), " · ".join(_course(sheet)), " · ".join(_standing(sheet, around))]
    blocks += [context(line) for line in small if line]
    preview = words.one_line(latest.body, 150) if latest else ""
    text = f"{case.case_id} · {words.one_line(case.customer_name, 80)}: {preview}"
    return Drawing(text, [*blocks, card_buttons(sheet, around)])


def _first_words(first: Message | None, latest: Message) -> str:
    """Return what the case began with, in a line; nothing where that is said in full anyway."""
    if first is None or first.id == latest.id or not first.body.strip():
        return ""
    return f"*First:* {words.one_line(first.body, FIRST_WORDS)}\n"


def _latest_words(case: Case, latest: Message, *, has_files: bool, is_first: bool) -> str:
    spoken_of = "" if is_first else "*Latest:*\n"
    if latest.sender != case.customer_identifier:
        name = words.one_line(latest.sender_name, 80)
        plain = "*{name}* answered:" if latest.is_admin else "*{name}* wrote:"
        spoken_of = _SPOKEN_OF.get(Sending(latest.sending), plain).format(name=name) + "\n"
    quoted = words.quoted(latest.body) if latest.body.strip() or not has_files else ""
    return (spoken_of + quoted).strip() or "_sent files without a word_"


def _course(sheet: Sheet) -> Iterator[str]:
    """Yield how the case has gone: its channel, its age, how much was said, and whose turn it is."""
    case = sheet.case
    yield f"by {'e-mail' if case.source == 'email' else 'Slack'}"
    yield f"opened {words.when(case.created_at)}"
    yield words.count(case.message_count, "message")
    if sheet.files:
        hidden = f" ({sheet.withheld} not posted)" if sheet.withheld else ""
        yield words.count(sheet.files, "file") + hidden
    if case.status == Status.OPEN:
        ours = sheet.latest is None or not sheet.latest.is_admin
        yield f"waiting for {'us' if ours else 'the customer'} since {words.when(sheet.waiting_since)}"
    elif case.closed_at is not None:
        yield f"closed {words.when(case.closed_at)} by {words.one_line(case.closed_by or '', 120)}"


def _standing(sheet: Sheet, around: Surroundings) -> Iterator[str]:
    """Yield who has it, how loud it is, where it comes from, and who vouches for its sender."""
    case = sheet.case
    if case.assignee is not None:
        yield f":bust_in_silhouette: {words.one_line(case.assignee_name, 120)}"
    elif case.status == Status.OPEN:
        yield "nobody's yet"
    if case.snoozed_until is not None:
        yield f"snoozed until {words.when(case.snoozed_until)}"
    if sheet.escalation is not None:
        yield _loudness(sheet.escalation)
    yield from _beginnings(sheet, around)
    if case.verdict:
        yield f"sender {words.one_line(case.verdict, 120)}"


def _loudness(escalation: Escalation) -> str:
    if escalation.settled_at is None:
        return f"alerted {words.when(escalation.raised_at)}, not acknowledged yet"
    after = span(escalation.settled_at - escalation.raised_at)
    return f"alert {escalation.outcome} by {words.one_line(escalation.settled_by or '', 120)} after {after}"


def _beginnings(sheet: Sheet, around: Surroundings) -> Iterator[str]:
    told = {"follows": "continues {}", "mentions": "mentions {}", "taken_down_by": "taken down by {}"}
    for key, phrase in told.items():
        if value := str(sheet.origin.get(key, "")):
            is_linked = key in NAMING and value in around.links
            yield phrase.format(around.name(value) if is_linked else words.one_line(value, 120))
