"""What Slack tells the bot: event payloads, sent down the socket."""

from bot.sandbox.channels import Channel
from bot.sandbox.people import APP_ID, BOT_USER_ID, TEAM_ID, Person, Usergroup
from bot.sandbox.shapes import Envelope, Json
from bot.sandbox.state import State

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - no secret: Slack's old field
UNTOLD = ("metadata", "reactions", "reply_count", "reply_users", "reply_users_count", "latest_reply")
"""Parts of a stored message that message events don't carry."""


def tell(state: State, event: Json) -> None:
    """Send one event to the bot, if its app subscribed to it."""
    if state.grants.hears(event):
        state.link.send(Envelope("events_api", told_of(state, event)))


def told_of(state: State, event: Json) -> Json:
    """Return the payload in which Slack tells of an event."""
    event_id = state.next_id("Ev")
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(state.clock.now().timestamp()),
        "authorizations": [_authorization()],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def _authorization() -> Json:
    return {
        "enterprise_id": None,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "is_bot": True,
        "is_enterprise_install": False,
    }


def tell_message(state: State, channel: Channel, message: Json) -> None:
    """Tell of a new message, and of a mention of the bot, if the bot is there to hear it."""
    if not channel.has_bot:
        return
    bare = told(message)
    place = {"channel": channel.id, "event_ts": message["ts"]}
    tell(state, bare | place | {"channel_type": channel.kind})
    mentioned = f"<@{BOT_USER_ID}>" in message.get("text", "")
    by_somebody = message.get("user") != BOT_USER_ID and message.get("subtype", "file_share") == "file_share"
    if mentioned and channel.kind != "im" and by_somebody:
        tell(state, bare | place | {"type": "app_mention"})


def tell_changed(state: State, channel: Channel, message: Json, previous: Json) -> None:
    """Tell of an edit."""
    if channel.has_bot:
        tell(state, _hidden(state, channel, "message_changed") | {
            "message": told(message) | {"source_team": TEAM_ID, "user_team": TEAM_ID},
            "previous_message": told(previous),
        })  # fmt: skip


def tell_deleted(state: State, channel: Channel, previous: Json) -> None:
    """Tell of a deletion."""
    if channel.has_bot:
        tell(state, _hidden(state, channel, "message_deleted") | {
            "deleted_ts": previous["ts"],
            "previous_message": told(previous),
        })  # fmt: skip


def tell_reaction(state: State, kind: str, user: str, channel: Channel, message: Json, name: str) -> None:
    """Tell of reaction_added or reaction_removed."""
    if channel.has_bot:
        tell(state, {
            "type": kind,
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
            "item_user": message.get("user", ""),
            "event_ts": state.next_ts(),
        })  # fmt: skip


def tell_file(state: State, channel: Channel, file_id: str, message: Json) -> None:
    """Tell of a file that was shared with the message told before."""
    if channel.has_bot:
        tell(state, {
            "type": "file_shared",
            "file_id": file_id,
            "user_id": message.get("user", ""),
            "file": {"id": file_id},
            "channel_id": channel.id,
            "event_ts": state.next_ts(),
        })  # fmt: skip


def tell_membership(state: State, kind: str, user: str, channel: Channel, inviter: str = "") -> None:
    """Tell of member_joined_channel or member_left_channel; `inviter` is who added the member, if somebody did."""
    letter = "G" if channel.kind == "group" else "C"
    event = {"type": kind, "user": user, "channel": channel.id, "channel_type": letter, "team": TEAM_ID}
    tell(state, event | ({"inviter": inviter} if inviter else {}) | {"event_ts": state.next_ts()})


def tell_person(state: State, kind: str, person: Person) -> None:
    """Tell of team_join, or of user_change: a new name, a deactivation, a guest made a member."""
    now = {"cache_ts": int(state.clock.now().timestamp())} if kind == "user_change" else {}
    tell(state, {"type": kind, "user": state.described(person), **now, "event_ts": state.next_ts()})


def tell_usergroup(state: State, kind: str, group: Usergroup) -> None:
    """Tell of subteam_created or subteam_updated."""
    tell(state, {"type": kind, "subteam": group.shape(with_users=True), "event_ts": state.next_ts()})


def tell_members_changed(state: State, group: Usergroup, added: list[str], removed: list[str], before: int) -> None:
    """Tell of subteam_members_changed; `before` is when the group changed last, in Unix seconds."""
    tell(state, {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": TEAM_ID,
        "date_previous_update": before,
        "date_update": group.updated,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
        "event_ts": state.next_ts(),
    })  # fmt: skip


def told(message: Json) -> Json:
    """Return a message as events carry it."""
    return {key: value for key, value in message.items() if key not in UNTOLD}


def _hidden(state: State, channel: Channel, subtype: str) -> Json:
    ts = state.next_ts()
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": ts,
        "event_ts": ts,
    }
