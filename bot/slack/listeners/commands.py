"""`/case …`, and `@casebot …` in a thread: an order in words. A command's answer rides on the ack."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot.cases.board import Filter
from bot.cases.errors import CaseError
from bot.cases.inbound import Author
from bot.slack.asides import Asides
from bot.slack.forms import Forms
from bot.slack.orders import OrderDesk, order_of
from bot.slack.spot import Spot
from bot.slack.verbs import listed, obey


def case_typed(ack: Ack, command: dict[str, Any], actor: Author, spot: Spot, desk: OrderDesk, forms: Forms) -> None:
    """Answer `/case …` to the person who typed it; `/case open` alone asks the rest in a form."""
    text = command.get("text") or ""
    if text.strip().lower() == "open":
        forms.new_case(actor, spot)
        ack()
        return
    drawing = obey(order_of(text, actor, desk))
    ack(response_type="ephemeral", **drawing.as_arguments())


def page_clicked(ack: Ack, action: dict[str, Any], actor: Author, spot: Spot, desk: OrderDesk, asides: Asides) -> None:
    """Show the next page of a list in the place of the one that was clicked."""
    which, _, after = str(action["value"]).partition(":")
    drawing = listed(desk, actor, Filter(which), after)
    ack()
    asides.replace(spot, drawing)


def ordered_in_thread(text: str, event: dict[str, Any], actor: Author, desk: OrderDesk, asides: Asides) -> None:
    """Do what an admin orders by a mention of the bot; in a case's thread, or its customer's, that case is meant.

    The order is done before the event is acked. Brought twice by Slack it is done once: what may not happen twice
    has a key, and what can't happen twice is refused, in private.
    """
    channel, ts, thread = event["channel"], event["ts"], event.get("thread_ts")
    key = f"{channel}:{ts}"
    here = desk.queries.case_of_thread(channel, thread) if thread else None
    try:
        drawing = obey(order_of(text, actor, desk, here=here or "", key=key))
    except CaseError as refusal:
        asides.tell(actor.identity, str(refusal), channel, thread, once=key)
        return
    asides.show(Spot(actor.identity, channel, thread), drawing, once=key)
