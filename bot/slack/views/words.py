"""Words for Slack: Slack's limits in one place, escaping, times, and shortened texts."""

from __future__ import annotations

import re
from datetime import datetime

# Slack's reference for Block Kit; the message total was seen in practice (bolt-js#2509).
SECTION_LIMIT = 3000
MESSAGE_CHARACTERS = 13_000
VIEW_BLOCKS = 100

PREVIEW = 600
# What a reader takes in at a glance; a mail of a thousand short lines must not fill his screen.
QUOTED_LINES = 30
_BLANK_LINES = re.compile(r"\n\s*\n")
_PINGS = re.compile(r"@(?=channel|here|everyone)", re.IGNORECASE)


def escape(text: str) -> str:
    """Make text inert in mrkdwn: no mention, link or channel ping can come out of it.

    `&`, `<` and `>` are all that Slack asks for (docs: formatting text); a zero-width space after the @ of a
    channel-wide mention keeps even a client that parses plain names from pinging.
    """
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _PINGS.sub("@\u200b", escaped)


def shortened(text: str, limit: int = PREVIEW) -> str:
    """Return at most `limit` characters, cut at a word, with an ellipsis where something was left out."""
    text = text.strip()
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[limit // 2 :] else cut).rstrip() + "…"


def inert(text: str, limit: int = PREVIEW) -> str:
    """Return at most `limit` characters of somebody's words, escaped; counted as Slack does, after the escaping."""
    room = limit
    while len(safe := escape(shortened(text, room))) > limit:
        room = room * 4 // 5
    return safe


def one_line(text: str, limit: int) -> str:
    """Return somebody's words, a name or a subject, inert and in one line."""
    return inert(" ".join(text.split()), limit)


def quoted(text: str, limit: int = PREVIEW) -> str:
    """Return somebody's words as an inert block quote, at most `limit` characters and a screenful of them."""
    lines = inert(_BLANK_LINES.sub("\n\n", text), limit).splitlines() or ["_(no text)_"]
    if len(lines) > QUOTED_LINES:
        lines = [*lines[: QUOTED_LINES - 1], "…"]
    return "\n".join(f"> {line}" for line in lines)


def when(moment: datetime) -> str:
    """Return a moment in the reader's own time zone (Slack's date token; UTC where that is not understood)."""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def to_the_second(moment: datetime) -> str:
    """Return a moment of today in the reader's own time zone, with its seconds."""
    return f"<!date^{int(moment.timestamp())}^{{time_secs}}|{moment:%H:%M:%S} UTC>"


def count(number: int, noun: str) -> str:
    """Return `1 message`, `2 messages`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def mention(identity: str) -> str:
    """Return a mention of a user (U…, W…) or a user group (S…) by its id: who is named so is called."""
    return f"<!subteam^{identity}>" if identity.startswith("S") else f"<@{identity}>"


def size(number: int) -> str:
    """Return a size in bytes as people say it: `310 B`, `48 kB`, `2.3 MB`."""
    if number < 1000:
        return f"{number} B"
    if number < 1_000_000:
        return f"{round(number / 1000)} kB"
    return f"{number / 1_000_000:.1f} MB"


def link(url: str, label: str) -> str:
    """Return a link of ours; the label is escaped."""
    return f"<{url}|{escape(label)}>"
