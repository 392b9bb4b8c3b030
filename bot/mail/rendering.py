"""HTML to the text that a reader sees, in one walk over its tags, whose time grows with the markup and no faster.

Nothing is mended first: what is no tag is text, an end without a beginning ends nothing, and what is never closed ends
where its surroundings do.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from bot.mail.layout import Lines, Table

# Of elements that are open deeper, nothing is remembered.
MAX_OPEN = 1_000
# So many elements at most are taken to be closed by a tag of another.
MAX_MISNESTED = 20
# Cells of tables in tables beyond this depth are paragraphs.
MAX_TABLES = 20

# A name that goes on like an address is none: `<ada@desk.test>`, `<https://desk.test>`.
_TAG = re.compile(
    r"<(?:(!--)|[!?][^<>]{0,10000}>|(/?)([a-zA-Z][a-zA-Z0-9_-]{0,30}(?::[a-zA-Z][\w-]{0,30})?)(?=[\s/>])"
    r"((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+'){0,10000}+)>)"
)
# The slash of a closed tag, as XML has it: that of `<script src=https://desk.test/>` belongs to the address.
_IS_CLOSED = re.compile(r"(?:\A|[\s\"'])/\Z")
_STYLE = re.compile(r"\bstyle\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+))", re.IGNORECASE)
_HIDES = re.compile(r"display\s*:\s*none")
_KEEPS_LINES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)")
_MARGIN = re.compile(r"margin-(top|bottom)\s*:\s*([\d.]{1,10})\s*([a-z]{0,4})")
# No sign has a number of more than seven digits; Python refuses to read one of thousands.
_NUMBER = re.compile(r"&#0*([0-9]{1,8})[0-9]*")
_VALUE = re.compile(r"\bvalue\s*=\s*[\"']?(\d{1,9})", re.IGNORECASE)

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_UNSEEN = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in ("script", "style", "title")}
_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "figure"})
_BLOCKS = _APART | {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "footer", "form", "header", "hgroup", "layer", "legend", "li", "listing", "main", "nav",
    "ol", "option", "plaintext", "pre", "section", "summary", "table", "tr", "ul", "xmp",
}  # fmt: skip
_PREFORMATTED = frozenset({"pre", "xmp", "listing", "plaintext"})
_LISTS = frozenset({"ul", "ol"})
_CELLS = frozenset({"td", "th"})
_BULLETS = ("* ", "+ ", "o ", "- ")


def rendered(markup: str) -> str:
    """Return the text; where nothing would be left of it, or hiding never ends, what is hidden is shown too."""
    page = _Page(markup)
    text = page.read()
    return text if text and not page.hides_its_end else _Page(markup, shows_all=True).read()


@dataclass(slots=True)
class _Element:
    """What is open: how its text is taken, and whether a blank line follows it."""

    name: str
    is_hidden: bool
    keeps_lines: bool
    is_apart: bool


class _Page:
    def __init__(self, markup: str, *, shows_all: bool = False) -> None:
        self._markup = markup
        self._shows_all = shows_all
        self._lines = Lines()
        self._open: list[_Element] = []
        self._tables: list[Table] = []
        # Of each open list the number of the next item, or its bullet.
        self._items: list[int | str] = []
        self._comments_end = True
        self._never_closed: set[str] = set()
        self.hides_its_end = False

    def read(self) -> str:
        """Walk over the markup; `hides_its_end` tells afterwards whether something hidden was never closed."""
        position = 0
        while tag := _TAG.search(self._markup, position):
            self._write(self._markup[position : tag.start()])
            position = self._pass(tag)
        self._write(self._markup[position:])
        self.hides_its_end = bool(self._open) and self._open[-1].is_hidden
        self._end_down_to(0)
        return "\n".join(self._lines.finished())

    def _pass(self, tag: re.Match[str]) -> int:
        """Take a tag for what it is; returns where the text goes on."""
        comment, end, name, said = tag.groups()
        if comment:
            return self._after_comment(tag.end())
        if name is None:
            return tag.end()
        name = name.lower()
        if end:
            self._close(name)
        elif name in _VOID:
            self._mark(name)
        elif name in _UNSEEN:
            return tag.end() if _IS_CLOSED.search(said) else self._after_unseen(name, tag.end())
        else:
            self._begin(name, said)
        return tag.end()

    def _after_comment(self, start: int) -> int:
        """Return where a comment ends; one that never does hides no words."""
        end = self._markup.find("-->", start - 2) if self._comments_end else -1
        self._comments_end = end >= 0
        return end + 3 if end >= 0 else start

    def _after_unseen(self, name: str, start: int) -> int:
        """Return where the closing tag stands; without one, no words are hidden."""
        closing = None if name in self._never_closed else _UNSEEN[name].search(self._markup, start)
        if closing is None:
            self._never_closed.add(name)
            return start
        return closing.start()

    def _write(self, text: str) -> None:
        if not text or (self._open and self._open[-1].is_hidden):
            return
        said = html.unescape(_NUMBER.sub(r"&#\1", text)) if "&" in text else text
        if self._open and self._open[-1].keeps_lines:
            self._lines.write_as_it_is(said)
        else:
            self._lines.write(said)

    def _mark(self, name: str) -> None:
        if self._open and self._open[-1].is_hidden:
            return
        if name == "br":
            self._lines.break_line()
        elif name == "hr":
            self._lines.end()

    def _begin(self, name: str, said: str) -> None:
        if name in _CELLS or name == "tr":
            self._end_cell()
        if name in _BLOCKS and self._open and self._open[-1].name == "p":
            self._end_down_to(len(self._open) - 1)
        if len(self._open) >= MAX_OPEN:
            return
        around = self._open[-1] if self._open else _Element("", is_hidden=False, keeps_lines=False, is_apart=False)
        style = _style(said)
        margins = _margins(style)
        hides = not self._shows_all and bool(style) and _HIDES.search(style) is not None
        keeps = name in _PREFORMATTED or (bool(style) and _KEEPS_LINES.search(style) is not None)
        apart = name in _APART
        if name in _BLOCKS:
            self._lines.end(apart=margins.get("top", apart))
        self._open.append(
            _Element(name, around.is_hidden or hides, around.keeps_lines or keeps, margins.get("bottom", apart))
        )
        self._begin_inside(name, said)

    def _begin_inside(self, name: str, said: str) -> None:
        """Begin what lists and tables are made of."""
        if name in _LISTS:
            self._items.append(1 if name == "ol" else _BULLETS[len(self._items) % len(_BULLETS)])
        elif name == "li" and not self._open[-1].is_hidden:
            self._lines.begin_item(self._next_bullet(said))
        elif name == "table":
            self._tables.append(Table(len(self._open) - 1, self._lines))
        elif name == "tr" and self._tables:
            self._tables[-1].rows.append([])
        elif name in _CELLS and self._tables:
            self._begin_cell(self._tables[-1])

    def _next_bullet(self, said: str) -> str:
        item = self._items[-1] if self._items else _BULLETS[0]
        if isinstance(item, str):
            return item
        stated = _VALUE.search(said)
        number = int(stated[1]) if stated else item
        self._items[-1] = number + 1
        return f"{number}. "

    def _begin_cell(self, table: Table) -> None:
        if len(self._tables) > MAX_TABLES:
            self._lines.end()
            return
        table.cell = len(self._open) - 1
        self._lines = Lines()

    def _end_cell(self) -> None:
        if self._tables and self._tables[-1].cell >= 0:
            self._end_down_to(self._tables[-1].cell)

    def _close(self, name: str) -> None:
        """Close the innermost element of this name and what was left open in it, but nothing around an open cell."""
        table = self._tables[-1] if self._tables else None
        if name in _CELLS:
            self._end_cell()
        elif name == "table" and table:
            self._end_down_to(table.place)
        else:
            within = max(table.cell, table.place) + 1 if table else 0
            lowest = max(within, len(self._open) - MAX_MISNESTED)
            for place in range(len(self._open) - 1, lowest - 1, -1):
                if self._open[place].name == name:
                    self._end_down_to(place)
                    return

    def _end_down_to(self, place: int) -> None:
        while len(self._open) > place:
            ended = self._open.pop()
            if ended.name in _BLOCKS:
                self._lines.end(apart=ended.is_apart and not ended.is_hidden)
            if self._tables and self._tables[-1].cell == len(self._open):
                self._put_cell(self._tables[-1])
            elif self._tables and self._tables[-1].place == len(self._open):
                self._lines.add(self._tables.pop().lines())
            elif ended.name in _LISTS:
                self._lines.begin_item("")
                self._items.pop()

    def _put_cell(self, table: Table) -> None:
        if not table.rows:
            table.rows.append([])
        table.rows[-1].append(self._lines.finished())
        self._lines, table.cell = table.around, -1


def _style(said: str) -> str:
    found = _STYLE.search(said) if said else None
    return (found[1] or found[2] or found[3] or "").lower() if found else ""


def _margins(style: str) -> dict[str, bool]:
    """Tell whether a blank line is to stand above and below, as far as the style tells it (8 pixels are a line)."""
    if "margin-" not in style:
        return {}
    return {
        side: _number(length) > (0.5 if unit in {"em", "rem"} else 4) for side, length, unit in _MARGIN.findall(style)
    }


def _number(length: str) -> float:
    try:
        return float(length)
    except ValueError:
        return 0.0
