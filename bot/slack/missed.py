"""What history shows, as the events that Slack would have sent of it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.slack.hearing import order
from bot.slack.history import Message, Place

Event = dict[str, Any]


def events_of(messages: Iterable[Message], place: Place, since: str) -> Iterator[Event]:
    """Yield the events after `since`: a message as it was said, and one that was edited once more as its edit.

    The text of an edited message is the newest one in both; whichever of them comes second changes nothing.
    """
    for message in messages:
        edited = str((message.get("edited") or {}).get("ts") or "")
        if order(str(message["ts"])) > order(since):
            yield {**message, **_stamped(place, str(message["ts"]))}
        if edited and order(edited) > order(since):
            yield _hidden("message_changed", place, edited, message=dict(message))


def deletion(ts: str, author: str, place: Place, at: str) -> Event:
    """Return the event of a message that is no longer there; when it was deleted nobody knows: `at` is when we saw."""
    return _hidden("message_deleted", place, at, deleted_ts=ts, previous_message={"user": author, "ts": ts})


def stands(message: Message) -> bool:
    """Return whether a message is still there: a deleted one with replies leaves its tombstone."""
    return message.get("subtype") != "tombstone"


def has_newer_replies(message: Message, since: str) -> bool:
    """Return whether somebody spoke in this message's thread after `since`."""
    return order(str(message.get("latest_reply") or "")) > order(since)


def after_joining(messages: Iterable[Message], bot_user_id: str) -> list[Message] | None:
    """Return what was said after the bot joined the channel; None where it did not join in this time."""
    heard: list[Message] | None = None
    for message in messages:
        if message.get("subtype") in {"channel_join", "group_join"} and message.get("user") == bot_user_id:
            heard = []
        elif heard is not None:
            heard.append(message)
    return heard


def body_of(event: Event, team_id: str) -> dict[str, Any]:
    """Return the event in the envelope's payload in which Slack would have sent it."""
    return {
        "type": "event_callback",
        "team_id": team_id,
        "event": event,
        "event_id": f"history:{event['channel']}:{event['event_ts']}",
        "event_time": order(event["event_ts"])[0],
    }


def _stamped(place: Place, ts: str) -> Event:
    return {"type": "message", "channel": place.channel, "channel_type": place.kind, "event_ts": ts}


def _hidden(subtype: str, place: Place, ts: str, **parts: Mapping[str, Any] | str) -> Event:
    return {**_stamped(place, ts), "subtype": subtype, "hidden": True, "ts": ts, **parts}
