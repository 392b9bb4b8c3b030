"""The names that Slack hands back: action ids and the values of buttons."""

from __future__ import annotations

from typing import Any

ACKNOWLEDGE = "case_acknowledge"
CLOSE = "case_close"
CONFIRM = "question_confirm"
IGNORE = "question_ignore"
# Slack's name for what we attach to each post, so that it can be found again.
DELIVERY = "casebot_delivery"


def case_value(case_id: str, version: int) -> str:
    """Return a button's value: the case, and which version of it was drawn."""
    return f"{case_id}:{version}"


def read_case_value(action: dict[str, Any]) -> tuple[str, int]:
    """Return (case id, drawn version) of a clicked button."""
    case_id, _, version = str(action["value"]).partition(":")
    return case_id, int(version or 0)
