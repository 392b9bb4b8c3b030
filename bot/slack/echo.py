"""What a person is shown of his own click where nothing else shows it: in App Home, and on private messages."""

from __future__ import annotations

from typing import Any

from bot.cases.inbound import Author
from bot.slack.asides import Asides
from bot.slack.homes import Homes


class Echo:
    """Answers clicks after the ack.

    Not by Bolt's lazy listeners: these get a deep copy of the context, and our services can't be copied.
    """

    def __init__(self, homes: Homes, asides: Asides) -> None:
        self._homes = homes
        self._asides = asides

    def clicked(self, body: dict[str, Any], actor: Author, text: str) -> None:
        """Answer a click in App Home or on a private message; cards and alerts show what came of it themselves."""
        self.redraw_home(body, actor)
        container = body.get("container") or {}
        if container.get("is_ephemeral"):
            self._asides.tell(actor.identity, text, container.get("channel_id"))

    def redraw_home(self, body: dict[str, Any], actor: Author) -> None:
        """Draw App Home anew after a click in it, whatever came of the click."""
        if (body.get("view") or {}).get("type") == "home":
            self._homes.open(actor)
