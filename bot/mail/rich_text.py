"""Outlook's rich text: taken out of its compression (MS-OXRTFCP), read as text or as the HTML that it was made of.

Only what carries words is read of RTF 1.9; of HTML in RTF (MS-OXRTFEX) the tags and the text between them, which give
the page as it was. Whatever the bytes are, the cost is bounded, and nothing is raised.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from bot.mail.headers import decode_bytes

MAX_RICH = 1_000_000
MAX_TOKENS = 300_000
MAX_OPEN = 1_000
_BEGINNING = 1_000

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW = 4096
# What both sides begin with (MS-OXRTFCP, 2.1.2.1).
_PRIMER = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
_TOKEN = re.compile(
    rb"\\(?:(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})? ?|'(?P<hex>[0-9a-fA-F]{2})|(?P<symbol>[^a-zA-Z]))"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"endash": "–",
    b"emdash": "—", b"enspace": " ", b"emspace": " ", b"qmspace": " ",
}  # fmt: skip
_SYMBOLS = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\xa0", b"_": "-", b"\n": "\n", b"\r": "\n", b"\t": "\t"}
# Groups whose text is nobody's words; so are those that begin with a star, but for the tags of HTML.
_UNREAD = frozenset({
    b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"headerl", b"headerr", b"footerl",
    b"footerr", b"footnote", b"fldinst", b"mhtmltag", b"listtable", b"revtbl", b"themedata", b"nonshppict",
})  # fmt: skip
# The code page of a font's letters by its character set.
_CODEPAGES = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    255: "cp437",
}  # fmt: skip


class Words(NamedTuple):
    """What was written: as plain text, or as HTML."""

    text: str = ""
    markup: str = ""


def words_of(compressed: bytes | memoryview, limit: int = MAX_RICH) -> Words:
    """Read compressed rich text, up to `limit` bytes of RTF; what cannot be read has no words."""
    return read(decompressed(bytes(compressed), limit))


def decompressed(content: bytes, limit: int = MAX_RICH) -> bytes:
    """Return at most `limit` bytes of RTF; fewer where the content ends early or is of no known kind."""
    if len(content) < 16:
        return b""
    _, size, kind, _ = struct.unpack_from("<IIII", content)
    if kind == _PLAIN:
        return content[16 : 16 + min(size, limit)]
    return _expanded(content, min(size, limit)) if kind == _COMPRESSED else b""


def _expanded(content: bytes, size: int) -> bytes:
    """Undo LZFu: eight items behind a byte of flags, each a letter or a reference into the last 4,096 letters."""
    found = bytearray(_PRIMER)
    wanted, at = len(_PRIMER) + size, 16
    while len(found) < wanted and at < len(content):
        flags, at = content[at], at + 1
        for bit in range(8):
            if not flags >> bit & 1:
                found += content[at : at + 1]
                at += 1
                continue
            offset, length = divmod(int.from_bytes(content[at : at + 2], "big"), 16)
            at += 2
            back = (len(found) - offset) % _WINDOW
            # A reference to the place that is written next ends the text; one to where nothing stands is broken.
            if back == 0 or back > len(found) or at > len(content):
                return bytes(found[len(_PRIMER) : wanted])
            found += _repeated(found, back, length + 2)
    return bytes(found[len(_PRIMER) : wanted])


def _repeated(found: bytearray, back: int, length: int) -> bytes:
    """Return letters that were written before, or are being written now."""
    piece = bytes(found[len(found) - back :][:length])
    return (piece * (length // len(piece) + 1))[:length]


def read(rtf: bytes) -> Words:
    """Read RTF that is not compressed."""
    begun = rtf.lstrip()
    if not begun.startswith(b"{\\rtf"):
        return Words()
    is_page = b"\\fromhtml" in begun[:_BEGINNING]
    pieces = "".join(_Reader(is_page=is_page).read(begun))
    # Letters beyond 65,535 are written as two numbers.
    text = pieces.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Words(markup=text) if is_page else Words(text=text)


class _State(NamedTuple):
    """What holds in a group and the groups in it; `fallback` is how many letters stand for one Unicode letter."""

    codepage: str = "cp1252"
    fallback: int = 1
    is_unread: bool = False
    is_tag: bool = False
    is_muted: bool = False
    is_fonts: bool = False


class _Reader:
    def __init__(self, *, is_page: bool) -> None:
        self._is_page = is_page
        self._state = _State()
        self._around: list[_State] = []
        self._document = self._state.codepage
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._is_starred = False
        # Letters to pass over, since the Unicode letter before them says the same.
        self._passed = 0
        # Neighbouring bytes are decoded together: a letter may be written as two of them.
        self._bytes = bytearray()

    def read(self, rtf: bytes) -> Iterator[str]:
        at = 0
        for _ in range(MAX_TOKENS):
            token = _TOKEN.search(rtf, at)
            if token is None:
                break
            at = token.end()
            yield from self._token(token)
            if not 0 < len(self._around) <= MAX_OPEN:
                break
            if token["word"] == b"bin":
                at += max(0, int(token["number"] or 0))
        yield self._decoded()

    def _token(self, token: re.Match[bytes]) -> Iterator[str]:
        if token["text"] is not None:
            self._letters(token["text"])
        elif token["hex"] is not None:
            self._letters(bytes.fromhex(token["hex"].decode()))
        elif token["brace"] is not None:
            yield self._decoded()
            self._turn(token["brace"])
        elif token["symbol"] is not None:
            yield from self._symbol(token["symbol"])
        else:
            yield from self._word(token["word"], token["number"])

    def _turn(self, brace: bytes) -> None:
        """Begin a group, or end it and let what held around it hold again."""
        self._passed, self._is_starred = 0, False
        if brace == b"{":
            self._around.append(self._state)
        else:
            self._state = self._around.pop()

    def _letters(self, found: bytes) -> None:
        taken, self._passed = found[self._passed :], max(0, self._passed - len(found))
        if self._is_read:
            self._bytes += taken

    @property
    def _is_read(self) -> bool:
        return not (self._state.is_unread or self._state.is_fonts or self._state.is_muted)

    def _decoded(self) -> str:
        text = decode_bytes(bytes(self._bytes), self._state.codepage) if self._bytes else ""
        self._bytes.clear()
        return text

    def _sign(self, sign: str) -> Iterator[str]:
        yield self._decoded()
        if self._is_read:
            yield sign

    def _symbol(self, symbol: bytes) -> Iterator[str]:
        if symbol == b"*":
            self._is_starred = True
        elif sign := _SYMBOLS.get(symbol):
            if self._passed:
                self._passed -= 1
            else:
                yield from self._sign(sign)

    def _word(self, word: bytes, stated: bytes | None) -> Iterator[str]:
        number = int(stated) if stated else None
        starred, self._is_starred = self._is_starred, False
        if sign := _SIGNS.get(word):
            yield from self._sign(sign)
        elif word == b"u" and number is not None:
            yield from self._sign(chr(number % 65_536))
            self._passed = self._state.fallback
        else:
            yield self._decoded()
            self._state = self._after(word, number, starred=starred)

    def _after(self, word: bytes, number: int | None, *, starred: bool) -> _State:
        """Return what holds behind a control word."""
        state = self._state
        if word == b"htmltag" and self._is_page:
            return state._replace(is_tag=True)
        if starred or word in _UNREAD:
            return state._replace(is_unread=True)
        if word == (b"htmlrtf" if self._is_page else b"v"):
            # What only rich text needs, or what is hidden; neither counts in a tag.
            return state._replace(is_muted=number != 0 and not state.is_tag)
        if word == b"fonttbl":
            return state._replace(is_fonts=True)
        if word == b"uc":
            return state._replace(fallback=min(max(number or 0, 0), 10))
        return self._in_codepage(word, number)

    def _in_codepage(self, word: bytes, number: int | None) -> _State:
        """Return what holds behind a word that chooses how bytes become letters."""
        if word == b"ansicpg" and number:
            self._document = f"cp{number}"
            return self._state._replace(codepage=self._document)
        if word == b"f" and number is not None:
            self._font = number
            if not self._state.is_fonts:
                return self._state._replace(codepage=self._fonts.get(number, self._document))
        elif word == b"fcharset" and self._state.is_fonts and (named := _CODEPAGES.get(number or 0)):
            self._fonts[self._font] = named
        return self._state
