"""Emoji by name as small drawings of our own, so that they show on machines without an emoji font."""

import re
from pathlib import Path
from typing import Final

from markupsafe import Markup

SIGNS: Final = Path(__file__).parent / "static" / "signs.svg"
DRAWN: Final = frozenset(re.findall(r'<symbol id="([a-z_]+)"', SIGNS.read_text(encoding="utf-8")))
ALIASES: Final = {
    "envelope": "email",
    "e-mail": "email",
    "mailbox": "inbox_tray",
    "envelope_with_arrow": "incoming_envelope",
    "hourglass_flowing_sand": "hourglass",
    "clock3": "alarm_clock",
    "blue_circle": "large_blue_circle",
    "green_circle": "large_green_circle",
    "heavy_exclamation_mark": "exclamation",
    "grey_exclamation": "exclamation",
    "x_mark": "x",
    "+1": "thumbsup",
    "hand": "raised_hand",
    "admission_tickets": "ticket",
    "speaking_head_in_silhouette": "speech_balloon",
    "pencil": "memo",
    "star2": "star",
}
SHORTCODE = re.compile(r":([a-z0-9_+-]+)(?:::skin-tone-[2-6])?:")
CODEPOINTS = re.compile(r"[0-9a-f]{2,6}(?:-[0-9a-f]{2,6})*")


def emoji(name: str, codepoints: str = "") -> Markup:
    """Return an emoji as HTML: drawn, else by its `codepoints` (`1f44b-1f3fb`, as in rich_text), else `:name:`."""
    sign = ALIASES.get(name, name)
    if sign in DRAWN:
        return Markup(
            '<svg class="emoji" role="img" aria-label=":{}:"><use href="/static/signs.svg#{}"/></svg>'
        ).format(name, sign)
    if CODEPOINTS.fullmatch(codepoints):
        return _glyphs(name, codepoints)
    return Markup('<span class="shortcode">:{}:</span>').format(name)


def with_emoji(html: Markup) -> Markup:
    """Draw the emoji names in escaped HTML that has no attributes; what is no known name stays as it is."""
    return Markup(SHORTCODE.sub(_drawn, str(html)))  # noqa: S704  (escaped by the caller)


def _drawn(found: re.Match[str]) -> str:
    known = ALIASES.get(found[1], found[1]) in DRAWN
    return str(emoji(found[1])) if known else found[0]


def _glyphs(name: str, codepoints: str) -> Markup:
    numbers = [int(part, 16) for part in codepoints.split("-")]
    if any(number > 0x10FFFF or 0xD800 <= number <= 0xDFFF for number in numbers):
        return Markup('<span class="shortcode">:{}:</span>').format(name)
    return Markup('<span role="img" aria-label=":{}:">{}</span>').format(name, "".join(map(chr, numbers)))
