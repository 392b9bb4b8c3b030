"""Text out of HTML, as a reader would see it; quoted passages keep the mark `>` that they have in plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from inscriptis import get_text

MAX_MARKUP = 1_000_000
# The renderer takes about 3 seconds a megabyte of small table cells; longer markup only loses its tags.
MAX_RENDERED = 300_000

_OPEN, _CLOSE, _PLAIN = "\ue000", "\ue001", "\ue002"
_BLOCKQUOTE = re.compile(r"<blockquote\b([^>]{0,1000})>|</blockquote\s*>", re.IGNORECASE)
_CITED = re.compile(r"type\s*=\s*[\"']?cite|class\s*=\s*[\"'][^\"']{0,200}quote", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([!?a-zA-Z][a-zA-Z0-9]{0,20})[^<>]{0,10000}>")
_BREAKS = frozenset({"p", "br", "div", "tr", "li", "blockquote", "h1", "h2", "h3"})
_UNSEEN = frozenset({"script", "style", "head", "title"})
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}{_PLAIN}]")


def text_of(markup: str) -> str:
    """Render HTML as text; markup that no parser can follow loses its tags and keeps its words."""
    marked = _BLOCKQUOTE.sub(_mark, _MARKS.sub("", markup[:MAX_MARKUP]))
    try:
        rendered = get_text(marked) if len(marked) <= MAX_RENDERED else ""
    except Exception:  # noqa: BLE001 - lxml and the renderer raise whatever the markup provokes
        rendered = ""
    if not _MARKS.sub("", rendered).strip():
        rendered = html.unescape("".join(_seen(marked)))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_quoted(rendered))).strip()


def _mark(tag: re.Match[str]) -> str:
    if tag[1] is None:
        return f"<p>{_CLOSE}</p>{tag[0]}"
    return f"{tag[0]}<p>{_OPEN if _CITED.search(tag[1]) else _PLAIN}</p>"


def _seen(markup: str) -> Iterator[str]:
    """Yield what stands between the tags, except in elements that no reader sees."""
    hidden_by, end = "", 0
    for tag in _TAG.finditer(markup):
        name = tag[2].lower()
        if not hidden_by:
            yield markup[end : tag.start()]
            yield "\n" if name in _BREAKS else " "
        if tag[1] and name == hidden_by:
            hidden_by = ""
        elif not tag[1] and not hidden_by and name in _UNSEEN:
            hidden_by = name
        end = tag.end()
    yield markup[end:]


def _quoted(rendered: str) -> Iterator[str]:
    """Yield the lines, those between the marks of a cited passage with `> ` before them."""
    open_passages: list[bool] = []
    for line in rendered.replace("\xa0", " ").splitlines():
        for mark in _MARKS.findall(line):
            if mark != _CLOSE:
                open_passages.append(mark == _OPEN)
            elif open_passages:
                open_passages.pop()
        words = _MARKS.sub("", line).strip()
        if words or not _MARKS.search(line):
            yield "> " * min(sum(open_passages), 10) + words if words else ""
