"""Where somebody acts in Slack, and so where he is answered in private."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spot:
    """A person at a place: a channel and perhaps a thread of it, or App Home, which has no channel.

    `trigger` opens a form within 3 s of the deed. `url` is Slack's response URL (5 uses within 30 minutes), by which
    the private message that was clicked can be replaced; it is empty where what was clicked is for everybody. `ts` is
    a message of ours in a DM, which can be edited at any time.
    """

    user: str
    channel: str | None = None
    thread: str | None = None
    trigger: str = ""
    url: str = ""
    ts: str = ""


def spot_of(body: Mapping[str, Any], user: str, channel: str | None) -> Spot:
    """Return where the request comes from; private words can only be said under a message that has a thread."""
    stood = body.get("event") or body.get("message") or body.get("container") or {}
    thread = stood.get("thread_ts")
    return Spot(
        user=user,
        channel=channel,
        thread=str(thread) if thread else None,
        trigger=str(body.get("trigger_id") or ""),
        url=str(body.get("response_url") or "") if _is_private(body, channel) else "",
    )


def _is_private(body: Mapping[str, Any], channel: str | None) -> bool:
    container = body.get("container") or {}
    return bool(container.get("is_ephemeral")) or (channel or "").startswith("D")
