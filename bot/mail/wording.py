"""An answer's words, as Slack hands them over, to plain text and to simple HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from bot.mail.emoji import with_emoji

# RFC 3676 asks for lines below 79 characters; quoted ones grow with each reply.
WIDTH = 72

_KEPT_OPEN, _KEPT_CLOSE = "\ue000", "\ue001"
_KEPT = re.compile(f"{_KEPT_OPEN}(\\d+){_KEPT_CLOSE}")
_PIECE = re.compile(
    r"```\n?(?P<block>.+?)\n?```|`(?P<code>[^`\n]+)`"
    r"|<(?P<token>(?:@[UW]|\#[CG]|!(?:here|channel|everyone|date\^|subteam\^)|https?://|mailto:|tel:)[^<>\n]*)>"
    r"|(?P<url>https?://[^\s<>|`]*[^\s<>|.,;:!?'\")\]}*_~])",
    re.DOTALL,
)
_BOLD = re.compile(r"(?<![\w*])\*(\S|\S[^*\n]*?\S)\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_(\S|\S[^_\n]*?\S)_(?![\w_])")
_STRUCK = re.compile(r"(?<![\w~])~(\S|\S[^~\n]*?\S)~(?![\w~])")
# All that Slack escapes.
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_CITED = "margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex"


@dataclass(frozen=True, slots=True)
class _Dress:
    """How marks look: functions take words that nobody unescaped yet and return finished output."""

    words: Callable[[str], str]
    link: Callable[[str, str], str]
    code: Callable[[str], str]
    block: Callable[[str], str]
    bold: str
    italic: str
    struck: str


def plain(text: str) -> str:
    """Return the words as plain text: marks gone, links behind their labels, mentions as names."""
    return _dressed(text, _PLAIN).strip()


def markup(text: str) -> str:
    """Return the words as HTML that can hold nothing but text, line breaks, links and simple marks."""
    return "".join(_lines(_dressed(text, _HTML).strip("\n")))


def quoted_markup(heading: str, text: str) -> str:
    """Return somebody's plain words as an HTML quote, in the form that mail programs fold away."""
    words = html.escape(text).replace("\n", "<br>\n")
    return (
        f'<div class="moz-cite-prefix">{html.escape(heading)}</div>\n'
        f'<blockquote type="cite" style="{_CITED}">{words}</blockquote>'
    )


def quoted(heading: str, text: str) -> str:
    """Return somebody's plain words as a plain-text quote."""
    return "\n".join((heading, *(f"> {line}".rstrip() for line in text.splitlines())))


def flowed(text: str) -> str:
    """Wrap plain text so that each reader's program can fill its lines anew (RFC 3676, without DelSp)."""
    return "\n".join(line for long in text.splitlines() for line in _flowed(long)) + "\n"


def _flowed(line: str) -> Iterator[str]:
    depth = re.match(r"(?:> ?)*", line)
    prefix = depth[0] if depth else ""
    words = line[len(prefix) :].rstrip()
    if words.startswith("-- ") or not words:
        yield f"{prefix}{words}".rstrip()
        return
    # A space before what a mail server or a reader would take for something else.
    stuffed = f" {words}" if not prefix and words.startswith((" ", "From ")) else words
    room = max(20, WIDTH - len(prefix))
    lines = wrap(stuffed, room, break_long_words=False, break_on_hyphens=False, drop_whitespace=False) or [stuffed]
    kept = [lines[0].rstrip(), *(part.strip() for part in lines[1:])]
    yield from (f"{prefix}{part} " for part in kept[:-1])
    yield f"{prefix}{kept[-1]}"


def _dressed(text: str, dress: _Dress) -> str:
    kept: list[str] = []

    def keep(piece: re.Match[str]) -> str:
        kept.append(_piece(piece, dress))
        return f"{_KEPT_OPEN}{len(kept) - 1}{_KEPT_CLOSE}"

    words = _PIECE.sub(keep, text.replace(_KEPT_OPEN, "").replace(_KEPT_CLOSE, ""))
    words = dress.words(with_emoji(words))
    for mark, shown in ((_BOLD, dress.bold), (_ITALIC, dress.italic), (_STRUCK, dress.struck)):
        words = mark.sub(shown, words)
    return _KEPT.sub(lambda found: kept[int(found[1])], words)


def _piece(piece: re.Match[str], dress: _Dress) -> str:
    if piece["block"] is not None:
        return dress.block(piece["block"])
    if piece["code"] is not None:
        return dress.code(piece["code"])
    if piece["url"] is not None:
        return dress.link(piece["url"], "")
    target, _, label = piece["token"].partition("|")
    return dress.link(target, label) if target[0] not in "@#!" else dress.words(_mention(target, label))


def _mention(target: str, label: str) -> str:
    """Name a person, a room or a date by its label; an id of Slack's says nothing to a customer."""
    sign, bare = target[0], label.removeprefix(target[0])
    if sign == "@":
        return f"@{bare}" if bare else "a colleague"
    if sign == "#":
        return f"#{bare}" if bare else "a channel"
    return label or f"@{target[1:].partition('^')[0]}"


def _unescaped(text: str) -> str:
    for escaped, sign in _ESCAPES:
        text = text.replace(escaped, sign)
    return text


def _plain_link(target: str, label: str) -> str:
    address, name = _unescaped(target), _unescaped(label)
    bare = address.removeprefix("mailto:").removeprefix("tel:")
    return bare if name in {"", address, bare} else f"{name} ({bare})"


def _html_link(target: str, label: str) -> str:
    address = _unescaped(target)
    name = _unescaped(label) or address.removeprefix("mailto:").removeprefix("tel:")
    return f'<a href="{html.escape(address)}">{html.escape(name)}</a>'


def _escaped(text: str) -> str:
    return html.escape(_unescaped(text), quote=False)


def _lines(marked: str) -> Iterator[str]:
    """Yield the lines with breaks between them; lines that begin with > become one quote, and code keeps its own."""
    for part in re.split(r"(<pre>.*?</pre>)\n?", marked, flags=re.DOTALL):
        if part.startswith("<pre>"):
            yield part
            continue
        for quote in re.split(r"((?:^&gt; ?[^\n]*(?:\n|$))+)", part, flags=re.MULTILINE):
            bare = re.sub(r"^&gt; ?", "", quote, flags=re.MULTILINE).rstrip("\n") if quote.startswith("&gt;") else None
            broken = (quote if bare is None else bare).replace("\n", "<br>\n")
            yield broken if bare is None else f'<blockquote style="{_CITED}">{broken}</blockquote>'


_PLAIN = _Dress(
    words=_unescaped,
    link=_plain_link,
    code=_unescaped,
    block=_unescaped,
    bold=r"\1",
    italic=r"\1",
    struck=r"~\1~",
)
_HTML = _Dress(
    words=_escaped,
    link=_html_link,
    code=lambda code: f"<code>{_escaped(code)}</code>",
    block=lambda block: f"<pre>{_escaped(block)}</pre>",
    bold=r"<b>\1</b>",
    italic=r"<i>\1</i>",
    struck=r"<s>\1</s>",
)
