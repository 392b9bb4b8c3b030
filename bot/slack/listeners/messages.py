"""Messages: whoever speaks where the bot is."""

from __future__ import annotations

from typing import Any

from slack_bolt import BoltContext

from bot.cases.errors import CaseError
from bot.cases.inbound import Inbound, Outcome, Revision
from bot.cases.intake import Intake
from bot.cases.queries import CaseQueries
from bot.cases.service import CaseService
from bot.slack.asides import Asides
from bot.slack.directory import Directory
from bot.slack.inbound import to_inbound
from bot.slack.listeners.commands import ordered_in_thread
from bot.slack.orders import OrderDesk, order_to_bot
from bot.slack.places import Places


class NotReady(CaseError):
    """Too early to tell whose words these are: the event stays unacked and comes again."""


def message_heard(
    event: dict[str, Any],
    intake: Intake,
    cases: CaseService,
    queries: CaseQueries,
    directory: Directory,
    places: Places,
    asides: Asides,
    desk: OrderDesk,
    context: BoltContext,
) -> None:
    """Take in what was said; an edit or deletion is recorded with its message. An admin's order is no words of his."""
    if not places.resolved:
        raise NotReady("the team's channels are not known yet")
    if not _is_named(event):
        return
    order = order_to_bot(event, context.bot_user_id or "")
    if order is not None and directory.author(event.get("user") or "").is_admin:
        ordered_in_thread(order, event, directory.author(event["user"]), desk, asides)
        return
    words = to_inbound(event, directory.author, directory.names(), places.inside)
    if words is None or not _is_heard(words, event, places):
        return
    if isinstance(words, Revision):
        intake.revise(words)
        return
    taken = intake.receive(words)
    if taken.outcome is Outcome.UNPLACED and words.inside and words.thread and queries.is_card_in_flight():
        # Perhaps said under a card that was posted a moment ago: nothing was stored, so it may come again.
        raise NotReady("a card's receipt is not known yet")
    if taken.ask_back:
        asides.tell(words.author.identity, taken.ask_back, words.place, words.thread)
    # Judged by the name he was taken in under: his team_join may have been heard in the meantime.
    if words.author.name == words.author.identity:
        asides.soon(lambda: _introduce(words.author.identity, directory, cases))


def _is_named(event: dict[str, Any]) -> bool:
    """Whether the event says which message it is about; one that doesn't would only come again and again."""
    said = event.get("message") if event.get("subtype") == "message_changed" else event
    return bool(event.get("channel") and event.get("ts") and (said or {}).get("ts"))


def _is_heard(words: Inbound | Revision, event: dict[str, Any], places: Places) -> bool:
    """Admins are heard everywhere, and anybody inside a case's thread; customers where they are meant to write."""
    if isinstance(words, Revision) or words.author.is_admin or words.inside:
        return True
    return places.hears_customers(words.place, event.get("channel_type"))


def _introduce(user_id: str, directory: Directory, cases: CaseService) -> None:
    directory.meet(user_id)
    cases.rename_customer(user_id, directory.author(user_id).name)
