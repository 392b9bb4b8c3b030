"""What the app was granted: scopes and events as its manifest asks for them, enforced only when switched on."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from bot.sandbox.shapes import Call, Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.state import State

ALL_SCOPES = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands", "files:read",
    "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "reactions:read",
    "reactions:write", "team:read", "usergroups:read", "users:read", "users:read.email",
)  # fmt: skip
PREFIX = {"channel": "channels", "group": "groups", "im": "im"}
"""How scopes call the kinds of conversations."""
TYPE_PREFIX = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
FIXED = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "reactions.get": "reactions:read",
    "conversations.open": "im:write",
    "conversations.join": "channels:join",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "bots.info": "users:read",
    "team.info": "team:read",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.delete": "files:write",
    "files.info": "files:read",
}
BY_PLACE = {
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.history": "history",
    "conversations.replies": "history",
}
BY_TYPES = {"conversations.list", "users.conversations"}
SUBSCRIBED_AS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Grants:
    """Scopes and subscribed events of the installed app. Until a manifest is installed, everything is granted."""

    def __init__(self) -> None:
        self.enforced = False
        self.scopes: frozenset[str] = frozenset(ALL_SCOPES)
        self.events: frozenset[str] | None = None
        """The subscribed bot events; None: every one."""

    def install(self, manifest: Mapping[str, Json]) -> None:
        """Grant what an app manifest (as parsed from JSON or YAML) asks for, and nothing else from now on."""
        self.scopes = frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))
        self.events = frozenset(manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ()))
        self.enforced = True

    def allows(self, scope: str) -> bool:
        """Whether the bot may use this scope."""
        return not self.enforced or scope in self.scopes

    @property
    def allows_posts_everywhere(self) -> bool:
        """Whether the bot may post to public channels it is not in; only a scope of its own allows that."""
        return "chat:write.public" in self.scopes

    def hears(self, event: Json) -> bool:
        """Whether the app subscribed to an event."""
        if not self.enforced or self.events is None:
            return True
        kind = str(event["type"])
        return (SUBSCRIBED_AS.get(str(event.get("channel_type")), kind) if kind == "message" else kind) in self.events

    def check(self, state: "State", call: Call) -> None:
        """Refuse a call with missing_scope, naming what it needs and what there is."""
        if not self.enforced:
            return
        needed = _needed(state, call)
        if lacking := [scope for scope in needed if scope not in self.scopes]:
            raise SlackError("missing_scope", needed=",".join(lacking), provided=",".join(sorted(self.scopes)))


def _needed(state: "State", call: Call) -> Collection[str]:
    if call.method in FIXED:
        return [FIXED[call.method]]
    if call.method in BY_PLACE:
        channel = state.channels.get(call.text("channel"))
        return [f"{PREFIX[channel.kind if channel else 'channel']}:{BY_PLACE[call.method]}"]
    if call.method in BY_TYPES:
        kinds = call.text("types", "public_channel").split(",")
        return [f"{TYPE_PREFIX[kind.strip()]}:read" for kind in kinds if kind.strip() in TYPE_PREFIX]
    return []
