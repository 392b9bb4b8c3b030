"""The Web API's chat.* and reactions.* methods."""

import json
from typing import TYPE_CHECKING

from bot.sandbox import block_limits, postings
from bot.sandbox.channels import Channel
from bot.sandbox.people import BOT_USER_ID
from bot.sandbox.shapes import Call, Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.state import State

LONGEST_TEXT = 40_000


def structured(call: Call, name: str, error: str) -> object:
    """Return an argument that is JSON, or JSON in a string, as the encoding of the call has it."""
    value: object = call.arguments.get(name)
    if not isinstance(value, str):
        return value
    try:
        parsed: object = json.loads(value) if value else None
    except ValueError as wrong:
        raise SlackError(error) from wrong
    return parsed


def _blocks(call: Call) -> list[Json]:
    blocks = structured(call, "blocks", "invalid_blocks_format")
    return block_limits.check_message(blocks) if blocks else []


def _metadata(call: Call) -> Json | None:
    metadata = structured(call, "metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if not metadata.get("event_type"):
        raise SlackError("invalid_metadata_format")
    return metadata


def _text(call: Call, blocks: list[Json]) -> str:
    text = call.text("text")
    if not text and not blocks and not call.arguments.get("attachments"):
        raise SlackError("no_text")
    return text


def _short_text(call: Call, blocks: list[Json]) -> str:
    text = _text(call, blocks)
    if len(text) > LONGEST_TEXT:
        raise SlackError("msg_too_long")
    return text


def _place(state: "State", call: Call) -> Channel:
    channel = state.asked_channel(call.required("channel", "channel_not_found"), by_name=True)
    public = channel.kind == "channel" and call.method == "chat.postMessage" and state.grants.allows_posts_everywhere
    if not channel.has_bot and not public:
        raise SlackError("not_in_channel")
    return channel


def post_message(state: "State", call: Call) -> Json:
    """chat.postMessage; text beyond 40,000 characters is cut, as Slack does."""
    channel = _place(state, call)
    blocks = _blocks(call)
    text = _text(call, blocks)[:LONGEST_TEXT]
    message = postings.words_of_bot(state, text, blocks, _metadata(call))
    broadcast = call.flag("reply_broadcast")
    postings.post(state, channel, message, call.text("thread_ts"), broadcast=broadcast)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def update(state: "State", call: Call) -> Json:
    """chat.update; text without blocks removes the blocks, metadata stays unless it is given."""
    channel = _place(state, call)
    message = channel.find(call.required("ts"))
    if message.get("user") != BOT_USER_ID or message.get("subtype") == "tombstone":
        raise SlackError("cant_update_message")
    blocks = _blocks(call)
    text = _short_text(call, blocks)
    metadata = _metadata(call) or message.get("metadata")
    shown = postings.with_ids(state, blocks) or None
    postings.change(state, channel, message["ts"], BOT_USER_ID, text=text, blocks=shown, metadata=metadata)
    return {"channel": channel.id, "ts": message["ts"], "text": text, "message": message}


def delete(state: "State", call: Call) -> Json:
    """chat.delete: the bot's own messages only."""
    channel = _place(state, call)
    message = channel.find(call.required("ts"))
    if message.get("user") != BOT_USER_ID:
        raise SlackError("cant_delete_message")
    postings.remove(state, channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"]}


def post_ephemeral(state: "State", call: Call) -> Json:
    """chat.postEphemeral to a member of the channel."""
    channel = _place(state, call)
    user = call.required("user")
    if user not in state.people:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    blocks = _blocks(call)
    message = postings.words_of_bot(state, _short_text(call, blocks), blocks, None)
    postings.whisper(state, user, channel, message, call.text("thread_ts"))
    return {"message_ts": message["ts"]}


def get_permalink(state: "State", call: Call) -> Json:
    """chat.getPermalink: an address on the sandbox's page."""
    channel = state.asked_channel(call.required("channel", "channel_not_found"))
    message = channel.find(call.required("message_ts"))
    link = f"{state.url}archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if message.get("thread_ts", message["ts"]) != message["ts"]:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _reacted(state: "State", call: Call) -> tuple[Channel, str, str]:
    channel = state.asked_channel(call.required("channel", "channel_not_found"))
    return channel, call.required("timestamp", "bad_timestamp"), call.required("name", "invalid_name").strip(":")


def add_reaction(state: "State", call: Call) -> Json:
    """reactions.add by the bot."""
    channel, ts, name = _reacted(state, call)
    postings.react(state, channel, ts, BOT_USER_ID, name)
    return {}


def remove_reaction(state: "State", call: Call) -> Json:
    """reactions.remove by the bot."""
    channel, ts, name = _reacted(state, call)
    postings.unreact(state, channel, ts, BOT_USER_ID, name)
    return {}


def get_reactions(state: "State", call: Call) -> Json:
    """reactions.get of a message."""
    channel = state.asked_channel(call.required("channel", "channel_not_found"))
    message = channel.find(call.required("timestamp", "bad_timestamp"))
    return {"type": "message", "channel": channel.id, "message": message}


METHODS = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
    "reactions.add": add_reaction,
    "reactions.remove": remove_reaction,
    "reactions.get": get_reactions,
}
