"""Forms for words that did not come in by themselves: a new case for a customer, a message for a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import EmailInputElement, ExternalDataSelectElement, Option

from bot.cases.models import Case, Status
from bot.slack.action_ids import WHICH_CASE, Form
from bot.slack.errand import Errand
from bot.slack.views import words
from bot.slack.views.modals import pieces
from bot.slack.views.parts import context, section

ADDRESS = "address"
MEMBER = "member"
SUBJECT = "subject"
TEXT = "text"


def new_case_form(errand: Errand, draft: str = "") -> dict[str, Any]:
    """Ask whose case it is and what it is about."""
    blocks = [
        pieces.asked(ADDRESS, "The customer's e-mail address", EmailInputElement(), optional=True),
        pieces.member(MEMBER, "Or a member of this workspace", optional=True),
        pieces.line(SUBJECT, "Subject", optional=True),
        pieces.text(TEXT, "What did the customer say?", initial=draft),
        context("If this customer has an open case, the words are added to it."),
    ]
    return pieces.modal(Form.NEW_CASE, "New case", "Open the case", blocks, errand)


def add_form(message: Mapping[str, Any], author: str, proposed: Case | None, errand: Errand) -> dict[str, Any]:
    """Ask to which case a message belongs; `proposed` is the open case of its author."""
    menu = ExternalDataSelectElement(
        placeholder="Type a number or a name",
        initial_option=case_option(proposed) if proposed else None,
        min_query_length=0,
    )
    blocks = [
        section(f"*{words.one_line(author, 80)}:*\n{words.quoted(str(message.get('text') or ''), 1000)}"),
        pieces.asked(WHICH_CASE, "Which case?", menu),
        context("In its author's own case it counts as his message, in any other as a note."),
    ]
    return pieces.modal(Form.ADD_TO_CASE, "Add to case", "Add", blocks, errand)


def case_options(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return cases as the options of a menu."""
    return [case_option(case).to_dict() for case in cases]


def case_option(case: Case) -> Option:
    """Return a case as an option of a menu."""
    closed = " (closed)" if case.status == Status.CLOSED else ""
    return pieces.option(case.case_id, f"{case.case_id}{closed} · {' '.join(case.customer_name.split())}")
