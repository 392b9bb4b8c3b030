"""Slack's mrkdwn and rich_text as HTML for the page: everything escaped, only known marks become tags."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from markupsafe import Markup, escape

from bot.sandbox.emoji import with_emoji
from bot.sandbox.rich_text import RichText
from bot.sandbox.shapes import Json
from bot.sandbox.typed_text import unescape

CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
TOKEN = re.compile(r"<([^<>\n]+)>")
MARKS = (
    (re.compile(r"(?<![\w*])\*(\S|\S[^*\n]*?\S)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(\S|\S[^_\n]*?\S)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(\S|\S[^~\n]*?\S)~(?![\w~])"), r"<s>\1</s>"),
)
QUOTE = re.compile(r"(?:^&gt; ?[^\n]*(?:\n|$))+", re.MULTILINE)
KEPT = re.compile("\ue000(\\d+)\ue001")
DATES: dict[str, str] = {
    "{date_num}": "%Y-%m-%d",
    "{date}": "%B %-d, %Y",
    "{date_short}": "%b %-d, %Y",
    "{date_long}": "%A, %B %-d, %Y",
    "{date_pretty}": "%B %-d, %Y",
    "{date_short_pretty}": "%b %-d, %Y",
    "{date_long_pretty}": "%A, %B %-d, %Y",
    "{time}": "%H:%M",
    "{time_secs}": "%H:%M:%S",
    "{ago}": "%Y-%m-%d %H:%M",
}

NEAR = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}


class Reader:
    """Turns texts into HTML.

    `people` and `channels` say what the ids are called, `today` which day `{date_pretty}` calls so.
    """

    def __init__(self, people: Mapping[str, str], channels: Mapping[str, str], today: date | None = None) -> None:
        self._people, self._channels, self._today = people, channels, today

    def plain(self, text: str) -> Markup:
        """Return a plain_text as HTML, emoji names drawn."""
        return with_emoji(escape(unescape(text)))

    def mrkdwn(self, text: str) -> Markup:
        """Return a mrkdwn text as HTML."""
        kept: list[Markup] = []

        def keep(html: Markup) -> str:
            kept.append(html)
            return f"\ue000{len(kept) - 1}\ue001"

        text = text.replace("\ue000", "").replace("\ue001", "")
        text = CODE.sub(lambda found: keep(_code(found)), text)
        text = TOKEN.sub(lambda found: keep(self._token(found[1])), text)
        html = str(escape(unescape(text)))
        for mark, tag in MARKS:
            html = mark.sub(tag, html)
        html = QUOTE.sub(_quoted, html)
        drawn = str(with_emoji(Markup(html.replace("\n", "<br>"))))  # noqa: S704  (escaped above)
        return Markup(KEPT.sub(lambda found: str(kept[int(found[1])]), drawn))  # noqa: S704  (escaped above)

    def text(self, thing: Json) -> Markup:
        """Return a text object as HTML."""
        words = str(thing.get("text", ""))
        return self.mrkdwn(words) if thing.get("type") == "mrkdwn" else self.plain(words)

    def rich(self, elements: list[Json]) -> Markup:
        """Return the elements of a rich_text block as HTML."""
        return RichText(self).draw(elements)

    def _token(self, token: str) -> Markup:
        target, _, label = token.partition("|")
        if target.startswith("@"):
            return self.mention(target[1:], label)
        if target.startswith("#"):
            return self.room(target[1:], label)
        if target.startswith("!date^"):
            return self.date(target, label)
        if target.startswith("!"):
            return self.tag(label or f"@{target[1:]}")
        return self.link(unescape(target), unescape(label or target))

    def mention(self, user: str, label: str = "") -> Markup:
        """Return a person's name as a mention."""
        return self.tag("@" + (self._people.get(user) or label.removeprefix("@") or user))

    def room(self, channel: str, label: str = "") -> Markup:
        """Return a channel's name as a mention."""
        return self.tag("#" + (self._channels.get(channel) or label or channel))

    def tag(self, words: str) -> Markup:
        """Return words set off as a mention."""
        return Markup('<span class="mention">{}</span>').format(unescape(words))

    def link(self, url: str, label: str) -> Markup:
        """Return a link, or the bare words where its scheme is not one to click on."""
        if not url.startswith(("http://", "https://", "mailto:")):
            return escape(f"<{url}>")
        return Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>').format(url, label)

    def date(self, target: str, fallback: str) -> Markup:
        """Draw `!date^seconds^format`, in UTC."""
        return _date(target, fallback, self._today)

    def unknown(self, thing: Json) -> Markup:
        """Show something the page can't draw, so that nobody takes it for drawn."""
        words = json.dumps(thing, indent=2, ensure_ascii=False)
        return Markup('<pre class="unknown" role="note">The sandbox can\'t draw this:\n{}</pre>').format(words)


def _code(found: re.Match[str]) -> Markup:
    if found[1] is not None:
        return Markup("<pre>{}</pre>").format(unescape(found[1]).strip("\n"))
    return Markup("<code>{}</code>").format(unescape(found[2]))


def _quoted(found: re.Match[str]) -> str:
    lines = [re.sub(r"^&gt; ?", "", line) for line in found[0].rstrip("\n").split("\n")]
    return "<blockquote>" + "\n".join(lines) + "</blockquote>"


def _date(target: str, fallback: str, today: date | None) -> Markup:
    """Draw `!date^seconds^format`, in UTC."""
    _, seconds, shape = [*target.split("^"), "", ""][:3]
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return escape(unescape(fallback))
    near = NEAR.get((moment.date() - today).days) if today else None
    for name, pattern in DATES.items():
        shape = shape.replace(name, near if near and "pretty" in name else moment.strftime(pattern))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), unescape(fallback), unescape(shape)
    )
