"""What all forms are made of: the modal around them and their inputs. Each input's block bears the input's own name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from bot.slack.action_ids import Form
from bot.slack.errand import Errand
from bot.slack.views import words
from bot.slack.views.parts import section

# Slack's limits for modals.
TITLE_LIMIT = 24
TEXT_LIMIT = 3000
OPTION_LIMIT = 75
MOST_OPTIONS = 100


def modal(form: Form, title: str, submit: str | None, blocks: Sequence[Block], errand: Errand) -> dict[str, Any]:
    """Return a modal; without `submit` it is only for reading."""
    button = {"submit": _plain(submit)} if submit else {}
    return {
        "type": "modal",
        "callback_id": form,
        "title": _plain(words.shortened(title, TITLE_LIMIT)),
        "close": _plain("Cancel" if submit else "Close"),
        "private_metadata": errand.as_text(),
        "blocks": [block.to_dict() for block in blocks],
        **button,
    }


def redone(view: dict[str, Any], warning: str, errand: Errand) -> dict[str, Any]:
    """Return a form once more with a warning on top; Slack keeps what was filled in, because its blocks keep their ids.

    `view` is the form as it came back.
    """
    warned = section(f":warning: {words.escape(warning)}").to_dict() | {"block_id": _WARNING}
    blocks = [block for block in view["blocks"] if block.get("block_id") != _WARNING]
    kept = {part: view[part] for part in ("type", "callback_id", "title", "close", "submit") if view.get(part)}
    return kept | {"private_metadata": errand.as_text(), "blocks": [warned, *blocks]}


_WARNING = "warning"


def asked(
    name: str, label: str, element: InputInteractiveElement, *, optional: bool = False, hint: str = ""
) -> InputBlock:
    """Return one input with its label."""
    element.action_id = name
    return InputBlock(block_id=name, label=label, element=element, optional=optional, hint=hint or None)


def text(
    name: str, label: str, *, initial: str = "", optional: bool = False, hint: str = "", limit: int = TEXT_LIMIT
) -> InputBlock:
    """Return an input for several lines of words."""
    element = PlainTextInputElement(multiline=True, max_length=limit, initial_value=initial[:limit] or None)
    return asked(name, label, element, optional=optional, hint=hint)


def line(name: str, label: str, *, optional: bool = False, limit: int = 300) -> InputBlock:
    """Return an input for one line of words."""
    return asked(name, label, PlainTextInputElement(max_length=limit), optional=optional)


def member(name: str, label: str, *, optional: bool = False) -> InputBlock:
    """Return an input for a member of the workspace."""
    return asked(name, label, UserSelectElement(), optional=optional)


def ticks(name: str, label: str, options: Sequence[Option], *, ticked: bool = False) -> InputBlock:
    """Return boxes to tick; none of them must be."""
    initial = list(options) if ticked else None
    return asked(name, label, CheckboxesElement(options=options, initial_options=initial), optional=True)


def option(value: str, label: str) -> Option:
    """Return one choice."""
    return Option(value=value, text=words.shortened(label, OPTION_LIMIT))


def _plain(label: str) -> dict[str, str]:
    return {"type": "plain_text", "text": label}
