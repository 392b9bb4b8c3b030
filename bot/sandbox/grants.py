"""What the app was granted: scopes and events as its manifest asks for them, enforced only when switched on."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from bot.sandbox.shapes import Call, Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.state import State

ALL_SCOPES = (
    "app_mentions:read", "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write",
    "commands", "files:read", "files:write", "groups:history", "groups:read", "groups:write", "im:history", "im:read",
    "im:write", "reactions:read", "reactions:write", "team:read", "usergroups:read", "users:read", "users:read.email",
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
TO_INVITE = {"channel": "channels:manage", "group": "groups:write", "im": "im:write"}
BY_TYPES = {"conversations.list", "users.conversations"}
SUBSCRIBED_AS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Grants:
    """Scopes and subscribed events of the installed app. Until a manifest is installed, everything is granted."""

    def __init__(self) -> None:
        self.enforced = False
        self.scopes: frozenset[str] = frozenset(ALL_SCOPES)
        self.events: frozenset[str] | None = None
        """The subscribed bot events; None: every one."""
        self._features: Json | None = None

    def install(self, manifest: Mapping[str, Json]) -> None:
        """Grant what an app manifest (as parsed from JSON or YAML) asks for, and nothing else from now on."""
        self.scopes = frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))
        self.events = frozenset(manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ()))
        self._features = manifest.get("features")
        self.enforced = True

    def allows(self, scope: str) -> bool:
        """Whether the bot may use this scope."""
        return not self.enforced or scope in self.scopes

    def has_command(self, command: str) -> bool:
        """Whether a slash command is the app's; every one is, until a manifest with features was installed."""
        if self._features is None:
            return True
        return command in {declared["command"] for declared in self._features.get("slash_commands", ())}

    def check_shortcut(self, kind: str, callback_id: str) -> None:
        """LookupError for a shortcut (message or global) that an installed manifest with features does not declare."""
        if self._features is None:
            return
        declared = {one["callback_id"] for one in self._features.get("shortcuts", ()) if one["type"] == kind}
        if callback_id not in declared:
            raise LookupError(f"the manifest declares no {kind} shortcut {callback_id!r}; there are {sorted(declared)}")

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
    if call.method == "conversations.invite":
        channel = state.channels.get(call.text("channel"))
        return [TO_INVITE[channel.kind if channel else "channel"]]
    if call.method in BY_TYPES:
        kinds = call.text("types", "public_channel").split(",")
        return [f"{TYPE_PREFIX[kind.strip()]}:read" for kind in kinds if kind.strip() in TYPE_PREFIX]
    return []
