"""The short forms: assign, note, escalate, close."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ExternalDataSelectElement, StaticSelectElement

from bot.cases.inbound import Author
from bot.cases.models import Case
from bot.slack.action_ids import WHICH_ADMIN, Form
from bot.slack.errand import Errand
from bot.slack.views import words
from bot.slack.views.modals import pieces
from bot.slack.views.parts import context, customer, section

NOBODY = "nobody"
TEXT = "text"
REASON = "reason"
DETAIL = "detail"
FAREWELL = "farewell"
TOLD = "told"


def assign_form(case: Case, errand: Errand) -> dict[str, Any]:
    """Ask who takes care of the case."""
    now = pieces.option(case.assignee, case.assignee_name) if case.assignee else None
    menu = ExternalDataSelectElement(placeholder="Choose or type a name", initial_option=now, min_query_length=0)
    blocks = [_about(case), pieces.asked(WHICH_ADMIN, "Who takes care of it?", menu)]
    return pieces.modal(Form.ASSIGN, f"Assign {case.case_id}", "Assign", blocks, errand)


def team_options(team: Sequence[Author], asker: Author, typed: str) -> list[dict[str, Any]]:
    """Return who may be given a case and is called so: whoever asks first, and nobody last."""
    offered = [(asker.identity, f"{asker.name} (you)")] if asker in team else []
    offered += [(admin.identity, admin.name) for admin in team if admin != asker]
    offered.append((NOBODY, "Nobody: put it back"))
    wanted = typed.strip().casefold()
    called = [pieces.option(identity, name) for identity, name in offered if wanted in name.casefold()]
    return [each.to_dict() for each in called[: pieces.MOST_OPTIONS]]


def note_form(case: Case, errand: Errand) -> dict[str, Any]:
    """Ask for words that only the team sees."""
    blocks = [_about(case), pieces.text(TEXT, "Note"), context("Only the team sees it.")]
    return pieces.modal(Form.NOTE, f"Note in {case.case_id}", "Add note", blocks, errand)


def escalate_form(case: Case, errand: Errand) -> dict[str, Any]:
    """Ask why the case is to be made louder."""
    reason = pieces.text(REASON, "Why?", optional=True, limit=500, hint="It stands in the alert.")
    return pieces.modal(Form.ESCALATE, f"Escalate {case.case_id}", "Escalate", [_about(case), reason], errand)


def close_form(case: Case, reasons: Sequence[str], farewell: str, errand: Errand) -> dict[str, Any]:
    """Ask for a reason, from the team's list or in free words, and whether the customer is told anything."""
    blocks: list[Block] = [_about(case)]
    if reasons:
        options = [
            pieces.option(words.shortened(reason, pieces.OPTION_LIMIT), reason)
            for reason in reasons[: pieces.MOST_OPTIONS]
        ]
        blocks.append(pieces.asked(REASON, "Reason", StaticSelectElement(options=options), optional=True))
    own = "Details" if reasons else "Reason"
    blocks.append(pieces.text(DETAIL, own, optional=True, limit=500, hint="Only the team sees it."))
    if farewell:
        blocks.append(pieces.ticks(FAREWELL, "Closing message", [pieces.option(TOLD, "Send this to the customer:")]))
        blocks.append(section(words.quoted(farewell, 1000)))
    blocks.append(context("The customer's next message opens a new case."))
    return pieces.modal(Form.CLOSE, f"Close {case.case_id}", "Close the case", blocks, errand)


def _about(case: Case) -> Block:
    subject = f"\n{words.one_line(case.subject, 150)}" if case.subject.strip() else ""
    return section(f"*{case.case_id}* · {customer(case)}{subject}")
