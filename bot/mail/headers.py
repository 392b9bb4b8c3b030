"""The header section of a mail: split without Python's header machinery, whose cost an attacker can choose."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_SECTION = 1_000_000
MAX_FIELDS = 5_000
MAX_VALUE = 65_536

# RFC 5322, 2.2: printable characters without the colon; white space before the colon is the obsolete form.
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_LINE = re.compile(rb"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_ENVELOPE = re.compile(rb">?From .*")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bqBQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t]+(?==\?[^?\s]{1,60}\?[bqBQ]\?)")
_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,40}")
# Codecs that are no charset of a mail, cost quadratic time or run escapes.
_FORBIDDEN = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
# What is labelled with the small set is mostly written in the large one (WHATWG Encoding Standard, names and labels).
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
# Names that are found in mail and that Python does not know.
_ALIASES = {
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "x-sjis": "cp932",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "x-windows-949": "cp949",
    "x-big5": "cp950",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "x-mac-roman": "mac_roman",
    "x-unknown": "utf-8",
}
# Marks that turn the direction of writing for all that follows in a line, also for an address behind a name.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class UnreadableMail(Exception):
    """A mail that cannot be parsed safely; its text says why, for the people who read the notice."""


@dataclass(frozen=True, slots=True)
class Headers:
    """All fields of one header section in order: lower-cased names, unfolded values, not yet decoded."""

    fields: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of every field of this lower-cased name, topmost first."""
        return tuple(value for field, value in self.fields if field == name)

    def first(self, name: str) -> str:
        """Return the topmost value, or an empty text."""
        return next((value for field, value in self.fields if field == name), "")

    def decoded(self, name: str) -> str:
        """Return the topmost value in readable form: encoded words (RFC 2047) decoded, white space folded."""
        return " ".join(decode_words(self.first(name)).split())


def split(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Headers, int]:
    """Return the header section that begins at `start` and the offset at which its body begins.

    Raises UnreadableMail for a section beyond MAX_SECTION; longer values and further fields are cut off.
    """
    fields: list[tuple[bytes, list[bytes]]] = []
    position, limit = start, min(len(raw) if end is None else end, start + MAX_SECTION + 1)
    while position < limit and (line := _LINE.match(raw, position, limit)):
        bare = line[1]
        if not bare:
            return _headers(fields), line.end()
        if bare[0] in b" \t":
            if fields:
                fields[-1][1].append(bare)
        elif field := _FIELD.fullmatch(bare):
            fields.append((field[1].lower(), [field[2]]))
        elif position > start or not _ENVELOPE.fullmatch(bare):
            break
        position = line.end()
    if position - start >= MAX_SECTION:
        raise UnreadableMail(f"its header is longer than {MAX_SECTION // 1000} kB")
    return _headers(fields), position


def decode_words(value: str) -> str:
    """Decode RFC 2047 encoded words anywhere in a value; what is malformed stays as it stands.

    What comes back is for people to read in a line with other words: it turns no direction of writing.
    """
    joined = _BETWEEN_WORDS.sub(r"\1", value)
    return _TURNING.sub("", storable("".join(_segments(joined))))


def decode_bytes(content: bytes, charset: str | None) -> str:
    """Decode by the named charset where it is known and fits, else as UTF-8, else as Windows-1252; never raises."""
    for name in (charset, "utf-8"):
        if (codec := codec_of(name)) is None:
            continue
        try:
            return storable(content.decode(codec))
        except (UnicodeError, ValueError, LookupError):
            continue
    declared = codec_of(charset)
    if declared and declared not in {"ascii", "utf-8"}:
        return storable(content.decode(declared, "replace"))
    return storable(_mended(content))


def _mended(content: bytes) -> str:
    """Decode what is nearly UTF-8, as after a cut in the middle of a letter, else as Windows-1252."""
    text = content.decode("utf-8", "replace")
    broken, foreign = text.count("\ufffd"), sum(not letter.isascii() for letter in text)
    return text if broken * 2 <= foreign else content.decode("cp1252", "replace")


@lru_cache(maxsize=256)
def codec_of(charset: str | None) -> str | None:
    """Return Python's name of a charset, or None where it is unknown or not fit for mail."""
    if not charset or not _CHARSET.fullmatch(charset):
        return None
    try:
        found = codecs.lookup(_ALIASES.get(charset.lower(), charset))
        "".encode(found.name)
    except (LookupError, ValueError, TypeError):
        return None
    return None if found.name.replace("-", "_") in _FORBIDDEN else _SUPERSETS.get(found.name, found.name)


def storable(text: str) -> str:
    """Drop NUL, which PostgreSQL refuses, and replace lone surrogates, which no encoding accepts."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)


def _headers(fields: list[tuple[bytes, list[bytes]]]) -> Headers:
    kept = ((name, b"".join(lines).strip()[:MAX_VALUE]) for name, lines in fields[:MAX_FIELDS])
    return Headers(tuple((name.decode("ascii"), decode_bytes(value, None)) for name, value in kept))


def _segments(value: str) -> Iterator[str]:
    """Yield plain text and decoded words; neighbours of one charset are decoded together, as some cut mid-letter."""
    end, charset, pending = 0, "", b""
    for word in _ENCODED_WORD.finditer(value):
        content = _word_bytes(word[2], word[3])
        if content is None:
            continue
        label = word[1].partition("*")[0].lower()
        if pending and (word.start() > end or label != charset):
            yield decode_bytes(pending, charset)
            pending = b""
        yield value[end : word.start()]
        end, charset, pending = word.end(), label, pending + content
    if pending:
        yield decode_bytes(pending, charset)
    yield value[end:]


def _word_bytes(encoding: str, text: str) -> bytes | None:
    try:
        if encoding in "bB":
            return binascii.a2b_base64(text.encode("ascii") + b"==")
        return binascii.a2b_qp(text.replace("_", " ").encode("latin-1"))
    except (ValueError, UnicodeError):
        return None
