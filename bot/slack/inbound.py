"""Slack's message events as the core's inbounds and revisions; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cases.files import withheld
from bot.cases.inbound import Attached, Author, Inbound, Revision, Source
from bot.cases.programs import is_program

# Words of people; every other subtype is a bot's or Slack's own note (joins, topics, pins …).
_SPOKEN_SUBTYPES = {None, "file_share", "thread_broadcast", "me_message"}
_NAME_LIMIT = 150
_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def to_inbound(
    event: Mapping[str, Any], author: Callable[[str], Author], names: Mapping[str, str], inside: frozenset[str]
) -> Inbound | Revision | None:
    """Return what a `message` event says, or None where it is nobody's words (bots, joins, empty).

    `inside` are the channels that only the team reads. An event's `ts` is the message's own time and name.
    """
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _edited(event, author, names)
    if subtype == "message_deleted":
        return _deleted(event, author)
    if subtype not in _SPOKEN_SUBTYPES or not _is_person(event):
        return None
    text, attachments = _text(event, names), _attached(event)
    if not text and not attachments:
        return None
    thread = event.get("thread_ts")
    return Inbound(
        source=Source.SLACK,
        place=event["channel"],
        external_id=event["ts"],
        author=author(event["user"]),
        text=text,
        at=moment(event["ts"]),
        thread=thread if thread != event["ts"] else None,
        inside=event["channel"] in inside,
        attachments=attachments,
    )


def moment(ts: str) -> datetime:
    """Return the time that a Slack ts names, to the microsecond."""
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))


def spoken(text: str, names: Mapping[str, str]) -> str:
    """Return Slack's markup as a person reads it: @Name, #channel, label (link), and unescaped signs."""
    readable = _MARKUP.sub(lambda match: _readable(match, names), text)
    return readable.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _readable(match: re.Match[str], names: Mapping[str, str]) -> str:
    sign, target, label = match.groups()
    if sign == "@":
        return "@" + (label or names.get(target, target))
    if sign == "#":
        return "#" + (label or target)
    if sign == "!":
        return label or "@" + target.split("^")[0]
    address = target.removeprefix("mailto:")
    return address if label is None or label in {target, address} else f"{label} ({address})"


def _is_person(message: Mapping[str, Any]) -> bool:
    return bool(message.get("user")) and not message.get("bot_id") and message.get("user") != "USLACKBOT"


def _text(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    text = spoken(message.get("text") or "", names)
    shared = [spoken(shown.get("text") or "", names) for shown in message.get("attachments") or () if _is_share(shown)]
    quotes = ["\n".join(f"> {line}" for line in words.splitlines()) for words in shared if words]
    return "\n".join(part for part in (text, *quotes) if part)


def _attached(message: Mapping[str, Any]) -> tuple[Attached, ...]:
    """Return the files of a message; their sizes are judged when they are posted, for an event may not know them."""
    files = [file for file in message.get("files") or () if file.get("id") and file.get("mode") != "tombstone"]
    return tuple(_file(file) for file in files)


def _file(file: Mapping[str, Any]) -> Attached:
    name = " ".join(str(file.get("name") or file.get("title") or "a file").split())[-_NAME_LIMIT:]
    kind = str(file.get("mimetype") or "application/octet-stream")
    size = int(file.get("size") or 0)
    why = withheld(size, size, executable=is_program(name, kind, b""))
    return Attached(name=name, content_type=kind, size=size, held=f"slack:{file['id']}", withheld=why)


def _is_share(shown: Mapping[str, Any]) -> bool:
    """Whether this is somebody's message passed on, which is quoted: its words are not the sender's own."""
    return bool(shown.get("is_share") or shown.get("is_msg_unfurl"))


def _edited(event: Mapping[str, Any], author: Callable[[str], Author], names: Mapping[str, str]) -> Revision | None:
    message = event.get("message") or {}
    if message.get("subtype") == "tombstone":
        # A deleted message that keeps its thread comes as an edit.
        return _deleted({**event, "deleted_ts": message.get("ts")}, author)
    edited = message.get("edited") or {}
    text = _text(message, names)
    if not _is_person(message) or not edited or not (text or _attached(message)):
        return None
    return Revision(
        source=Source.SLACK,
        place=event["channel"],
        external_id=message["ts"],
        author=author(edited.get("user") or message["user"]),
        text=text,
        at=moment(edited.get("ts") or event["ts"]),
    )


def _deleted(event: Mapping[str, Any], author: Callable[[str], Author]) -> Revision | None:
    before = event.get("previous_message") or {}
    deleted = event.get("deleted_ts") or before.get("ts")
    if not deleted or not _is_person(before):
        return None
    return Revision(
        source=Source.SLACK,
        place=event["channel"],
        external_id=deleted,
        author=author(before["user"]),
        text=None,
        at=moment(event["ts"]),
    )
