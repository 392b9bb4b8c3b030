"""What a person types, as Slack's client would send it: escaped, with mentions and links in angle brackets."""

import re
from typing import TYPE_CHECKING

from bot.sandbox.shapes import Json

if TYPE_CHECKING:
    from bot.sandbox.state import State

BROADCASTS = {"channel", "here", "everyone"}
TOKEN = re.compile(r"<([^<>]+)>")
URL = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)'\"]")
MENTION = re.compile(r"(?<![\w&;@/.])@(\w[\w.-]*(?: \w+)?)")
CHANNEL = re.compile(r"(?<![\w&;#/])#([a-z0-9][a-z0-9_-]*)")


def escape(text: str) -> str:
    """Escape the three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def sent_text(state: "State", typed: str) -> str:
    """Return the text of the message event: `@casebot see #support` arrives as `<@U…> see <#C…|support>`."""
    text = URL.sub(lambda link: f"<{link[0]}>", escape(typed))
    text = MENTION.sub(lambda found: _mention(state, found, labelled=False), text)
    return CHANNEL.sub(lambda found: _channel(state, found), text)


def typed(state: "State", sent: str) -> str:
    """Return what a person would type to send this text: the inverse of `sent_text`, for editing."""
    return unescape(TOKEN.sub(lambda found: _as_typed(state, found[1]), sent))


def _as_typed(state: "State", token: str) -> str:
    target, _, label = token.partition("|")
    if target.startswith("@") and target[1:] in state.people:
        return f"@{state.people[target[1:]].name}"
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    return f"#{label}" if target.startswith("#") else target


def command_text(state: "State", typed: str) -> str:
    """Return a slash command's text under `should_escape: true`: as a message's, users with their names."""
    text = URL.sub(lambda link: f"<{link[0]}>", escape(typed))
    text = MENTION.sub(lambda found: _mention(state, found, labelled=True), text)
    return CHANNEL.sub(lambda found: _channel(state, found), text)


def _mention(state: "State", found: re.Match[str], *, labelled: bool) -> str:
    """Translate the longest name that is somebody's: two words, else one."""
    whole = found[1]
    for name in dict.fromkeys((whole, whole.split(" ")[0])):
        rest = whole[len(name) :]
        if name in BROADCASTS:
            return f"<!{name}>{rest}"
        for person in state.people.values():
            if person.answers_to(name):
                label = f"|{person.name}" if labelled else ""
                return f"<@{person.id}{label}>{rest}"
        for group in state.usergroups.values():
            if group.handle == name:
                return f"<!subteam^{group.id}|@{group.handle}>{rest}"
    return found[0]


def _channel(state: "State", found: re.Match[str]) -> str:
    for channel in state.channels.values():
        if channel.kind != "im" and channel.name == found[1]:
            return f"<#{channel.id}|{channel.name}>"
    return found[0]


def rich_text(text: str, block_id: str) -> Json:
    """Return the rich_text block a client sends beside the text."""
    elements: list[Json] = []
    at = 0
    for token in TOKEN.finditer(text):
        elements += _words(text[at : token.start()])
        elements.append(_element(token[1]))
        at = token.end()
    elements += _words(text[at:])
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _words(text: str) -> list[Json]:
    return [{"type": "text", "text": unescape(text)}] if text else []


def _element(token: str) -> Json:
    target, _, label = token.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    link = {"type": "link", "url": unescape(target)}
    return link | {"text": unescape(label)} if label else link
