"""The part of a text that shows why it was found, with the words marked in no particular language (pure)."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

from bot.cases.wording import Asked, spans

LONGEST = 160
_BEFORE = 40


class Piece(NamedTuple):
    """A run of an excerpt's characters; `marked` where it is a word that was looked for."""

    text: str
    marked: bool = False


Excerpt = tuple[Piece, ...]


def excerpt(text: str, asked: Asked, longest: int = LONGEST) -> Excerpt:
    """Return about `longest` characters of a text from its first marked word on, on one line, cut between words."""
    line = " ".join(text.split())
    marks = spans(line, asked)
    first = next(marks, None)
    begin = _word_before(line, first[0] - _BEFORE) if first else 0
    end = min(len(line), begin + longest)
    while end < len(line) and end > begin + longest // 2 and not line[end].isspace():
        end -= 1
    pieces = [Piece("… ")] if begin else []
    at = begin
    for start, stop in chain([first] if first else [], marks):
        if stop > end:
            break  # what is behind the end need not be looked for
        pieces += [Piece(line[at:start]), Piece(line[start:stop], marked=True)]
        at = stop
    pieces += [Piece(line[at:end]), Piece(" …" if end < len(line) else "")]
    return tuple(piece for piece in pieces if piece.text)


def _word_before(line: str, at: int) -> int:
    """Return where a word begins at or soon before `at`."""
    if at <= 0:
        return 0
    blank = line.rfind(" ", max(0, at - _BEFORE), at)
    return at if blank < 0 else blank + 1
