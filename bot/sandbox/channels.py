"""Places to talk: channels and direct messages, what was said in them, and how Slack describes them."""

from dataclasses import dataclass, field

from bot.sandbox.people import BOT_USER_ID, TEAM_ID
from bot.sandbox.shapes import Json, SlackError

CHANNEL_TYPES = {"channel": "channel", "group": "group", "im": "im"}
"""Our kinds, which are also the `channel_type` of message events."""


@dataclass
class Channel:
    """A conversation; `kind` is channel (public), group (private) or im, `user` the other side of an im."""

    id: str
    name: str
    kind: str = "channel"
    members: list[str] = field(default_factory=list)
    user: str = ""
    created: int = 0
    messages: dict[str, Json] = field(default_factory=dict)
    """Everything said here by ts, replies too; ts only grow, so the order is that of time."""

    @property
    def has_bot(self) -> bool:
        """Whether the bot hears and may post here."""
        return BOT_USER_ID in self.members

    def find(self, ts: str) -> Json:
        """Return the message or refuse as the Web API does."""
        try:
            return self.messages[ts]
        except KeyError as unknown:
            raise SlackError("message_not_found") from unknown

    def top_level(self) -> list[Json]:
        """Return what stands in the channel itself, oldest first: no replies but broadcast ones."""
        return [message for message in self.messages.values() if is_top_level(message)]

    def thread(self, ts: str) -> list[Json]:
        """Return parent and replies, oldest first."""
        return [m for m in self.messages.values() if m["ts"] == ts or m.get("thread_ts") == ts]

    def shape(self) -> Json:
        """Return the conversation object."""
        return self._im_shape() if self.kind == "im" else self._channel_shape()

    def _im_shape(self) -> Json:
        return {
            "id": self.id,
            "created": self.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": TEAM_ID,
            "updated": self.created * 1000,
            "user": self.user,
            "is_user_deleted": False,
            "is_open": True,
            "priority": 0,
        }

    def _channel_shape(self) -> Json:
        blank = {"value": "", "creator": "", "last_set": 0}
        private = self.kind == "group"
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not private,
            "is_group": private,
            "is_im": False,
            "is_mpim": False,
            "is_private": private,
            "created": self.created,
            "updated": self.created * 1000,
            "is_archived": False,
            "is_general": False,
            "unlinked": 0,
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "shared_team_ids": [TEAM_ID],
            "context_team_id": TEAM_ID,
            "creator": "U0ADA",
            "is_member": self.has_bot,
            "topic": blank,
            "purpose": blank,
            "previous_names": [],
            "num_members": len(self.members),
        }


def is_top_level(message: Json) -> bool:
    """Whether a message is shown in the channel itself."""
    return message.get("thread_ts", message["ts"]) == message["ts"] or (message.get("subtype") == "thread_broadcast")
