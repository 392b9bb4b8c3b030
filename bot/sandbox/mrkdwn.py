"""Slack's mrkdwn and rich_text as HTML for the page: everything escaped, only known marks become tags."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from markupsafe import Markup, escape

from bot.sandbox.shapes import Json
from bot.sandbox.typed_text import unescape

EMOJI = {
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "warning": "⚠️", "rotating_light": "🚨",
    "fire": "🔥", "bell": "🔔", "no_bell": "🔕", "email": "✉️", "envelope": "✉️", "incoming_envelope": "📨",
    "mailbox": "📫", "eyes": "👀", "ticket": "🎫", "tada": "🎉", "wave": "👋", "lock": "🔒", "unlock": "🔓",
    "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "clock3": "🕒", "alarm_clock": "⏰", "speech_balloon": "💬",
    "memo": "📝", "bust_in_silhouette": "👤", "pushpin": "📌", "mag": "🔍", "gear": "⚙️", "bulb": "💡",
    "red_circle": "🔴", "large_green_circle": "🟢", "large_yellow_circle": "🟡", "large_blue_circle": "🔵",
    "white_circle": "⚪", "arrows_counterclockwise": "🔄", "zap": "⚡", "sos": "🆘", "star": "⭐", "heart": "❤️",
    "thumbsup": "👍", "+1": "👍", "thumbsdown": "👎", "-1": "👎", "slightly_smiling_face": "🙂", "smile": "😄",
    "question": "❓", "exclamation": "❗", "information_source": "ℹ️", "paperclip": "📎", "bar_chart": "📊",
    "chart_with_upwards_trend": "📈", "file_folder": "📁", "open_file_folder": "📂", "inbox_tray": "📥",
    "outbox_tray": "📤", "robot_face": "🤖", "house": "🏠", "no_entry": "⛔", "hand": "✋", "raised_hand": "✋",
}  # fmt: skip
CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
TOKEN = re.compile(r"<([^<>\n]+)>")
MARKS = (
    (re.compile(r"(?<![\w*])\*(\S|\S[^*\n]*?\S)\*(?![\w*])"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w_])_(\S|\S[^_\n]*?\S)_(?![\w_])"), r"<em>\1</em>"),
    (re.compile(r"(?<![\w~])~(\S|\S[^~\n]*?\S)~(?![\w~])"), r"<s>\1</s>"),
)
SHORTCODE = re.compile(r":([a-z0-9_+-]+):")
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
STYLES = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}


class Reader:
    """Turns texts into HTML; `people` and `channels` say what the ids are called."""

    def __init__(self, people: Mapping[str, str], channels: Mapping[str, str]) -> None:
        self._people, self._channels = people, channels

    def plain(self, text: str) -> Markup:
        """Return a plain_text as HTML, emoji names drawn."""
        return _with_emoji(escape(unescape(text)))

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
        drawn = str(_with_emoji(Markup(html.replace("\n", "<br>"))))  # noqa: S704  (escaped above)
        return Markup(KEPT.sub(lambda found: str(kept[int(found[1])]), drawn))  # noqa: S704  (escaped above)

    def text(self, thing: Json) -> Markup:
        """Return a text object as HTML."""
        words = str(thing.get("text", ""))
        return self.mrkdwn(words) if thing.get("type") == "mrkdwn" else self.plain(words)

    def rich(self, elements: list[Json]) -> Markup:
        """Return the elements of a rich_text block as HTML."""
        return Markup().join(self._rich_part(part) for part in elements)

    def _rich_part(self, part: Json) -> Markup:
        inner: list[Json] = part.get("elements", [])
        if part.get("type") == "rich_text_list":
            items = Markup().join(Markup("<li>{}</li>").format(self._rich_part(item)) for item in inner)
            return Markup("<ul>{}</ul>").format(items)
        words = Markup().join(self._rich_word(word) for word in inner)
        if part.get("type") == "rich_text_preformatted":
            return Markup("<pre>{}</pre>").format(words)
        if part.get("type") == "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(words)
        return words

    def _rich_word(self, word: Json) -> Markup:
        draw: dict[str, Callable[[], Markup]] = {
            "user": lambda: self._mention(str(word.get("user_id")), ""),
            "channel": lambda: self._room(str(word.get("channel_id")), ""),
            "link": lambda: _link(str(word.get("url")), str(word.get("text") or word.get("url"))),
            "emoji": lambda: _with_emoji(escape(f":{word.get('name')}:")),
            "broadcast": lambda: _tag(f"@{word.get('range')}"),
        }
        html = draw.get(str(word.get("type")), lambda: escape(str(word.get("text", ""))))()
        for style, tag in STYLES.items():
            if (word.get("style") or {}).get(style):
                html = Markup("<{0}>{1}</{0}>").format(Markup(tag), html)  # noqa: S704  (one of four names)
        return html.replace("\n", Markup("<br>"))

    def _token(self, token: str) -> Markup:
        target, _, label = token.partition("|")
        if target.startswith("@"):
            return self._mention(target[1:], label)
        if target.startswith("#"):
            return self._room(target[1:], label)
        if target.startswith("!date^"):
            return _date(target, label)
        if target.startswith("!"):
            return _tag(label or f"@{target[1:]}")
        return _link(unescape(target), unescape(label or target))

    def _mention(self, user: str, label: str) -> Markup:
        return _tag("@" + (self._people.get(user) or label or user))

    def _room(self, channel: str, label: str) -> Markup:
        return _tag("#" + (self._channels.get(channel) or label or channel))


def _tag(words: str) -> Markup:
    return Markup('<span class="mention">{}</span>').format(unescape(words))


def _link(url: str, label: str) -> Markup:
    if not url.startswith(("http://", "https://", "mailto:")):
        return escape(f"<{url}>")
    return Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>').format(url, label)


def _code(found: re.Match[str]) -> Markup:
    if found[1] is not None:
        return Markup("<pre>{}</pre>").format(unescape(found[1]).strip("\n"))
    return Markup("<code>{}</code>").format(unescape(found[2]))


def _quoted(found: re.Match[str]) -> str:
    lines = [re.sub(r"^&gt; ?", "", line) for line in found[0].rstrip("\n").split("\n")]
    return "<blockquote>" + "\n".join(lines) + "</blockquote>"


def _date(target: str, fallback: str) -> Markup:
    """Draw `!date^seconds^format`, in UTC."""
    _, seconds, shape = [*target.split("^"), "", ""][:3]
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return escape(unescape(fallback))
    for name, pattern in DATES.items():
        shape = shape.replace(name, moment.strftime(pattern))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), unescape(fallback), unescape(shape)
    )


def _with_emoji(html: Markup) -> Markup:
    return Markup(SHORTCODE.sub(lambda found: EMOJI.get(found[1], found[0]), str(html)))  # noqa: S704
