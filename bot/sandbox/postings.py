"""Putting messages into channels, changing and removing them: the same for people and for the bot."""

import copy
import uuid

from bot.sandbox import events
from bot.sandbox.channels import Channel
from bot.sandbox.files import StoredFile
from bot.sandbox.people import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, bot_profile
from bot.sandbox.shapes import Json, SlackError
from bot.sandbox.state import State
from bot.sandbox.typed_text import rich_text

TOMBSTONE = {"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "hidden": True}


def words_of(state: State, user: str, text: str) -> Json:
    """Return a person's message, not yet posted; `text` is escaped already."""
    message: Json = {
        "user": user,
        "type": "message",
        "client_msg_id": str(uuid.uuid4()),
        "text": text,
        "team": TEAM_ID,
    }
    return message | ({"blocks": [rich_text(text, state.next_id("b"))]} if text else {})


def words_of_bot(state: State, text: str, blocks: list[Json], metadata: Json | None) -> Json:
    """Return the bot's message, not yet posted, its blocks given ids."""
    message: Json = {
        "user": BOT_USER_ID,
        "type": "message",
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "text": text,
        "team": TEAM_ID,
        "bot_profile": bot_profile(),
    }
    if blocks:
        message["blocks"] = with_ids(state, blocks)
    if metadata:
        message["metadata"] = metadata
    return message


def with_ids(state: State, blocks: list[Json]) -> list[Json]:
    """Return copies of blocks with a block_id, and an action_id in each element, where they had none."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", state.next_id("b"))
        for element in elements_of(block):
            if "action_id" not in element and element["type"] not in {"mrkdwn", "plain_text", "image"}:
                element["action_id"] = state.next_id("a")
    return filled


def elements_of(block: Json) -> list[Json]:
    """Return the interactive places of a block: its elements, its accessory, its input."""
    if block["type"] == "rich_text":
        return []
    single = [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    return [*single, *block.get("elements", [])]


def post(state: State, channel: Channel, message: Json, thread_ts: str = "", *, broadcast: bool = False) -> Json:
    """Give the message its ts, put it into its channel and thread, and tell the bot."""
    message["ts"] = state.next_ts()
    if thread_ts:
        _reply(channel, message, thread_ts)
        if broadcast:
            message["subtype"] = "thread_broadcast"
    channel.messages[message["ts"]] = message
    events.tell_message(state, channel, message)
    return message


def share(state: State, channel: Channel, message: Json, files: list[StoredFile], thread_ts: str = "") -> Json:
    """Post a message with files (subtype file_share), and tell of each file besides."""
    message |= {"subtype": "file_share", "upload": True, "display_as_bot": False}
    for file in files:
        file.places.setdefault(channel.id, [])
    message["files"] = [file.shape(state.url) for file in files]
    post(state, channel, message, thread_ts)
    for file in files:
        file.places[channel.id].append(message["ts"])
        events.tell_file(state, channel, file.id, message)
    return message


def withdraw(state: State, file: StoredFile) -> None:
    """Delete a file: messages keep a stub that says so, as in Slack."""
    del state.files.stored[file.id]
    for place in file.places:
        for message in state.channels[place].messages.values():
            for at, shown in enumerate(message.get("files", [])):
                if shown["id"] == file.id:
                    message["files"][at] = {"id": file.id, "mode": "tombstone"}


def recall(channel: Channel, message: Json, ts: str, thread_ts: str = "") -> Json:
    """Put a message of the past into a channel; nobody is told, and its ts must be later than all before it."""
    message["ts"] = ts
    if thread_ts:
        _reply(channel, message, thread_ts)
    channel.messages[ts] = message
    return message


def _reply(channel: Channel, message: Json, thread_ts: str) -> None:
    if thread_ts not in channel.messages:
        raise SlackError("thread_not_found")
    parent = channel.messages[thread_ts]
    if parent.get("thread_ts", thread_ts) != thread_ts:
        parent = channel.find(parent["thread_ts"])
    message |= {"thread_ts": parent["ts"], "parent_user_id": parent.get("user", "")}
    users = list(dict.fromkeys([*parent.get("reply_users", []), message["user"]]))
    parent |= {
        "thread_ts": parent["ts"],
        "reply_count": parent.get("reply_count", 0) + 1,
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": message["ts"],
        "is_locked": False,
        "subscribed": False,
    }


def change(state: State, channel: Channel, ts: str, by: str, **parts: object) -> Json:
    """Replace parts of a message (None removes one), mark it edited and tell the bot."""
    message = channel.find(ts)
    previous = copy.deepcopy(message)
    for key, value in parts.items():
        message.pop(key, None)
        if value is not None:
            message[key] = value
    message["edited"] = {"user": by, "ts": state.next_ts()}
    events.tell_changed(state, channel, message, previous)
    return message


def remove(state: State, channel: Channel, ts: str) -> None:
    """Take a message away; a parent with replies leaves a tombstone, as in Slack."""
    message = channel.find(ts)
    state.deleted.append(copy.deepcopy(message) | {"channel": channel.id})
    if message.get("reply_count"):
        previous = copy.deepcopy(message)
        for part in ("blocks", "bot_id", "app_id", "bot_profile", "metadata", "client_msg_id", "edited"):
            message.pop(part, None)
        message |= TOMBSTONE
        events.tell_changed(state, channel, message, previous)
        return
    del channel.messages[ts]
    parent = channel.messages.get(message.get("thread_ts", ""))
    if parent is not None:
        parent["reply_count"] -= 1
    events.tell_deleted(state, channel, message)


def react(state: State, channel: Channel, ts: str, user: str, name: str) -> None:
    """Add a reaction or refuse with already_reacted."""
    message = channel.find(ts)
    reactions = message.setdefault("reactions", [])
    for reaction in reactions:
        if reaction["name"] == name:
            if user in reaction["users"]:
                raise SlackError("already_reacted")
            reaction["users"].append(user)
            reaction["count"] += 1
            break
    else:
        reactions.append({"name": name, "users": [user], "count": 1})
    events.tell_reaction(state, "reaction_added", user, channel, message, name)


def unreact(state: State, channel: Channel, ts: str, user: str, name: str) -> None:
    """Take a reaction back or refuse with no_reaction."""
    message = channel.find(ts)
    reactions = message.get("reactions", [])
    for reaction in reactions:
        if reaction["name"] == name and user in reaction["users"]:
            reaction["users"].remove(user)
            reaction["count"] -= 1
            message["reactions"] = [kept for kept in reactions if kept["count"]]
            events.tell_reaction(state, "reaction_removed", user, channel, message, name)
            return
    raise SlackError("no_reaction")


def let_in(state: State, channel: Channel, user: str, inviter: str = "") -> None:
    """Make somebody a member: the bot hears of it, and a line in the channel says so."""
    channel.members.append(user)
    events.tell_membership(state, "member_joined_channel", user, channel, inviter)
    line: Json = {"type": "message", "subtype": "channel_join", "user": user}
    line["text"] = f"<@{user}> has joined the channel"
    post(state, channel, line | ({"inviter": inviter} if inviter else {}))


def let_go(state: State, channel: Channel, user: str) -> None:
    """End a membership: a line in the channel says so, and the bot hears of it."""
    words = f"<@{user}> has left the channel"
    post(state, channel, {"type": "message", "subtype": "channel_leave", "user": user, "text": words})
    channel.members.remove(user)
    events.tell_membership(state, "member_left_channel", user, channel)


def whisper(state: State, user: str, channel: Channel, message: Json, thread_ts: str = "") -> Json:
    """Show a message to one person; it is in no history and makes no event."""
    message |= {"ts": state.next_ts(), "channel": channel.id, "is_ephemeral": True}
    if thread_ts:
        message["thread_ts"] = thread_ts
    state.whispers.setdefault(user, []).append(message)
    return message
