"""What we said already: looked for in Slack when the answer to a post was lost, before it is said again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.outbox.models import Delivery
from bot.slack.action_ids import DELIVERY
from bot.slack.addresses import Address
from bot.slack.identity import Identity

log = structlog.get_logger(__name__)

# How far this machine's clock may be ahead of Slack's before a second page is missed.
CLOCK_DRIFT = timedelta(hours=1)


class Lookback:
    """Searches a channel or thread for what one delivery may have said there; raises whatever slack_sdk raises."""

    def __init__(self, web: WebClient, identity: Identity) -> None:
        self._web = web
        self._identity = identity

    def post(self, delivery: Delivery, address: Address) -> str | None:
        """Return the ts of a post of this delivery (Slack keeps our metadata with it), or None."""
        for message in self._since(delivery, address):
            if _is_ours(message, delivery.delivery_id):
                log.info("post found again", delivery=delivery.delivery_id)
                return str(message["ts"])
        return None

    def file(
        self, delivery: Delivery, address: Address, name: str, size: int, is_known: Callable[[str], bool]
    ) -> str | None:
        """Return the id of a file that the bot shared there under this name and size, or None.

        Files carry no metadata of ours; `is_known` tells whether an id belongs to another delivery.
        """
        for message in self._since(delivery, address):
            for file in message.get("files") or () if message.get("user") == self._identity.user_id else ():
                is_same = name in (file.get("name"), file.get("title")) and file.get("size") == size
                if is_same and not is_known(str(file["id"])):
                    log.info("file found again", delivery=delivery.delivery_id)
                    return str(file["id"])
        return None

    def _since(self, delivery: Delivery, address: Address) -> Iterator[Mapping[str, Any]]:
        """Yield the whole thread, or the channel from its newest message back to the delivery's beginning.

        The newest page is always looked at: by a clock that is or was wrong, the delivery may seem to begin later.
        """
        query: dict[str, Any] = {"channel": address.channel, "limit": 200, "include_all_metadata": True}
        if address.thread:
            for page in self._web.conversations_replies(ts=address.thread, **query):
                yield from page["messages"]
            return
        began = (delivery.created_at - CLOCK_DRIFT).timestamp()
        for page in self._web.conversations_history(**query):
            messages = page["messages"]
            yield from messages
            if not messages or float(messages[-1]["ts"]) < began:
                return


def _is_ours(message: Mapping[str, Any], delivery_id: str) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == DELIVERY and payload.get("delivery_id") == delivery_id
