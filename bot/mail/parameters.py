"""What a Content-Type or Content-Disposition says: its kind and its parameters (RFC 2045, 2231), in linear time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from bot.mail.headers import decode_bytes

# Far beyond any honest field.
MAX_FIELD = 8_000

_KIND = re.compile(r"\s*([\w!#$&.+^-]+/[\w!#$&.+^-]+)")
_PIECE = re.compile(r'(?:"(?:\\.|[^"\\])*+"?+|[^";])*+', re.DOTALL)
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*+)', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
# RFC 2231: `name*0*` is the first piece of an encoded value, `name*` the whole of one.
_EXTENDED = re.compile(r"([^*]+)\*(?:(\d{1,3})(\*)?)?")


def kind_of(value: str, default: str = "text/plain") -> str:
    """Return the content type in lower case; of what is none, RFC 2045 (5.2) makes plain text."""
    if not value.strip():
        return default
    found = _KIND.match(value[:MAX_FIELD])
    return found[1].lower() if found else "text/plain"


def token_of(value: str) -> str:
    """Return the first word of a field, as of Content-Disposition or Content-Transfer-Encoding, in lower case."""
    words = value[:MAX_FIELD].partition(";")[0].split()
    return words[0].strip("\"'").lower() if words else ""


def parameters_of(value: str) -> dict[str, str]:
    """Return the parameters by their lower-cased names; encoded and divided ones (RFC 2231) are put together."""
    plain: dict[str, str] = {}
    divided: defaultdict[str, dict[int, tuple[bool, str]]] = defaultdict(dict)
    for name, text in _pairs(value[:MAX_FIELD]):
        extended = _EXTENDED.fullmatch(name)
        if extended is None:
            plain.setdefault(name, text)
        else:
            is_encoded = extended[2] is None or extended[3] is not None
            divided[extended[1]].setdefault(int(extended[2] or 0), (is_encoded, text))
    return plain | {name: _joined(pieces) for name, pieces in divided.items()}


def _pairs(value: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position <= len(value) and (piece := _PIECE.match(value, position)):
        name, equals, text = piece[0].partition("=")
        if equals and name.strip():
            # `text/plain charset=utf-8` lacks its semicolon.
            yield name.split()[-1].lower(), _unquoted(text.strip())
        position = piece.end() + 1


def _unquoted(text: str) -> str:
    quoted = _QUOTED.match(text)
    return _ESCAPED.sub(r"\1", quoted[1]) if quoted else text


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """Put the pieces together in their order; the first encoded one names the charset."""
    charset = ""
    content = b""
    for number, (is_encoded, text) in sorted(pieces.items()):
        said = text
        if is_encoded and not charset and number == min(pieces) and text.count("'") >= 2:
            charset, _, said = text.split("'", 2)
        content += unquote_to_bytes(said) if is_encoded else said.encode("utf-8", "replace")
    return decode_bytes(content, charset or None)
