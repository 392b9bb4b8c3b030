"""Where a delivery is said: which channel, and under which message there."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk import WebClient

from bot.cases.announcements import Hearer, Kind
from bot.cases.queries import CaseQueries
from bot.outbox.models import Delivery, Receipt
from bot.outbox.sending import Later
from bot.slack.calls import calling
from bot.slack.places import Places

# A thread that isn't there yet, or a channel not looked up yet, is worth a moment's patience.
PATIENCE_SECONDS = 1.0
PLACE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Address:
    """A channel's id, and the ts of the message under which to speak; None: in the channel itself."""

    channel: str
    thread: str | None = None


class Addresses:
    """Finds the address of each delivery; Later while it isn't there yet."""

    def __init__(self, web: WebClient, places: Places, queries: CaseQueries) -> None:
        self._web = web
        self._places = places
        self._queries = queries
        self._conversations: dict[str, str] = {}

    def of(self, delivery: Delivery) -> Address:
        """Return where to say it; raises Later, and for a customer's place whatever opening a conversation raises."""
        if delivery.kind == Kind.REPLY:
            return self._of_customer(delivery.place, int(delivery.subject))
        if delivery.kind == Kind.FILE and delivery.place not in set(Hearer):
            attachment = self._queries.attachment(int(delivery.subject))
            return self._of_customer(delivery.place, attachment.message_id)
        channel = self.channel(delivery.place)
        if delivery.kind == Kind.REMINDER:
            return self._under_alert(delivery, channel)
        if delivery.kind == Kind.FILE or delivery.lane.startswith("thread:"):
            return self._under_card(delivery, channel)
        return Address(self._conversation_with(channel))

    def channel(self, place: str) -> str:
        """Return the id of a place's channel; Later while Slack hasn't told it."""
        channel = self._places.channel_of(place)
        if channel is None:
            raise Later(PLACE_SECONDS, f"the {place} channel is not known yet", whole_place=True)
        return channel

    def of_case(self, delivery: Delivery) -> Address:
        """Return the thread of the delivery's case, where the team hears what it should know of it."""
        return self._under_card(delivery, self.channel(Hearer.SUPPORT))

    def _under_card(self, delivery: Delivery, channel: str) -> Address:
        """Return the card's thread; the channel itself where no card will ever come.

        Better seen in the wrong place than in none.
        """
        card = self._queries.receipt(Kind.CARD, delivery.case_id or "")
        return self._under(card, f"{Kind.CARD}:{delivery.case_id}", channel)

    def _under_alert(self, delivery: Delivery, channel: str) -> Address:
        escalation = self._queries.event(int(delivery.subject)).escalation_id
        alert = self._queries.receipt(Kind.ALERT, str(escalation))
        return self._under(alert, f"{Kind.ALERT}:{escalation}", channel)

    def _under(self, said: Receipt | None, lane: str, channel: str) -> Address:
        if said is not None:
            return Address(said.place, said.external_id)
        if self._queries.is_awaited(lane):
            raise Later(PATIENCE_SECONDS, f"the {lane.partition(':')[0]} is not posted yet")
        return Address(channel)

    def _of_customer(self, place: str, message_id: int) -> Address:
        return Address(self._conversation_with(place), self._queries.letter(message_id).thread)

    def _conversation_with(self, place: str) -> str:
        """Return the id of the DM with a user; other places are channels already."""
        if not place.startswith(("U", "W")):
            return place
        if place not in self._conversations:
            opened = calling(lambda: self._web.conversations_open(users=place))
            self._conversations[place] = str(opened["channel"]["id"])
        return self._conversations[place]
