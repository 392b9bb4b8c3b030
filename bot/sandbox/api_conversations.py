"""The Web API's conversations.* methods and users.conversations."""

from typing import TYPE_CHECKING

from bot.sandbox import events, postings
from bot.sandbox.channels import Channel
from bot.sandbox.pages import MOST, page, page_of_time, shown
from bot.sandbox.people import BOT_USER_ID
from bot.sandbox.shapes import Call, Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.state import State

UNTOLD_OF_OWN = {"is_member", "num_members"}
"""Parts of a channel that users.conversations leaves out."""
TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


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
    channel = _readable(state, call)
    messages, more = page_of_time(call, channel.top_level()[::-1], default=100)
    return {"messages": messages, "pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0, **more}


def replies(state: "State", call: Call) -> Json:
    """conversations.replies: the parent first on every page, then oldest first."""
    channel = _readable(state, call)
    ts = call.required("ts", "thread_not_found")
    if ts not in channel.messages:
        raise SlackError("thread_not_found")
    parent, *said = channel.thread(channel.messages[ts].get("thread_ts", ts))
    messages, more = page_of_time(call, said, default=MOST)
    return {"messages": [shown(call, parent), *messages], **more}


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


def invite(state: "State", call: Call) -> Json:
    """conversations.invite: all of the people, or none; the whole channel hears of it."""
    channel = _readable(state, call)
    if channel.kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
    users = [user.strip() for user in call.required("users", "no_user").split(",")]
    if BOT_USER_ID in users:
        raise SlackError("cant_invite_self")
    if any(user not in state.people for user in users):
        raise SlackError("user_not_found")
    if any(user in channel.members for user in users):
        raise SlackError("already_in_channel")
    for user in users:
        postings.let_in(state, channel, user, inviter=BOT_USER_ID)
    return {"channel": channel.shape()}


METHODS = {
    "conversations.list": list_,
    "conversations.info": one,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.open": open_,
    "conversations.members": members,
    "conversations.invite": invite,
    "conversations.join": join,
    "users.conversations": of_user,
}
