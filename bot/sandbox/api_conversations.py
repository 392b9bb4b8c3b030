"""The Web API's conversations.* methods and users.conversations."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from bot.sandbox import events
from bot.sandbox.channels import Channel
from bot.sandbox.people import BOT_USER_ID
from bot.sandbox.shapes import Call, Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.state import State

T = TypeVar("T")
MOST = 1000
UNTOLD_OF_OWN = {"is_member", "num_members"}
"""Parts of a channel that users.conversations leaves out."""
TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def page(call: Call, items: Sequence[T], default: int = 100) -> tuple[list[T], Json]:
    """Return one page of items and the response_metadata with the cursor of the next one."""
    limit = call.number("limit", default)
    if not 0 < limit <= MOST:
        raise SlackError("invalid_limit")
    start = _start(call.text("cursor"))
    end = start + limit
    following = _cursor(end) if end < len(items) else ""
    return list(items[start:end]), {"response_metadata": {"next_cursor": following}}


def _cursor(at: int) -> str:
    return base64.b64encode(f"next:{at}".encode()).decode()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except ValueError as wrong:
        raise SlackError("invalid_cursor") from wrong


def _listed(state: "State", call: Call) -> list[Channel]:
    asked = call.text("types", "public_channel").split(",")
    if unknown := [kind for kind in asked if kind.strip() not in TYPES]:
        raise SlackError("invalid_types", f"[ERROR] unknown type: {unknown[0]}")
    kinds = {TYPES[kind.strip()] for kind in asked}
    return [c for c in state.channels.values() if c.kind in kinds and (c.has_bot or c.kind == "channel")]


def list_(state: "State", call: Call) -> Json:
    """conversations.list."""
    channels, more = page(call, _listed(state, call))
    return {"channels": [channel.shape() for channel in channels], **more}


def of_user(state: "State", call: Call) -> Json:
    """users.conversations: where the bot, or the given user, is a member."""
    user = call.text("user") or BOT_USER_ID
    channels, more = page(call, [c for c in _listed(state, call) if user in c.members])
    shapes = [channel.shape() for channel in channels]
    return {"channels": [{k: s[k] for k in s if k not in UNTOLD_OF_OWN} for s in shapes], **more}


def one(state: "State", call: Call) -> Json:
    """conversations.info."""
    return {"channel": _asked(state, call).shape()}


def _asked(state: "State", call: Call) -> Channel:
    return state.asked_channel(call.required("channel", "channel_not_found"))


def _readable(state: "State", call: Call) -> Channel:
    channel = _asked(state, call)
    if not channel.has_bot:
        raise SlackError("not_in_channel")
    return channel


def history(state: "State", call: Call) -> Json:
    """conversations.history: newest first."""
    said = [m for m in _readable(state, call).top_level() if _within(call, m)]
    messages, more = page(call, said[::-1])
    following = more["response_metadata"]["next_cursor"]
    answer: Json = {"messages": [_shown(call, m) for m in messages], "has_more": bool(following), "pin_count": 0}
    return answer | (more if following else {})


def replies(state: "State", call: Call) -> Json:
    """conversations.replies: the parent first on every page, then oldest first."""
    channel = _readable(state, call)
    ts = call.required("ts")
    if ts not in channel.messages:
        raise SlackError("thread_not_found")
    parent, *said = channel.thread(channel.messages[ts].get("thread_ts", ts))
    messages, more = page(call, [m for m in said if _within(call, m)])
    following = more["response_metadata"]["next_cursor"]
    answer: Json = {"messages": [_shown(call, m) for m in (parent, *messages)], "has_more": bool(following)}
    return answer | (more if following else {})


def _within(call: Call, message: Json) -> bool:
    """Whether a message lies between `oldest` and `latest`; the ends count only with `inclusive`."""
    ts = _instant(str(message["ts"]))
    oldest, latest = _instant(call.text("oldest") or "0"), _instant(call.text("latest") or "9999999999")
    if call.flag("inclusive"):
        return oldest <= ts <= latest
    return oldest < ts < latest


def _instant(ts: str) -> tuple[int, int]:
    """Return a ts as numbers that compare exactly, which floats of it don't."""
    seconds, _, micros = ts.partition(".")
    try:
        return int(seconds), int((micros + "000000")[:6])
    except ValueError as wrong:
        raise SlackError("invalid_ts_oldest") from wrong


def _shown(call: Call, message: Json) -> Json:
    if call.flag("include_all_metadata") or "metadata" not in message:
        return message
    return {key: value for key, value in message.items() if key != "metadata"}


def open_(state: "State", call: Call) -> Json:
    """conversations.open with one person, or by the id of an im."""
    if call.text("channel"):
        return {"channel": _asked(state, call).shape(), "no_op": True, "already_open": True}
    users = [user for user in call.required("users", "users_list_not_supplied").split(",") if user]
    if len(users) != 1:
        raise SlackError("method_not_supported_for_channel_type")
    if users[0] not in state.people:
        raise SlackError("user_not_found")
    if users[0] == BOT_USER_ID:
        raise SlackError("cannot_dm_bot")
    known = len(state.channels)
    im = state.im(users[0])
    shape = im.shape() if call.flag("return_im") else {"id": im.id}
    already = known == len(state.channels)
    return {"channel": shape} | ({"no_op": True, "already_open": True} if already else {})


def members(state: "State", call: Call) -> Json:
    """conversations.members."""
    listed, more = page(call, _asked(state, call).members)
    return {"members": listed, **more}


def join(state: "State", call: Call) -> Json:
    """conversations.join by the bot, public channels only."""
    channel = _asked(state, call)
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.has_bot:
        return {"channel": channel.shape(), "warning": "already_in_channel"}
    channel.members.append(BOT_USER_ID)
    events.tell_membership(state, "member_joined_channel", BOT_USER_ID, channel)
    return {"channel": channel.shape()}


METHODS = {
    "conversations.list": list_,
    "conversations.info": one,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.open": open_,
    "conversations.members": members,
    "conversations.join": join,
    "users.conversations": of_user,
}
