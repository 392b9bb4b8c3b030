"""Reads one Authentication-Results field (RFC 8601, section 2.2) without being talked into anything."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Longer than any server writes. The reader of headers cuts what is longer still, and a name that is cut off may be
# another one's: `header.d=desk.test` may have been `header.d=desk.test.evil.test`.
MAX_FIELD = 10_000

_TOKEN = re.compile(r"[^\s;=\"()]+")
# `"a strange box"@desk.test`: the domain is what stands behind the last @.
_DOMAIN = re.compile(r"@[A-Za-z0-9.-]+")
_SEAMS = (".", "/")
_VALUE = re.compile(r"[^\s;\"()]+")


@dataclass(frozen=True, slots=True)
class Result:
    """One method's verdict, all lower-cased; `properties` are (name, value) such as (header.d, example.com)."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a property."""
        return tuple(value for key, value in self.properties if key == name)


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One field: who judged, and what. An empty `authserv_id` means that none was stated, as Microsoft 365 does it."""

    authserv_id: str
    results: tuple[Result, ...]


def read(value: str) -> AuthenticationResults | None:
    """Return what an unfolded field says, or None for anything that the grammar does not allow.

    Comments are dropped wherever they stand; an unclosed comment or quoted string makes the field unreadable, and so
    does a length beyond MAX_FIELD.
    """
    pieces = _pieces(value) if len(value) <= MAX_FIELD else None
    if pieces is None:
        return None
    sections = _sections(pieces)
    authserv_id, rest = _authserv_id(sections)
    stated = [section for section in rest if section and section != ["none"]]
    results = [result for section in stated if (result := _result(section))]
    if authserv_id is None or len(results) < len(stated):
        return None
    return AuthenticationResults(authserv_id, tuple(results))


def _authserv_id(sections: list[list[str]]) -> tuple[str | None, list[list[str]]]:
    first = sections[0]
    if len(first) > 1 and first[1] == "=":
        return "", sections
    # The id may be followed by the version of the format, which is 1.
    if first and first[0] not in {"=", ";"} and first[1:] in ([], ["1"]):
        return first[0], sections[1:]
    return None, []


def _result(section: list[str]) -> Result | None:
    """Read `method = value` and its `name = value` pairs; anything else between them is a reason for distrust."""
    words = _joined_names(section)
    # `smtp.mailfrom=` says of a mail that came from nobody that it did.
    if len(words) % 3 == 2 and len(words) > 3 and words[-1] == "=":
        words.append("")
    pairs = [tuple(words[at : at + 3]) for at in range(0, len(words), 3)]
    if any(len(pair) != 3 or pair[1] != "=" or "=" in {pair[0], pair[2]} for pair in pairs):
        return None
    properties = tuple((name, value) for name, _, value in pairs[1:])
    return Result(pairs[0][0].partition("/")[0], pairs[0][2], properties)


def _joined_names(section: list[str]) -> list[str]:
    """Put `policy . expired` and `dkim / 1` together: blanks and comments may stand around their marks."""
    words: list[str] = []
    for piece in section:
        is_after_name = bool(words) and words[-1] != "=" and words[-2:-1] != ["="]
        if is_after_name and piece != "=" and (piece[:1] in _SEAMS or words[-1][-1:] in _SEAMS):
            words[-1] += piece
        else:
            words.append(piece)
    return words


def _sections(pieces: list[str]) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for piece in pieces:
        if piece == ";":
            sections.append([])
        else:
            sections[-1].append(piece.removeprefix('"'))
    return sections


def _pieces(value: str) -> list[str] | None:
    """Cut a field into lower-cased words, `=` and `;`; a quoted string keeps its opening quote, to be no delimiter.

    Words, strings and comments that touch are refused: `"example.com"@evil.test` must not be read as example.com.
    """
    pieces: list[str] = []
    position = 0
    while position < len(value):
        letter = value[position]
        if letter.isspace():
            position += 1
            continue
        if letter in ";=":
            pieces.append(letter)
            position += 1
            continue
        position, text = _piece(value, position, after_equals=pieces[-1:] == ["="])
        if position < 0 or not _ends_here(value, position, text):
            return None
        if text is not None:
            pieces.append(text.lower())
    return pieces


def _piece(value: str, start: int, *, after_equals: bool) -> tuple[int, str | None]:
    """Return where the piece ends (-1: nowhere) and its text, which is None for a comment."""
    if value[start] == "(":
        return _after_comment(value, start), None
    if value[start] == '"':
        text, end = _quoted(value, start)
        domain = _DOMAIN.match(value, end) if after_equals and end > 0 else None
        return (domain.end(), f'"{text}{domain[0]}') if domain else (end, f'"{text}')
    # A value may hold further `=`, as the remains of Base64 do.
    word = (_VALUE if after_equals else _TOKEN).match(value, start)
    return (word.end(), word[0]) if word else (-1, "")


def _ends_here(value: str, position: int, text: str | None) -> bool:
    following = value[position : position + 1]
    return following in {"", ";"} or following.isspace() or (text is not None and following in "=(")


def _after_comment(value: str, start: int) -> int:
    depth, position = 0, start
    while position < len(value):
        depth += (value[position] == "(") - (value[position] == ")")
        position += 2 if value[position] == "\\" else 1
        if depth == 0:
            return position
    return -1


def _quoted(value: str, start: int) -> tuple[str, int]:
    letters: list[str] = []
    position = start + 1
    while position < len(value):
        if value[position] == '"':
            return "".join(letters), position + 1
        position += value[position] == "\\"
        letters.append(value[position : position + 1])
        position += 1
    return "", -1
