"""Slack's rate limits as it documents them: calls a minute by tier, and one post a second into each channel."""

import math
import time
from collections import deque
from collections.abc import Callable

MINUTE = 60.0
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute that Slack promises to take."""
SPECIAL = 600
"""For methods without a tier (auth.test, chat.postMessage): hundreds a minute."""
TIER_OF = {
    "apps.connections.open": 1,
    "bots.info": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.invite": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "reactions.add": 3,
    "reactions.get": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.conversations": 3,
    "users.info": 4,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
POSTS_SECONDS = 1.0


class Tiers:
    """Counts calls in a sliding minute of the machine's time; not thread-safe by itself."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._calls: dict[str, deque[float]] = {}
        self._posts: dict[str, float] = {}

    def wait_of(self, method: str, channel: str = "") -> int:
        """Count a call; return 0, or the whole seconds of Retry-After where it comes too soon (and is not counted)."""
        now = self._monotonic()
        calls = self._calls.setdefault(method, deque())
        while calls and now - calls[0] >= MINUTE:
            calls.popleft()
        if len(calls) >= TIERS.get(TIER_OF.get(method, 0), SPECIAL):
            return max(1, math.ceil(MINUTE - (now - calls[0])))
        last_post = self._posts.get(channel)
        if method == "chat.postMessage":
            if last_post is not None and now - last_post < POSTS_SECONDS:
                return 1
            self._posts[channel] = now
        calls.append(now)
        return 0
