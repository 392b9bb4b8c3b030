"""Shortcuts: the ⚡ menu, and the menu of a message."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack

from bot.cases.errors import ONLY_ADMINS, IllegalMove, NotAllowed
from bot.cases.inbound import Author
from bot.cases.lookups import CaseLookups
from bot.cases.replies import Replies
from bot.slack.asides import Asides
from bot.slack.clippings import Clippings
from bot.slack.departures import Departures
from bot.slack.forms import Forms
from bot.slack.spot import Spot
from bot.slack.views import offers
from bot.slack.views.words import escape


def open_case_chosen(
    ack: Ack, shortcut: dict[str, Any], actor: Author, spot: Spot, clippings: Clippings, asides: Asides
) -> None:
    """Open a case with the message, on behalf of its author."""
    _admit(actor)
    told = clippings.open_case(shortcut["channel"]["id"], shortcut["message"], actor)
    ack()
    asides.show(spot, offers.done(escape(told)))


def add_to_case_chosen(
    ack: Ack, shortcut: dict[str, Any], actor: Author, spot: Spot, clippings: Clippings, forms: Forms
) -> None:
    """Ask to which case the message belongs."""
    message = shortcut["message"]
    forms.add_to_case(message, clippings.author(message), actor, spot)
    ack()


def close_case_chosen(
    ack: Ack, shortcut: dict[str, Any], actor: Author, spot: Spot, lookups: CaseLookups, forms: Forms
) -> None:
    """Ask whether the message's case is to be closed, and why."""
    _admit(actor)
    case_id = lookups.case_at(shortcut["channel"]["id"], shortcut["message"]["ts"])
    if case_id is None:
        raise IllegalMove("This message belongs to no case.")
    forms.close(case_id, actor, spot)
    ack()


def send_chosen(
    ack: Ack,
    shortcut: dict[str, Any],
    actor: Author,
    spot: Spot,
    replies: Replies,
    lookups: CaseLookups,
    departures: Departures,
) -> None:
    """Send a note of a case's thread to the customer, as the words of who sends it."""
    channel, ts = shortcut["channel"]["id"], shortcut["message"]["ts"]
    replies.send_note(channel, ts, actor)
    ack()
    departures.tell(lookups.copy_sent(channel, ts) or 0, spot)


def new_case_chosen(ack: Ack, actor: Author, spot: Spot, forms: Forms) -> None:
    """Ask for a new case on behalf of a customer."""
    forms.new_case(actor, spot)
    ack()


def nothing_chosen(ack: Ack) -> None:
    """Acknowledge a shortcut of an older release."""
    ack()


def _admit(actor: Author) -> None:
    if not actor.is_admin:
        raise NotAllowed(ONLY_ADMINS)
