"""Slack's rich_text blocks as HTML for the page: sections, lists, quotes, code, and the words in them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol

from markupsafe import Markup, escape

from bot.sandbox.emoji import emoji
from bot.sandbox.shapes import Json

STYLES: Final = {"bold": "strong", "italic": "em", "strike": "s", "code": "code", "underline": "u"}
DEEPEST: Final = 8


class Names(Protocol):
    """Who and what the ids are, and the marks that rich_text shares with mrkdwn."""

    def mention(self, user: str, label: str = "") -> Markup:
        """Return a person's name, set off."""
        ...

    def room(self, channel: str, label: str = "") -> Markup:
        """Return a channel's name, set off."""
        ...

    def tag(self, words: str) -> Markup:
        """Return words, set off."""
        ...

    def link(self, url: str, label: str) -> Markup:
        """Return a link, if it is one to click on."""
        ...

    def date(self, target: str, fallback: str) -> Markup:
        """Return the moment of `!date^seconds^format`."""
        ...

    def unknown(self, thing: Json) -> Markup:
        """Return what can't be drawn, loudly."""
        ...


class RichText:
    """Draws the elements of a rich_text block; what it does not know is shown by `names.unknown`."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._words: dict[str, Callable[[Json], Markup]] = {
            "text": lambda word: escape(str(word.get("text", ""))),
            "user": lambda word: names.mention(str(word.get("user_id"))),
            "channel": lambda word: names.room(str(word.get("channel_id"))),
            "usergroup": lambda word: names.tag(f"@{word.get('usergroup_id')}"),
            "team": lambda word: names.tag(f"@{word.get('team_id')}"),
            "broadcast": lambda word: names.tag(f"@{word.get('range')}"),
            "link": lambda word: names.link(str(word.get("url")), str(word.get("text") or word.get("url"))),
            "emoji": lambda word: emoji(str(word.get("name")), str(word.get("unicode", ""))),
            "date": _date(names),
            "color": lambda word: Markup("<code>{}</code>").format(str(word.get("value"))),
        }
        self._parts: dict[str, Callable[[Json], Markup]] = {
            "rich_text_section": self._section,
            "rich_text_list": self._list,
            "rich_text_preformatted": lambda part: Markup("<pre>{}</pre>").format(self._inner(part, broken=False)),
            "rich_text_quote": lambda part: Markup("<blockquote>{}</blockquote>").format(self._inner(part)),
        }

    def draw(self, elements: list[Json]) -> Markup:
        """Return the parts of a block, one after the other; a list's indent is a class of its own."""
        return Markup().join(map(self._part, elements))

    def _part(self, part: Json) -> Markup:
        return self._parts.get(str(part.get("type")), self._names.unknown)(part)

    def _section(self, part: Json) -> Markup:
        return Markup('<div class="rich">{}</div>').format(self._inner(part))

    def _inner(self, part: Json, *, broken: bool = True) -> Markup:
        html = Markup().join(self._word(word) for word in part.get("elements", []))
        return html.replace("\n", Markup("<br>")) if broken else html

    def _list(self, part: Json) -> Markup:
        items = Markup().join(Markup("<li>{}</li>").format(self._inner(item)) for item in part.get("elements", []))
        depth = min(max(int(part.get("indent") or 0), 0), DEEPEST)
        tag = "ol" if part.get("style") == "ordered" else "ul"
        start = int(part.get("offset") or 0) + 1
        first = Markup(' start="{}"').format(start) if tag == "ol" and start > 1 else Markup()
        return Markup('<{0} class="deep-{1}"{2}>{3}</{0}>').format(Markup(tag), depth, first, items)  # noqa: S704 - one of our own tags

    def _word(self, word: Json) -> Markup:
        html = self._words.get(str(word.get("type")), self._names.unknown)(word)
        style = word.get("style") or {}
        for name, tag in STYLES.items():
            if style.get(name):
                html = Markup("<{0}>{1}</{0}>").format(Markup(tag), html)  # noqa: S704  (one of five names)
        return html


def _date(names: Names) -> Callable[[Json], Markup]:
    def draw(word: Json) -> Markup:
        seconds = str(word.get("timestamp", ""))
        fallback = str(word.get("fallback") or "") or _plain(seconds)
        return names.date(f"!date^{seconds}^{word.get('format', '')}", fallback)

    return draw


def _plain(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return seconds
