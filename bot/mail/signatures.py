"""What stands below the sender's own words: his signature, his telephone's advert, a mailing list's footer.

A signature is cut only where a convention says so (RFC 3676, section 4.3), where a program wrote it, or where a
closing greeting is followed by nothing but names, numbers and addresses; and only if words remain above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.mail.quote_headings import readable
from bot.mail.quote_words import ADVERTS, CLOSINGS, DEVICES, SENT_FROM

_LONGEST_SIGNATURE = 12
_LONGEST_LINE = 80
_LONGEST_FOOTER = 6
_FEW_WORDS = 4
_RULE = re.compile(r"^[\s_=*‐-―─-]{2,}$")
_FOOTER = re.compile(
    r"mailing.?li(st|jst)|mailman/listinfo|listinfo|unsubscribe|google groups|liste de diffusion|lista de (correo"
    r"|discus)"
    r"|abmelden|lista dyskusyjna|lista mailingowa|メーリングリスト|邮件列表",
    re.IGNORECASE,
)
# A word of a name, a street, a number, a link; a long word in lower case is a sentence's.
_NAME_WORD = re.compile(r"^\W*(?:[^\W\d_a-zà-öø-ÿа-я].*|\w{1,3}|.*[\d@/&+|].*|\W+|www\..*)\W*$")
_LINK = re.compile(r"\(?<?https?://\S+>?\)?")
_INITIALLED = re.compile(r"^[-/–—]\s?(?!\d)\w[\w.'-]{0,20}(?: \w[\w.'-]{0,20}){0,2}$")


def without_signature(lines: Sequence[str]) -> list[str]:
    """Return the lines above the signature, or all of them where none is certain or nothing would remain."""
    kept = _without_end(lines)
    for cut in (_marked_start, _footer_start, _advert_start, _closing_start):
        start = cut(kept)
        if start is not None and any(_has_words(line) for line in kept[:start]):
            kept = _without_end(kept[:start])
    return kept


def _marked_start(lines: Sequence[str]) -> int | None:
    for position, line in enumerate(lines):
        if line not in {"--", "-- ", "--\u00a0"} or not any(above.strip() for above in lines[:position]):
            continue
        # Without its space the mark is common in ordinary text too.
        if line != "--" or len(lines) - position <= _LONGEST_SIGNATURE:
            return position
    return None


def _footer_start(lines: Sequence[str]) -> int | None:
    """A rule of underscores or hyphens and, below it, a few lines that tell of a mailing list."""
    for position in range(len(lines) - 1, max(-1, len(lines) - 2 - _LONGEST_FOOTER), -1):
        if _RULE.match(lines[position]):
            below = " ".join(lines[position + 1 :])
            return position if _FOOTER.search(below) else None
    return None


def _advert_start(lines: Sequence[str]) -> int | None:
    """The last line, or the last but one above a bare link: `Sent from my iPhone`."""
    for back in (1, 2):
        if back <= len(lines) and _is_advert(readable(lines[-back])):
            return len(lines) - back
    return None


def _is_advert(line: str) -> bool:
    bare = _LINK.sub("", line).strip(" *_[]<>").lower()
    if not bare or len(bare) > _LONGEST_LINE:
        return False
    if any(advert in bare for advert in ADVERTS):
        return True
    if not bare.startswith(SENT_FROM) or len(bare.split()) > 10:
        return False
    # A sentence goes on after the device's name; an advert does not: `my Verizon, Samsung Galaxy smartphone`.
    last = bare.rpartition(",")[2]
    return any(device in last for device in DEVICES) and (last == bare or len(last.split()) <= _FEW_WORDS)


def _closing_start(lines: Sequence[str]) -> int | None:
    if len(lines) > 1 and not lines[-2].strip() and _is_initialled(lines):
        return len(lines) - 1
    for position in range(max(0, len(lines) - _LONGEST_SIGNATURE), len(lines)):
        line = readable(lines[position]).lower().rstrip(" ,.!")
        if line in CLOSINGS and len(lines) > position + 1:
            return position if all(_is_of_a_card(below) for below in lines[position + 1 :]) else None
    return None


def _is_initialled(lines: Sequence[str]) -> bool:
    """`-Ada` or `/Ada` in a paragraph of its own; below a colon it is the one entry of a list."""
    above = next((line.rstrip() for line in reversed(lines[:-1]) if line.strip()), "")
    last = lines[-1].strip()
    return bool(_INITIALLED.match(last)) and last.lstrip("-/–— ")[:1].isupper() and not above.endswith((":", "："))


def _is_of_a_card(line: str) -> bool:
    words = readable(line).split()
    if len(line) > _LONGEST_LINE or (words and words[-1].endswith(("?", "!"))):
        return False
    if words and words[0].lower().rstrip(":.") in {"ps", "p.s", "nb", "n.b", "edit"}:
        return False
    return all(_NAME_WORD.match(word) for word in words)


def _has_words(line: str) -> bool:
    return any(letter.isalnum() for letter in line)


def _without_end(lines: Sequence[str]) -> list[str]:
    """Drop blank lines at the end."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept
