"""What stands in Slack: conversations and what was said in them, read no faster than Slack likes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.connection import SlackAway
from bot.slack.hearing import earlier, order

log = structlog.get_logger(__name__)

Message = Mapping[str, Any]

PAGE = 200  # Slack recommends no more at a time
# Slack takes 50 a minute (tier 3) and more; the sender looks for doubtful posts by the same methods.
CALLS_A_MINUTE = 40
MINUTE = 60.0
# The bot was put out, or the channel or the thread's parent is gone: what is said there is not ours to read.
_CLOSED = frozenset({"channel_not_found", "is_archived", "missing_scope", "not_in_channel", "thread_not_found"})


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation the bot is in; `kind` as message events call it: channel, group or im."""

    channel: str
    kind: str

    @property
    def is_direct(self) -> bool:
        """Whether it is somebody's DM with the bot."""
        return self.kind == "im"


class Closed(Exception):
    """This conversation or thread can't be read by us."""


class History:
    """Reads conversations, pacing itself and waiting as long as Slack asks; `stop` ends every wait.

    Raises SlackAway where Slack can't be asked, Closed where a conversation is not ours to read.
    """

    def __init__(self, web: WebClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._web = web
        self._monotonic = monotonic
        self._stopping = threading.Event()
        self._calls: dict[str, deque[float]] = {}

    def stop(self) -> None:
        """Break off: whoever waits here is told that Slack is away."""
        self._stopping.set()

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to be read."""
        return self._stopping.is_set()

    def places(self) -> list[Place]:
        """Return every channel and DM the bot is in."""
        kinds = "public_channel,private_channel,im"
        pages = self._pages("users.conversations", "channels", types=kinds, exclude_archived=True, limit=PAGE)
        return [Place(channel["id"], _kind(channel)) for channel in pages]

    def newest(self, channel: str) -> str:
        """Return the ts of the newest message in a channel itself; empty where we can see none."""
        try:
            messages = self._call("conversations.history", channel=channel, limit=1).get("messages") or []
        except Closed:
            return ""
        return str(messages[0]["ts"]) if messages else ""

    def since(self, channel: str, oldest: str) -> list[Message]:
        """Return what stands in the channel itself after `oldest`, in order."""
        return sorted(self._pages("conversations.history", "messages", channel=channel, oldest=oldest), key=_ts)

    def before(self, channel: str, oldest: str, latest: str, pages: int) -> tuple[list[Message], str]:
        """Look back from `latest` (inclusive) to `oldest`, at most so many pages.

        Returns what was found in order, and from which ts on that is all there is.
        """
        asked: dict[str, Any] = {"oldest": earlier(oldest, 1), "latest": latest, "inclusive": True}
        found = sorted(self._pages("conversations.history", "messages", pages, channel=channel, **asked), key=_ts)
        whole = len(found) < pages * PAGE
        return found, oldest if whole or not found else str(found[0]["ts"])

    def replies(self, channel: str, thread: str, oldest: str) -> list[Message]:
        """Return the replies of a thread after `oldest`, in order."""
        found = self._pages("conversations.replies", "messages", channel=channel, ts=thread, oldest=oldest)
        return sorted((reply for reply in found if reply["ts"] != thread), key=_ts)

    def _pages(self, method: str, part: str, pages: int | None = None, /, **asked: Any) -> list[Message]:
        found: list[Message] = []
        cursor, turned = "", 0
        while pages is None or turned < pages:
            answer = self._call(method, **({"limit": PAGE} | asked | ({"cursor": cursor} if cursor else {})))
            found.extend(answer.get(part) or ())
            turned += 1
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return found

    def _call(self, method: str, **arguments: Any) -> Message:
        while True:
            self._take_turn(method)
            try:
                answer = self._web.api_call(method, http_verb="GET", params=arguments)
            except SlackApiError as error:
                reason = str(error.response.get("error") or f"HTTP {error.response.status_code}")
                if error.response.status_code == 429 or reason == "ratelimited":
                    self._rest(float(error.response.headers.get("Retry-After", 30)), method)
                elif reason in _CLOSED and "channel" in arguments:
                    raise Closed(reason) from error
                else:
                    raise SlackAway(f"Slack answers {reason} to {method}") from error
            except (URLError, OSError, HTTPException) as error:
                raise SlackAway(f"Slack can't be reached ({getattr(error, 'reason', error)})") from error
            else:
                return dict(answer.data) if isinstance(answer.data, dict) else {}

    def _take_turn(self, method: str) -> None:
        calls = self._calls.setdefault(method, deque())
        while calls and self._monotonic() - calls[0] >= MINUTE:
            calls.popleft()
        if len(calls) >= CALLS_A_MINUTE:
            self._rest(MINUTE - (self._monotonic() - calls[0]), method)
        if self._stopping.is_set():
            raise SlackAway("the bot stops")
        calls.append(self._monotonic())

    def _rest(self, seconds: float, method: str) -> None:
        log.info("reading rests", seconds=round(seconds, 1), method=method)
        if self._stopping.wait(max(0.0, seconds)):
            raise SlackAway("the bot stops")


def _ts(message: Message) -> tuple[int, int]:
    return order(str(message["ts"]))


def _kind(channel: Message) -> str:
    return "im" if channel.get("is_im") else "group" if channel.get("is_private") else "channel"
