"""What a search found: each case in a line, and the words that were found in it."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.cases.search import Hit, Page
from bot.slack.views import words
from bot.slack.views.parts import NOWHERE, Drawing, Surroundings, context, customer, section

SHOWN = 10


def found(page: Page, wanted: str, around: Surroundings = NOWHERE) -> Drawing:
    """Return what was found for the words."""
    if not page.hits:
        return Drawing(nothing_found(wanted), [section(nothing_found(wanted))])
    rows: list[Block] = [section(hit_line(hit, around)) for hit in page.hits]
    if page.after:
        rows.append(context("There is more: another word narrows it down."))
    return Drawing(f"Found for “{words.one_line(wanted, 80)}”", rows)


def nothing_found(wanted: str) -> str:
    """Return that nothing was found, and what to try."""
    advice = "Try fewer words." if len(wanted.split()) > 1 else "Try another word, or how it begins."
    return f"Nothing found for “{words.one_line(wanted, 80)}”. {advice}"


def hit_line(hit: Hit, around: Surroundings = NOWHERE) -> str:
    """Return a found case in a line, and below it the words that were found."""
    case = hit.case
    note = " · in a note" if hit.internal else ""
    head = f"*{around.name(case.case_id)}* {case.status} · {customer(case)} · {words.when(hit.at)}{note}"
    return f"{head}\n> {_excerpt(hit)}" if hit.excerpt else head


def _excerpt(hit: Hit) -> str:
    return "".join(f"*{words.escape(text)}*" if marked else words.escape(text) for text, marked in hit.excerpt)
