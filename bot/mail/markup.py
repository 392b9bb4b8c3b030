"""Text out of HTML, as a reader would see it; quoted passages keep the mark `>` that they have in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.mail.rendering import rendered

MAX_MARKUP = 1_000_000
MAX_OPEN = 1_000
# So many elements at most are taken to be closed by a tag of another.
MAX_MISNESTED = 20

_OPEN, _CLOSE, _REST = "\ue000", "\ue001", "\ue002"
_CONTAINER = re.compile(r"<(/?)(blockquote|div|hr)\b([^>]{0,1000})>", re.IGNORECASE)
# A line at the left is how GMX, Mail.ru, Roundcube, Zoho and others draw a quote; without one it is an indent.
_CITED = re.compile(r"type\s*=\s*[\"']?cite|class\s*=\s*[\"'][^\"']{0,200}quote|border-left", re.IGNORECASE)
_NAMES = re.compile(
    r"\b(?:class|id|name)\s*=\s*(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\s\"'>]{1,300}))", re.IGNORECASE
)
# Outlook on the web puts this before every name in the mail it quotes.
_PREFIX = re.compile(r"^(?:x_|ec_)+")
# Gmail, Thunderbird, Yahoo, Zoho, Proton, Tuta, GMX, Apple Mail: what these hold, up to a quote inside, is quoted.
_QUOTES = frozenset({
    "gmail_attr", "gmail_quote", "gmail_quote_container", "moz-cite-prefix", "moz-forward-container", "yahoo_quoted",
    "yahoo-quoted-begin", "zmail_extra", "zmail_extra_hr", "protonmail_quote", "tutanota_quote", "quote",
    "appleoriginalcontents", "isforwardcontent", "isreplycontent", "ntes-mailmaster-quote",
})  # fmt: skip
# Outlook and Hotmail: this and everything after it is quoted.
_RESTS = frozenset({"divrplyfwdmsg", "outlookmessageheader", "stopspelling", "ms-outlook-mobile-reference-message"})
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}{_REST}]")


def text_of(markup: str) -> str:
    """Render HTML as text; of longer markup only the beginning."""
    lines = rendered("".join(_marked(_MARKS.sub("", markup[:MAX_MARKUP]))))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_quoted(lines))).strip()


@dataclass(slots=True)
class _Container:
    """An element that is open here; `is_quote` as long as what stands directly in it is quoted.

    `holds_quotes` says that quotes inside are quotes even if they bear no mark of their own.
    """

    name: str
    is_quote: bool
    holds_quotes: bool = False


def _marked(markup: str) -> Iterator[str]:
    """Yield the markup with marks at the ends of what the sender's program declared as quoted."""
    opened: list[_Container] = []
    end = 0
    for tag in _CONTAINER.finditer(markup):
        yield markup[end : tag.start()]
        end = tag.end()
        if tag[1]:
            yield from _closed(opened, tag[2].lower())
            yield tag[0]
        else:
            yield from _opened(opened, tag)
    yield markup[end:]


def _opened(opened: list[_Container], tag: re.Match[str]) -> Iterator[str]:
    name = tag[2].lower()
    names = _names(tag[3])
    if names & _RESTS:
        yield f"<p>{_REST}</p>"
    is_quote = bool(_CITED.search(tag[3])) if name == "blockquote" else bool(names & _QUOTES)
    around = opened[-1] if opened else None
    if name == "blockquote" and around and around.holds_quotes:
        # Gmail's container holds the heading, the quotes and the answers between them.
        if around.is_quote:
            yield f"<p>{_CLOSE}</p>"
        is_quote, around.is_quote = True, False
    yield tag[0]
    if name == "hr" or len(opened) >= MAX_OPEN:
        return
    opened.append(_Container(name, is_quote, holds_quotes=is_quote and name == "div"))
    if is_quote:
        yield f"<p>{_OPEN}</p>"


def _closed(opened: list[_Container], name: str) -> Iterator[str]:
    """Close the innermost element of this name and what was left open in it."""
    nearest = range(len(opened) - 1, max(-1, len(opened) - 1 - MAX_MISNESTED), -1)
    at = next((at for at in nearest if opened[at].name == name), len(opened))
    for container in reversed(opened[at:]):
        if container.is_quote:
            yield f"<p>{_CLOSE}</p>"
    del opened[at:]


def _names(attributes: str) -> set[str]:
    words = (word for found in _NAMES.findall(attributes) for value in found for word in value.lower().split())
    return {_PREFIX.sub("", word) for word in words}


def _quoted(text: str) -> Iterator[str]:
    """Yield the lines, those between the marks of a quote, or below Outlook's, with `> ` before them."""
    depth, rest, has_words = 0, False, False
    for line in text.replace("\xa0", " ").splitlines():
        for mark in _MARKS.findall(line):
            depth = max(0, depth + (mark == _OPEN) - (mark == _CLOSE))
            # A mail that begins with the mark was forwarded without a word, or written below it.
            rest = rest or (mark == _REST and has_words)
        words = _MARKS.sub("", line).strip()
        has_words = has_words or (bool(words) and not depth)
        if words or not _MARKS.search(line):
            yield "> " * max(min(depth, 10), int(rest)) + words if words else ""
