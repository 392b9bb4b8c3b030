"""How texts become the words that are searched for: the same folding for what is kept and for what is typed (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Of one text: nobody looks for a word behind these, and a database's vector has its limits.
LONGEST_TEXT = 50_000
MOST_WORDS = 4_000
LONGEST_WORD = 40
LONGEST_ADDRESS = 100
# Of what somebody typed.
LONGEST_TYPED = 500
MOST_TYPED_WORDS = 12
SHORTEST_BEGINNING = 2

# Accents of Latin, Greek and Cyrillic letters, points of Hebrew and Arabic ones: said or not, it is the same word.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
# Scripts that put no space between words (Thai, Lao, Myanmar, Khmer, kana, Han): searched by pairs of characters.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# The scripts of India write vowels as marks, which \w does not count as letters.
_MARKED = "\u0900-\u0963\u0966-\u0dff"
_PIECE = re.compile(f"(?P<unspaced>[{_UNSPACED}]+)|(?P<word>(?:[{_MARKED}]|(?![{_UNSPACED}])[^\\W_])+)")
_ASCII_WORD = re.compile(f"([a-z0-9]{{1,{LONGEST_WORD}}})[a-z0-9]*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TYPED_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]*")
_MARKABLE = re.compile(rf"{_TYPED_ADDRESS.pattern}|[{_UNSPACED}]+|[^\W_]+")
_NUMBER = re.compile(
    r"\bcase[-\s]?#?([0-9]{1,12})\b|(?:^|(?<=[\s(,]))#([0-9]{1,12})\b|^\s*([0-9]{1,12})\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: all words of `exact`, and words with all `beginnings`. `numbers` are cases he names."""

    exact: frozenset[str] = frozenset()
    beginnings: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether there is anything to look for in texts."""
        return bool(self.exact or self.beginnings)

    @property
    def things(self) -> int:
        """How many words are asked for."""
        return len(self.exact) + len(self.beginnings)

    def meets(self, word: str) -> bool:
        """Return whether a folded word is one of those asked for."""
        return word in self.exact or any(word.startswith(beginning) for beginning in self.beginnings)

    def met_in(self, *texts: str) -> int:
        """Return how many of the things asked for are among the words of these texts."""
        if not any(self.may_meet(fold(text)) for text in texts):
            return 0
        words = words_of(*texts)
        begun = sum(any(word.startswith(beginning) for word in words) for beginning in self.beginnings)
        return len(self.exact & words) + begun

    def may_meet(self, folded: str) -> bool:
        """Return whether a folded text holds the characters of any word; if not, none of its words is met."""
        return any(term in folded for term in self.exact) or any(term in folded for term in self.beginnings)


def words_of(*texts: str) -> frozenset[str]:
    """Return the words by which these texts are found; of a mail address its parts and the whole."""
    found: dict[str, None] = {}
    for text in dict.fromkeys(texts):
        folded = fold(text[:LONGEST_TEXT])
        if "@" in folded:
            found |= dict.fromkeys(address[:LONGEST_ADDRESS] for address in _ADDRESS.findall(folded))
        found |= dict.fromkeys(_words(folded))
    return frozenset(found) if len(found) <= MOST_WORDS else frozenset(list(found)[:MOST_WORDS])


def asked(typed: str) -> Asked:
    """Read what a person typed; nothing of it is syntax. The last word may be the beginning of a longer one."""
    typed = typed[:LONGEST_TYPED]
    folded = fold(typed)
    addresses = [address[:LONGEST_ADDRESS] for address in _TYPED_ADDRESS.findall(folded)]
    rest = _TYPED_ADDRESS.sub(" ", folded)
    exact = list(_words(rest, typed=True))[:MOST_TYPED_WORDS]
    beginnings = addresses[:MOST_TYPED_WORDS]
    single = {word for word in exact if _is_unspaced(word) and len(word) == 1}
    numbers = tuple(dict.fromkeys(f"CASE-{int(''.join(found))}" for found in _NUMBER.findall(typed)))
    last = exact[-1] if exact and not folded.rstrip().endswith(tuple(addresses)) else ""
    if len(last) >= SHORTEST_BEGINNING and not _is_unspaced(last) and not last.isdecimal():
        single.add(last)
    return Asked(frozenset(exact) - single, frozenset([*beginnings, *single]), numbers[:MOST_TYPED_WORDS])


def spans(text: str, wanted: Asked) -> Iterator[tuple[int, int]]:
    """Yield where in a text, as it stands, the words asked for are; from left to right, none inside another."""
    end = 0
    for piece in _MARKABLE.finditer(text, _before_any(text, wanted)):
        for start, stop in _met(piece.group(), wanted):
            if piece.start() + start >= end:
                end = piece.start() + stop
                yield piece.start() + start, end


def _before_any(text: str, wanted: Asked) -> int:
    """Return where a text may be read from: the piece begins there that is the first to hold any of the words."""
    if not text.isascii():
        return 0
    lower = text.lower()
    first = min(
        (at for term in (*wanted.exact, *wanted.beginnings) if (at := lower.find(term)) >= 0), default=len(text)
    )
    return lower.rfind(" ", 0, first) + 1


def fold(text: str) -> str:
    """Return a text without what makes no difference: case, accents, widths and ligatures."""
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", bare).casefold()


def _words(folded: str, *, typed: bool = False) -> Iterable[str]:
    return _ASCII_WORD.findall(folded) if folded.isascii() else _words_of_any_script(folded, typed=typed)


def _words_of_any_script(folded: str, *, typed: bool) -> Iterator[str]:
    for piece in _PIECE.finditer(folded):
        run = piece.group()
        if piece["word"]:
            yield run[:LONGEST_WORD]
        elif len(run) == 1:
            yield run
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))
            if not typed:
                yield run[-1]  # so that a single character is always the beginning of something


def _met(piece: str, wanted: Asked) -> Iterator[tuple[int, int]]:
    """Yield which parts of a piece are met: the whole of it, or characters of a script without spaces."""
    if not _is_unspaced(piece):
        folded = fold(piece)
        if wanted.may_meet(folded) and any(wanted.meets(word) for word in (folded, *_words(folded))):
            yield 0, len(piece)
        return
    marked = [False] * (len(piece) + 1)
    for at, character in enumerate(piece):
        if fold(piece[at : at + 2]) in wanted.exact:
            marked[at] = marked[at + 1] = True
        elif fold(character) in wanted.beginnings:
            marked[at] = True
    for run in re.finditer("1+", "".join("01"[mark] for mark in marked[: len(piece)])):
        yield run.span()


def _is_unspaced(word: str) -> bool:
    return re.match(f"[{_UNSPACED}]", word) is not None
