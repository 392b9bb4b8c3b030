"""What is new in a reply: without the quoted mail, its heading and the signature. In doubt everything is kept.

Why the rules are our own, and how they compare with the libraries, is told in bot/decisions/15-quoting.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.mail.quote_headings import glued_heading, heading_length, is_marked, marked_next
from bot.mail.signatures import without_signature

MAX_LINES = 2_000
# What every heading's first line has: without it there is nothing to look at closely. Asked of every line, it begins
# with one set of letters, which is found three times as fast as one of several words.
_CANDIDATE = re.compile(
    r"[-_=‐–—─:：\d@wW转転메](?:(?<=[:：\d@转転메])|(?<=[wW])[rR][oO][tT][eE]|(?<=[-_=‐–—─])[-_=‐–—─])"
)
_RULE = re.compile(r"^[\s_=*-]{3,}$")


def new_text(text: str) -> str:
    """Return the words that the sender wrote himself; empty only if all of the text is quoted."""
    lines = _lines_of(text)
    kept = _unquoted(lines)
    signed = kept if len(kept) == len(lines) else _without_rules(kept)
    unsigned = without_signature(signed)
    return _tidied(unsigned if len(unsigned) == len(signed) else _without_rules(unsigned))


def unquoted(text: str) -> str:
    """Return the text without what is quoted, the signature still there."""
    lines = _lines_of(text)
    kept = _unquoted(lines)
    return _tidied(kept if len(kept) == len(lines) else _without_rules(kept))


def _lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _unquoted(lines: Sequence[str]) -> list[str]:
    """Drop lines marked with `>` and their heading; what stands unmarked below a heading is the quoted mail."""
    kept: list[str] = []
    position = 0
    while position < len(lines):
        line = lines[position]
        is_candidate = position < MAX_LINES and _CANDIDATE.search(line[:400]) is not None
        own = glued_heading(lines, position) if is_candidate else 0
        length = heading_length(lines, position) if is_candidate and not own else 0
        if length:
            position += length
            if not marked_next(lines, position):
                break
            continue
        if not is_marked(line):
            kept.append(line[:own] if own else line)
        position += 1
    return kept


def _without_rules(lines: Sequence[str]) -> list[str]:
    """Drop what separated the quoted mail or the signature from the new words: blank lines and rules."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1])):
        kept.pop()
    return kept


def _tidied(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()
