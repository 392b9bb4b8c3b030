"""What a person is shown of his own doing where nothing else shows it: App Home, and answers to private messages."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from bot.cases.inbound import Author
from bot.cases.queries import CaseQueries
from bot.slack.asides import Asides
from bot.slack.views.home import CASES_SHOWN, admin_home, customer_home


class Echo:
    """Draws for one person, straight from a read, after the ack.

    Not by Bolt's lazy listeners: these get a deep copy of the context, and our services can't be copied.
    """

    def __init__(self, web: WebClient, queries: CaseQueries, asides: Asides) -> None:
        self._web = web
        self._queries = queries
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
            self.home(actor)

    def home(self, actor: Author) -> None:
        """Publish what this person may see."""
        self._asides.soon(lambda: self._web.views_publish(user_id=actor.identity, view=self._home_of(actor)))

    def _home_of(self, actor: Author) -> dict[str, Any]:
        if actor.is_admin:
            return admin_home(self._queries.board(CASES_SHOWN))
        return customer_home(self._queries.of_customer(actor.identity))
