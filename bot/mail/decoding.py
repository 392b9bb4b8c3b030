"""Content out of its transfer encoding (RFC 2045, section 6): piece by piece, tolerant, never raising."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

_PIECE_BYTES = 1_000_000
_FIRST_LETTERS = 4_000
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
_NOT_BASE64 = bytes(set(range(256)) - _BASE64)
_UU = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
_UU_LINE = re.compile(rb"^[ -`]+$", re.MULTILINE)
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*$", re.MULTILINE)


def decoded(raw: bytes, start: int, end: int, encoding: str, limit: int) -> bytes:
    """Return at least the first `limit` bytes of what stands between the offsets, or all of it."""
    # Far more letters than they take, as a rule; the rest, which may be a long attachment, is not decoded for them.
    near = start + 2 * limit + _FIRST_LETTERS
    if encoding == "base64" and near < end:
        first = b"".join(_from_base64(raw, start, near))
        if len(first) >= limit:
            return first
    content = bytearray()
    for piece in decoded_pieces(raw, start, end, encoding):
        content += piece
        if len(content) >= limit:
            break
    return bytes(content)


def decoded_pieces(raw: bytes, start: int, end: int, encoding: str) -> Iterator[bytes]:
    """Yield the content in pieces of about a megabyte; an unknown encoding's content stays as it is."""
    if encoding == "base64":
        return _from_base64(raw, start, end)
    if encoding == "quoted-printable":
        return _from_quoted_printable(raw, start, end)
    if encoding in _UU:
        return _from_uu(raw, start, end)
    return (raw[at : min(at + _PIECE_BYTES, end)] for at in range(start, end, _PIECE_BYTES))


def decoded_size(raw: bytes, start: int, end: int, encoding: str) -> int:
    """Return the bytes after decoding; reckoned from the length for base64, where that is exact, and for uuencode."""
    if encoding in _UU:
        return (end - start) * 3 // 4
    if encoding != "base64":
        return sum(len(piece) for piece in decoded_pieces(raw, start, end, encoding))
    letters = end - start - sum(raw.count(blank, start, end) for blank in (b"\n", b"\r", b" "))
    last = raw[max(start, end - 8) : end]
    return max(0, letters * 3 // 4 - last.count(b"="))


def _from_base64(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    rest = b""
    for at in range(start, end, _PIECE_BYTES):
        letters, padding, _ = (rest + raw[at : min(at + _PIECE_BYTES, end)].translate(None, _NOT_BASE64)).partition(
            b"="
        )
        if padding:
            rest = letters
            break
        whole = len(letters) // 4 * 4
        yield binascii.a2b_base64(letters[:whole])
        rest = letters[whole:]
    # A single letter more than a multiple of four tells nothing.
    whole = len(rest) - (len(rest) % 4 == 1)
    yield binascii.a2b_base64(rest[:whole] + b"=" * (-whole % 4))


def _from_quoted_printable(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    at = start
    while at < end:
        until = min(at + _PIECE_BYTES, end)
        if until < end:
            # Neither `=C3` nor a soft line break may be cut in two.
            line, mark = raw.rfind(b"\n", at, until), raw.rfind(b"=", until - 2, until)
            until = line + 1 if line > at else max(mark, at + 1) if mark >= 0 else until
        yield binascii.a2b_qp(raw[at:until])
        at = until


def _from_uu(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    begin = _UU_BEGIN.search(raw, start, end)
    for line in _UU_LINE.finditer(raw, begin.end() if begin else start, end):
        if line[0] in {b"end", b"`"}:
            return
        yield _uu_line(line[0])


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders count the letters wrong: the first one tells how many bytes there are.
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:length])
        except binascii.Error:
            return b""
