"""App Home: drawn for the person who opens it."""

from __future__ import annotations

from typing import Any

from bot.cases.inbound import Author
from bot.slack.echo import Echo


def home_opened(event: dict[str, Any], actor: Author, echo: Echo) -> None:
    """Draw App Home; the event comes for the Messages tab as well."""
    if event.get("tab") == "home":
        echo.home(actor)


def nothing_to_do() -> None:
    """Let an event that concerns nobody be acknowledged."""
