"""The form in which a customer writes on in his own case, from his App Home."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.cases.models import Case
from bot.slack.action_ids import Form
from bot.slack.errand import Errand
from bot.slack.views.modals import pieces

TEXT = "text"
FILES = "files"
MOST_FILES = 10


def own_form(case: Case) -> dict[str, Any]:
    """Draw the form."""
    blocks = [
        pieces.text(TEXT, "Your message", hint="The support team gets it, and answers you here in Slack."),
        pieces.asked(FILES, "Files", FileInputElement(max_files=MOST_FILES), optional=True),
    ]
    return pieces.modal(Form.OWN_REPLY, f"Write in {case.case_id}", "Send", blocks, Errand(case_id=case.case_id))
