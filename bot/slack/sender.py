"""Delivery → chat.postMessage or chat.update → receipt: what is said in Slack, drawn at the moment of sending."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import URLError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.outbox.models import Delivery, Receipt
from bot.outbox.sending import Away, Later, Parcel, Posted, Refused, Unsure
from bot.slack.action_ids import DELIVERY
from bot.slack.drawings import Drawings
from bot.slack.identity import BAD_TOKEN
from bot.slack.places import Places
from bot.slack.views.parts import Drawing

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

# What is wrong with the message itself: no repetition mends it.
PERMANENT = frozenset(
    {
        "cannot_reply_to_message", "cant_update_message", "edit_window_closed", "invalid_arguments", "invalid_blocks",
        "invalid_blocks_format", "invalid_metadata_format", "message_not_found", "metadata_too_large",
        "msg_blocks_too_long", "msg_too_long", "no_text", "thread_not_found", "too_many_attachments",
    }
)  # fmt: skip
# What somebody can mend while we wait: the bot's membership, its scopes, the channel's settings. What is to be said
# there is kept until then.
MENDABLE = frozenset(
    {
        "channel_not_found", "ekm_access_denied", "is_archived", "missing_scope", "no_permission", "not_in_channel",
        "restricted_action",
    }
)  # fmt: skip
# Somebody deleted the message that is to be edited or answered.
CARD_GONE = frozenset({"message_not_found", "thread_not_found", "cannot_reply_to_message"})
# A thread that isn't there yet, or a channel not looked up yet, is worth a moment's patience.
PATIENCE_SECONDS = 1.0
PLACE_SECONDS = 10.0
# How far this machine's clock may be ahead of Slack's when a post is looked for.
CLOCK_DRIFT = timedelta(hours=1)
MENDING_SECONDS = 30.0


class SlackSender:
    """Says deliveries in Slack. A thing said before is edited in place; what is unchanged is not sent again."""

    def __init__(self, web: WebClient, places: Places, drawings: Drawings) -> None:
        self._web = web
        self._places = places
        self._drawings = drawings

    def send(self, parcel: Parcel) -> Posted | None:
        """Draw the parcel as things are now, and post or edit it."""
        delivery = parcel.delivery
        channel = self._places.channel_of(delivery.place)
        if channel is None:
            raise Later(PLACE_SECONDS, f"the {delivery.place} channel is not known yet", whole_place=True)
        drawing = self._drawings.draw(delivery, parcel.folded)
        said = self._drawings.said(delivery)
        if delivery.redraw:
            return self._redraw(delivery, said, drawing) if said else None
        if said is not None:
            return Posted(said.place, said.external_id, said.drawn)
        return self._post(delivery, channel, drawing)

    def _post(self, delivery: Delivery, channel: str, drawing: Drawing) -> Posted:
        thread = self._thread_for(delivery)
        if thread is None:
            return self._said(delivery, channel, None, drawing)
        try:
            return self._said(delivery, thread.place, thread.external_id, drawing)
        except Refused as refused:
            if str(refused) not in CARD_GONE:
                raise
            return self._said(delivery, channel, None, drawing)

    def _thread_for(self, delivery: Delivery) -> Receipt | None:
        """Return the card under which to speak; None where it goes into the channel itself.

        That is also where words go whose card will never come: better seen in the wrong place than in none.
        """
        if not delivery.lane.startswith("thread:"):
            return None
        card = self._drawings.card_of(delivery)
        if card is None and self._drawings.awaits_card(delivery):
            raise Later(PATIENCE_SECONDS, "the card is not posted yet")
        return card

    def _said(self, delivery: Delivery, channel: str, thread: str | None, drawing: Drawing) -> Posted:
        if delivery.unsure:
            earlier = _calling(lambda: self._find(delivery, channel, thread))
            if earlier is not None:
                return Posted(channel, earlier, _fingerprint(drawing))
        answer = _calling(
            lambda: self._web.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                metadata={"event_type": DELIVERY, "event_payload": {"delivery_id": delivery.delivery_id}},
                unfurl_links=False,
                unfurl_media=False,
                **drawing.as_arguments(),
            )
        )
        return Posted(answer["channel"], answer["ts"], _fingerprint(drawing))

    def _redraw(self, delivery: Delivery, said: Receipt, drawing: Drawing) -> Posted | None:
        fingerprint = _fingerprint(drawing)
        if fingerprint == said.drawn:
            return None
        try:
            _calling(lambda: self._web.chat_update(channel=said.place, ts=said.external_id, **drawing.as_arguments()))
        except Refused as refused:
            if str(refused) not in CARD_GONE:
                raise
            # Somebody deleted it: the team needs it all the same.
            return self._said(delivery, said.place, None, drawing)
        return Posted(said.place, said.external_id, fingerprint)

    def _find(self, delivery: Delivery, channel: str, thread: str | None) -> str | None:
        """Look for a post that may have happened (Slack keeps our metadata with it); returns its ts."""
        oldest = f"{(delivery.created_at - CLOCK_DRIFT).timestamp():.6f}"
        query: dict[str, Any] = {"channel": channel, "oldest": oldest, "limit": 200, "include_all_metadata": True}
        pages = (
            self._web.conversations_replies(ts=thread, **query) if thread else self._web.conversations_history(**query)
        )
        for page in pages:
            for message in page["messages"]:
                if _is_ours(message, delivery.delivery_id):
                    log.info("post found again", delivery=delivery.delivery_id)
                    return str(message["ts"])
        return None


def _is_ours(message: Mapping[str, Any], delivery_id: str) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == DELIVERY and payload.get("delivery_id") == delivery_id


def _fingerprint(drawing: Drawing) -> str:
    return hashlib.sha256(json.dumps(drawing.as_arguments(), sort_keys=True).encode()).hexdigest()


def _calling(call: Callable[[], Answer]) -> Answer:
    """Make one Web API call and say its failure in the postman's terms."""
    try:
        return call()
    except SlackApiError as error:
        raise _refusal(error) from error
    except (URLError, OSError, HTTPException) as error:
        raise _interruption(error) from error


def _refusal(error: SlackApiError) -> Exception:
    response = error.response
    reason = str(response.get("error") or f"HTTP {response.status_code}")
    if response.status_code == 429 or reason == "ratelimited":
        seconds = float(response.headers.get("Retry-After", 1))
        return Later(seconds, "Slack asks for patience", whole_place=True)
    if reason in BAD_TOKEN:
        return Away(f"Slack refuses our token: {reason}")
    if reason in MENDABLE:
        return Later(MENDING_SECONDS, f"Slack says {reason}", whole_place=True)
    if reason in PERMANENT:
        return Refused(reason)
    # Slack's 5xx and its fatal_error or internal_error don't tell whether the post happened.
    return Unsure(reason)


def _interruption(error: Exception) -> Exception:
    cause = error.reason if isinstance(error, URLError) else error
    never_sent = (ConnectionRefusedError, socket.gaierror)
    if isinstance(cause, never_sent):
        return Away(f"Slack can't be reached: {cause}")
    return Unsure(f"no answer from Slack: {cause}")
