"""App Home: drawn for the person who opens it, straight from a read."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from bot.cases.inbound import Author
from bot.cases.queries import CaseQueries
from bot.slack.views.home import CASES_SHOWN, admin_home, customer_home


def nothing_to_store() -> None:
    """Let the event be acknowledged: what follows is a drawing, and a lost one is drawn at the next visit."""


def home_opened(event: dict[str, Any], actor: Author, queries: CaseQueries, web: WebClient) -> None:
    """Draw App Home; the event comes for the Messages tab as well."""
    if event.get("tab") == "home":
        draw_home(actor, queries, web)


def home_clicked(body: dict[str, Any], actor: Author, queries: CaseQueries, web: WebClient) -> None:
    """Draw App Home anew after a click in it."""
    if (body.get("view") or {}).get("type") == "home":
        draw_home(actor, queries, web)


def draw_home(actor: Author, queries: CaseQueries, web: WebClient) -> None:
    """Publish what this person may see."""
    if actor.is_admin:
        view = admin_home(queries.board(CASES_SHOWN))
    else:
        view = customer_home(queries.of_customer(actor.identity))
    web.views_publish(user_id=actor.identity, view=view)
