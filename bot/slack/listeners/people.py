"""People: who joined, who changed, who now belongs to an admin group."""

from __future__ import annotations

from typing import Any

from bot.slack.asides import Asides
from bot.slack.directory import Directory


def person_changed(event: dict[str, Any], directory: Directory) -> None:
    """Take in a newcomer or a change of name, mail address or standing."""
    directory.learn([event["user"]])


def group_changed(directory: Directory, asides: Asides) -> None:
    """Read the admin groups again; the event does not say everything for each kind of change."""
    asides.soon(directory.refresh)
