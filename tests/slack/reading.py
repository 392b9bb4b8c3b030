"""How tests read a drawing: its words, and what can be pressed."""

from typing import Any

from bot.slack.views.parts import Drawing
from tests.slack.world import words_of


def read(drawing: Drawing) -> str:
    return words_of(drawing.as_arguments()["blocks"])


def controls(drawing: Drawing | dict[str, Any]) -> list[dict[str, Any]]:
    blocks = drawing.as_arguments()["blocks"] if isinstance(drawing, Drawing) else drawing["blocks"]
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def buttons(drawing: Drawing | dict[str, Any]) -> list[dict[str, Any]]:
    return [element for element in controls(drawing) if element["type"] == "button"]


def actions(drawing: Drawing | dict[str, Any]) -> list[str]:
    return [button["action_id"] for button in buttons(drawing)]


def menu(drawing: Drawing | dict[str, Any]) -> dict[str, str]:
    """What an overflow menu offers: its words, and the value that Slack hands back for each."""
    options = [option for element in controls(drawing) for option in element.get("options", ())]
    return {option["text"]["text"]: option["value"] for option in options}
