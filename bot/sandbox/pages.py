"""Cursors and limits: pages of lists, and pages of what was said."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.shapes import Call, Json, SlackError

T = TypeVar("T")
MOST = 1000
Instant = tuple[int, int]
"""A ts as numbers that compare exactly, which floats of it don't."""


def page(call: Call, items: Sequence[T], default: int = 100) -> tuple[list[T], Json]:
    """Return one page of a list and the response_metadata with the cursor of the next one."""
    limit = _limit(call, default)
    start = _offset(_read(call.text("cursor"), "next:"))
    end = start + limit
    following = _cursor(f"next:{end}") if end < len(items) else ""
    return list(items[start:end]), {"response_metadata": {"next_cursor": following}}


def page_of_time(call: Call, said: Sequence[Json], *, default: int) -> tuple[list[Json], Json]:
    """Return one page of messages as the caller may see them, with has_more and, if so, the next page's cursor.

    The cursor names the first message of the next page by its ts, so that what is said meanwhile moves no page.
    `said` is in the order of the pages, which may be either way.
    """
    limit = _limit(call, default)
    wanted = [message for message in said if _within(call, message)]
    start = 0
    if first := _read(call.text("cursor"), "next_ts:"):
        start = _position(said, wanted, first)
    end = start + limit
    messages = [shown(call, message) for message in wanted[start:end]]
    if end >= len(wanted):
        return messages, {"has_more": False}
    cursor = _cursor(f"next_ts:{str(wanted[end]['ts']).replace('.', '')}")
    return messages, {"has_more": True, "response_metadata": {"next_cursor": cursor}}


def shown(call: Call, message: Json) -> Json:
    """Return a message, with its metadata only where they were asked for."""
    if call.flag("include_all_metadata") or "metadata" not in message:
        return message
    return {key: value for key, value in message.items() if key != "metadata"}


def _position(said: Sequence[Json], wanted: Sequence[Json], digits: str) -> int:
    """Return where a page begins: at its first message, or where it stood if it was deleted meanwhile."""
    if not digits.isdigit() or len(digits) <= 6:
        raise SlackError("invalid_cursor")
    first = (int(digits[:-6]), int(digits[-6:]))
    newest_first = len(said) > 1 and instant(str(said[0]["ts"]), "") > instant(str(said[-1]["ts"]), "")
    for at, message in enumerate(wanted):
        ts = instant(str(message["ts"]), "")
        if ts <= first if newest_first else ts >= first:
            return at
    return len(wanted)


def _within(call: Call, message: Json) -> bool:
    """Whether a message lies between `oldest` and `latest`; the ends count only with `inclusive`."""
    ts = instant(str(message["ts"]), "")
    oldest = instant(call.text("oldest") or "0", "invalid_ts_oldest")
    latest = instant(call.text("latest") or "9999999999", "invalid_ts_latest")
    if call.flag("inclusive"):
        return oldest <= ts <= latest
    return oldest < ts < latest


def instant(ts: str, error: str) -> Instant:
    """Return a ts as numbers or refuse with `error`."""
    seconds, _, micros = ts.partition(".")
    try:
        return int(seconds), int((micros + "000000")[:6])
    except ValueError as wrong:
        raise SlackError(error) from wrong


def _limit(call: Call, default: int) -> int:
    limit = call.number("limit", default)
    if not 0 < limit <= MOST:
        raise SlackError("invalid_limit")
    return limit


def _cursor(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


def _read(cursor: str, prefix: str) -> str:
    """Return what a cursor says; empty without one; invalid_cursor for somebody else's."""
    if not cursor:
        return ""
    try:
        words = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as wrong:
        raise SlackError("invalid_cursor") from wrong
    if not words.startswith(prefix):
        raise SlackError("invalid_cursor")
    return words.removeprefix(prefix)


def _offset(words: str) -> int:
    if words and not words.isdigit():
        raise SlackError("invalid_cursor")
    return int(words or 0)
