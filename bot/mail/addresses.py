"""Mail addresses out of From, To and their like (RFC 5322, 3.4), in one pass over the text and without recursion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from bot.mail.headers import decode_words

MAX_ADDRESSES = 2_000
MAX_ADDRESS = 320
_REMEMBERED_LETTERS = 300

_PLAIN = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]+@[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]+")
_SPECIAL = re.compile(r'["(<,;:]')
_QUOTED = re.compile(r"\"(?:[^\"\\\x00-\x1f]|\\[^\x00-\x1f])*\"@[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address, its ASCII letters lower-cased, and the name shown with it.

    `plain` says that the text can be read in one way only; trust is never built on anything else.
    """

    address: str
    name: str
    plain: bool


@dataclass(slots=True)
class _Draft:
    """The words of one mailbox as they come in."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    raw: str = ""
    angle: str | None = None

    def finished(self) -> Mailbox | None:
        # A route (<@relay:ada@desk.test>) is obsolete, but still read.
        route, _, raw = (self.raw if self.angle is None else self.angle).strip().rpartition(":")
        if len(raw) > MAX_ADDRESS or not (_PLAIN.fullmatch(raw) or _QUOTED.fullmatch(raw)):
            return None
        name = " ".join(self.words if self.angle is not None else self.comments)
        readable = " ".join(decode_words(name).split())
        plain = not route and _PLAIN.fullmatch(raw) is not None and not self._names_another(raw)
        return Mailbox(_lower(raw), readable[:MAX_ADDRESS], plain)

    def _names_another(self, address: str) -> bool:
        beside = "" if self.angle is None else re.sub(r'"(?:[^"\\]|\\.)*"', "", self.raw).strip()
        return "@" in beside and _lower(beside) != _lower(address)


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes of one header value; what is no address is left out."""
    return _remembered(value) if len(value) <= _REMEMBERED_LETTERS else _read(value)


def _read(value: str) -> tuple[Mailbox, ...]:
    found: list[Mailbox] = []
    draft = _Draft()
    for kind, text in (*_pieces(value), (",", "")):
        if kind in {",", ";"} or (kind == "angle" and draft.angle is not None):
            if mailbox := draft.finished():
                found.append(mailbox)
            draft = _Draft()
        if len(found) >= MAX_ADDRESSES:
            break
        _add(draft, kind, text)
    return tuple(found)


# One mail's From is read for its sender, for trust and by who looks for robots; To is the same in most mails.
_remembered = lru_cache(maxsize=512)(_read)


def lone_mailbox(values: tuple[str, ...]) -> Mailbox | None:
    """Return the sender if there is exactly one field with exactly one address that nobody can read otherwise."""
    if len(values) != 1:
        return None
    found = mailboxes(values[0])
    return found[0] if len(found) == 1 and found[0].plain and _separators(values[0]) == 0 else None


def domain_of(address: str) -> str:
    """Return what stands behind the last @, without a final dot."""
    return address.rpartition("@")[2].rstrip(".")


def _add(draft: _Draft, kind: str, text: str) -> None:
    if kind == "angle":
        draft.angle = text.removeprefix("<").removesuffix(">")
    elif kind == "comment":
        draft.comments.append(text.removeprefix("(").removesuffix(")").strip())
    elif kind == "group":
        draft.words, draft.raw = [], ""
    elif kind in {"quoted", "text"}:
        draft.words.append(re.sub(r"\\(.)", r"\1", text[1:-1]) if kind == "quoted" else text.strip())
        draft.raw += text


def _pieces(value: str) -> Iterator[tuple[str, str]]:
    """Cut a value into text, quoted strings, comments, angle addresses, group names and separators."""
    start = 0
    while found := _SPECIAL.search(value, start):
        position, letter = found.start(), found[0]
        if start < position:
            yield "text", value[start:position]
        if letter in ",;:":
            start = position + 1
            yield "group" if letter == ":" else letter, ""
        else:
            start = _END[letter](value, position)
            yield _KIND[letter], value[position:start]
    if start < len(value):
        yield "text", value[start:]


def _quoted_end(value: str, start: int) -> int:
    position = start + 1
    while position < len(value) and value[position] != '"':
        position += 2 if value[position] == "\\" else 1
    return min(position + 1, len(value))


def _comment_end(value: str, start: int) -> int:
    depth, position = 0, start
    while position < len(value):
        letter = value[position]
        depth += (letter == "(") - (letter == ")")
        position += 2 if letter == "\\" else 1
        if depth == 0:
            break
    return min(position, len(value))


def _angle_end(value: str, start: int) -> int:
    end = value.find(">", start)
    return len(value) if end < 0 else end + 1


_END = {'"': _quoted_end, "(": _comment_end, "<": _angle_end}
_KIND = {'"': "quoted", "(": "comment", "<": "angle"}


def _separators(value: str) -> int:
    return sum(1 for kind, _ in _pieces(value) if kind in {",", ";", "group"})


def _lower(address: str) -> str:
    """Lower-case ASCII alone: a Kelvin sign is not the letter k of somebody else's domain."""
    if address.isascii():
        return address.lower()
    return "".join(letter.lower() if letter.isascii() else letter for letter in address)
