"""Delivery → post, edit, file or reaction → receipt: what is said in Slack, drawn at the moment of sending."""

from __future__ import annotations

import hashlib
import json

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cases.announcements import Hearer, Kind
from bot.cases.inbound import DESK
from bot.cases.queries import CaseQueries
from bot.cases.removal import ONLY_IF_THERE
from bot.outbox.models import Delivery, Receipt
from bot.outbox.sending import Parcel, Posted, Refused
from bot.slack.action_ids import DELIVERY
from bot.slack.addresses import Address, Addresses
from bot.slack.calls import Mendable, calling, reason_of
from bot.slack.drawings import Drawings
from bot.slack.lookback import Lookback
from bot.slack.uploads import Unposted, Uploads
from bot.slack.views.files import unposted
from bot.slack.views.parts import Drawing

log = structlog.get_logger(__name__)

# Somebody deleted the message that is to be edited or answered.
CARD_GONE = frozenset({"message_not_found", "thread_not_found", "cannot_reply_to_message"})
# What the bot puts on a note that was sent to the customer.
SENT_EMOJI = "incoming_envelope"
_MARKED = frozenset({"already_reacted"})

# Why a customer in Slack can't be reached, for the team.
_UNREACHED = {
    "channel_not_found": "the bot can't see the place where the customer wrote",
    "is_archived": "the channel where the customer wrote is archived",
    "not_in_channel": "the bot is no longer in the channel where the customer wrote; invite it, then reply again",
    "missing_scope": "the Slack app lacks a scope; install it again from the manifest",
    "user_disabled": "the customer's Slack account is deactivated",
    "user_not_found": "Slack does not know the customer any more",
}


class SlackSender:
    """Says deliveries in Slack. A thing said before is edited in place; what is unchanged is not sent again."""

    def __init__(
        self,
        web: WebClient,
        queries: CaseQueries,
        addresses: Addresses,
        drawings: Drawings,
        lookback: Lookback,
        uploads: Uploads,
    ) -> None:
        self._web = web
        self._queries = queries
        self._addresses = addresses
        self._drawings = drawings
        self._lookback = lookback
        self._uploads = uploads

    def send(self, parcel: Parcel) -> Posted | None:
        """Say the parcel as things are now; None where there is nothing to say any more."""
        delivery = parcel.delivery
        said = self._queries.receipt(delivery.kind, delivery.subject)
        if said is not None and not delivery.redraw:
            return Posted(said.place, said.external_id, said.drawn)
        if delivery.kind == Kind.FILE:
            return self._hand_over(parcel)
        if delivery.kind == Kind.SENT_MARK:
            return self._mark(delivery)
        if delivery.kind == Kind.REPLY:
            return self._answer(parcel)
        return self._say(parcel, said)

    def _say(self, parcel: Parcel, said: Receipt | None) -> Posted | None:
        delivery = parcel.delivery
        if delivery.redraw:
            return self._redraw(parcel, said) if said else self._first_card(parcel)
        address = self._addresses.of(delivery)
        drawing = self._drawings.draw(delivery, parcel.folded)
        return self._post(parcel, address, drawing) if drawing else None

    def _first_card(self, parcel: Parcel) -> Posted | None:
        """Post the card of a case that came in quietly with a backlog: now something happens in it."""
        delivery = parcel.delivery
        if delivery.kind != Kind.CARD:
            return None
        drawing = self._drawings.draw(delivery, parcel.folded)
        return self._post(parcel, self._addresses.of(delivery), drawing) if drawing else None

    def _answer(self, parcel: Parcel) -> Posted | None:
        """Say an answer where its customer reads it; what the team must mend is told at once, not waited for."""
        try:
            return self._say(parcel, None)
        except (Mendable, Refused) as refusal:
            raise Refused(_unreached(refusal)) from refusal

    def _hand_over(self, parcel: Parcel) -> Posted:
        """Post a file; where that can't be, a line in the case's thread says why."""
        delivery = parcel.delivery
        attachment = self._queries.attachment(int(delivery.subject))
        try:
            return self._uploads.post(delivery, attachment, self._addresses.of(delivery))
        except (Mendable, Refused) as refusal:
            why = _unreached(refusal)
        except Unposted as refusal:
            why = str(refusal)
        drawing = unposted(attachment, why, to_customer=delivery.place not in set(Hearer))
        return self._post(parcel, self._addresses.of_case(delivery), drawing)

    def _mark(self, delivery: Delivery) -> Posted | None:
        """Put the bot's reaction on a note that was sent; a mark that Slack does not take is not worth waiting for."""
        note = self._queries.note_of(int(delivery.subject))
        if note.place == DESK:
            return None
        try:
            calling(lambda: self._react(note.place, note.external_id))
        except (Mendable, Refused) as refusal:
            log.warning("note not marked as sent", case=delivery.case_id, reason=str(refusal))
            return None
        return Posted(note.place, note.external_id)

    def _react(self, channel: str, ts: str) -> None:
        try:
            self._web.reactions_add(channel=channel, timestamp=ts, name=SENT_EMOJI)
        except SlackApiError as error:
            if reason_of(error) not in _MARKED:
                raise

    def _post(self, parcel: Parcel, address: Address, drawing: Drawing) -> Posted:
        try:
            return self._said(parcel, address, drawing)
        except Refused as refused:
            if address.thread is None or str(refused) not in CARD_GONE:
                raise
            return self._said(parcel, Address(address.channel), drawing)

    def _said(self, parcel: Parcel, address: Address, drawing: Drawing) -> Posted:
        delivery = parcel.delivery
        if delivery.unsure:
            earlier = calling(lambda: self._lookback.post(delivery, address))
            if earlier is not None:
                return Posted(address.channel, earlier, _fingerprint(drawing))
        parcel.confirm()
        answer = calling(
            lambda: self._web.chat_postMessage(
                channel=address.channel,
                thread_ts=address.thread,
                metadata={"event_type": DELIVERY, "event_payload": {"delivery_id": delivery.delivery_id}},
                unfurl_links=False,
                unfurl_media=False,
                **drawing.as_arguments(),
            )
        )
        return Posted(answer["channel"], answer["ts"], _fingerprint(drawing))

    def _redraw(self, parcel: Parcel, said: Receipt) -> Posted | None:
        delivery = parcel.delivery
        drawing = self._drawings.draw(delivery, parcel.folded)
        if drawing is None or _fingerprint(drawing) == said.drawn:
            return None
        try:
            calling(lambda: self._web.chat_update(channel=said.place, ts=said.external_id, **drawing.as_arguments()))
        except Refused as refused:
            if delivery.content.get(ONLY_IF_THERE):
                log.info("not drawn again", kind=delivery.kind, case=delivery.case_id, reason=str(refused))
                return None
            if str(refused) not in CARD_GONE:
                raise
            # Somebody deleted it: the team needs it all the same.
            return self._post(parcel, self._addresses.of(parcel.delivery), drawing)
        return Posted(said.place, said.external_id, _fingerprint(drawing))


def _unreached(refusal: Mendable | Refused) -> str:
    reason = refusal.reason if isinstance(refusal, Mendable) else str(refusal)
    return _UNREACHED.get(reason, f"Slack says {reason}")


def _fingerprint(drawing: Drawing) -> str:
    return hashlib.sha256(json.dumps(drawing.as_arguments(), sort_keys=True).encode()).hexdigest()
