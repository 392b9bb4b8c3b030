"""Where each part of a mail begins and ends in its bytes: found in bounded time, without a copy of the mail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.mail.decoding import decoded, decoded_pieces, decoded_size
from bot.mail.headers import Headers, UnreadableMail, split
from bot.mail.parameters import kind_of, parameters_of, token_of
from bot.mail.seals import PKCS7, SEALED_NAME, NotSealed, signed_content

MAX_PARTS = 1_000
MAX_DEPTH = 50
# Every level of a mail is looked through for its own boundary: so many bytes in all, or so many times the mail.
MAX_SCANNED = 1_000_000_000
MAX_SCANS = 16
# Of the header sections of all parts together.
MAX_HEADERS = 2_000_000
# Of what is enclosed in signatures, all together, as many times the mail: one may stand in another.
MAX_UNSEALED = 2
# Lines that begin like a boundary; far more than there can be parts.
MAX_SEAMS = 10_000

_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*(?:\r\n|\r|\n|\Z)")
# Where a multipart names no boundary: the first line that looks like one and comes again.
_GUESSED = re.compile(rb"^--([\w'()+,./:=?-]{4,70}?)(?:--)?[ \t]*\r?$", re.MULTILINE)
_GUESSED_WITHIN = 65_536


@dataclass(slots=True)
class Part:
    """One part of a mail, whose content stands between `start` and `end` of `raw`.

    `number` is its position in a depth-first walk, in which the mail itself is 0. What an S/MIME signature encloses is
    a child of it, and has a `raw` of its own.
    """

    raw: bytes
    number: int
    depth: int
    headers: Headers
    start: int
    end: int
    kind: str
    parameters: Mapping[str, str]
    children: list[Part] = field(default_factory=list)

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case."""
        return token_of(self.headers.first("content-transfer-encoding"))

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or nothing, as the sender's program said it."""
        return token_of(self.headers.first("content-disposition"))

    @property
    def name(self) -> str:
        """The name as it was given, undecoded; Content-Disposition's is preferred (RFC 2183, section 2.3)."""
        said = parameters_of(self.headers.first("content-disposition"))
        own = self.parameters
        return said.get("filename") or said.get("name") or own.get("name") or own.get("filename") or ""

    @property
    def is_sealed(self) -> bool:
        """Whether it is what S/MIME makes of a mail, not a document that was signed or encrypted on its own."""
        if self.kind in PKCS7:
            return self.depth == 0 or self.name.lower() in {"", SEALED_NAME}
        return self.kind == "application/octet-stream" and self.name.lower() == SEALED_NAME

    @property
    def size(self) -> int:
        """Bytes of content, decoded; of base64 reckoned, not decoded."""
        return decoded_size(self.raw, self.start, self.end, self.encoding)

    def content(self, limit: int) -> bytes:
        """Return at least the first `limit` bytes of content, decoded, or all of it."""
        return decoded(self.raw, self.start, self.end, self.encoding, limit)

    def pieces(self) -> Iterator[bytes]:
        """Yield the content, decoded, in pieces of about a megabyte."""
        return decoded_pieces(self.raw, self.start, self.end, self.encoding)

    def walk(self) -> Iterator[Part]:
        """Yield this part and all below it, in the order of their numbers."""
        yield self
        for child in self.children:
            yield from child.walk()


def parts_of(raw: bytes, offset: int, headers: Headers) -> Part:
    """Return the mail whose body begins at `offset`, with its parts; an enclosed mail is one part.

    Raises UnreadableMail for more parts, levels or work than any honest mail asks for.
    """
    return _Splitter(raw, _Effort(len(raw))).part(headers, offset, len(raw), 0, "text/plain")


@dataclass(slots=True)
class _Effort:
    """What one mail has cost so far, with all that is enclosed in it; `size` is the mail's own."""

    size: int
    parts: int = 0
    scanned: int = 0
    seams: int = 0
    headers: int = 0
    unsealed: int = 0


class _Splitter:
    def __init__(self, raw: bytes, effort: _Effort) -> None:
        self._raw = raw
        # Old Macintosh programs end lines with a carriage return alone; offsets stay what they are.
        self._lines = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
        self._effort = effort

    def part(self, headers: Headers, start: int, end: int, depth: int, default: str) -> Part:
        if depth > MAX_DEPTH:
            raise UnreadableMail(f"its parts are nested too deeply (more than {MAX_DEPTH} levels)")
        if self._effort.parts >= MAX_PARTS:
            raise UnreadableMail(f"it has more than {MAX_PARTS} parts")
        stated = headers.first("content-type")
        kind = kind_of(stated, default)
        part = Part(self._raw, self._effort.parts, depth, headers, start, end, kind, parameters_of(stated))
        self._effort.parts += 1
        if kind.startswith("multipart/"):
            inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            for begin, until in self._sections(part):
                fields, offset = split(self._raw, begin, until)
                self._count_headers(offset - begin)
                part.children.append(self.part(fields, offset, until, depth + 1, inner))
        elif part.is_sealed:
            part.children.extend(self._unsealed(part))
        return part

    def _unsealed(self, part: Part) -> Iterator[Part]:
        """Yield the mail that an S/MIME signature encloses, if it is one."""
        room = MAX_UNSEALED * self._effort.size - self._effort.unsealed
        if part.end - part.start > room:
            return
        try:
            raw = signed_content(b"".join(part.pieces()))
        except NotSealed:
            return
        self._effort.unsealed += len(raw)
        fields, offset = split(raw)
        if kind_of(fields.first("content-type"), "") == "message/rfc822":
            # So that a whole mail with its header is signed (RFC 8551, section 3.1).
            fields, offset = split(raw, offset)
        self._count_headers(offset)
        if fields.first("content-type"):
            yield _Splitter(raw, self._effort).part(fields, offset, len(raw), part.depth + 1, "text/plain")

    def _count_headers(self, length: int) -> None:
        self._effort.headers += length
        if self._effort.headers > MAX_HEADERS:
            raise UnreadableMail(f"the headers of its parts are longer than {MAX_HEADERS // 1000} kB")

    def _sections(self, part: Part) -> Iterator[tuple[int, int]]:
        """Yield from where to where each part of a multipart goes; the last one may lack its end."""
        boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        boundary = boundary or self._guessed(part)
        begin = -1
        for line, after, is_last in self._boundaries(boundary, part.start, part.end) if boundary else ():
            if begin >= 0:
                yield begin, max(begin, line)
            if is_last:
                return
            begin = after
        if begin >= 0:
            yield begin, part.end

    def _guessed(self, part: Part) -> bytes:
        found = _GUESSED.findall(self._lines, part.start, min(part.end, part.start + _GUESSED_WITHIN))
        return next((boundary for boundary, times in Counter(found).items() if times > 1), b"")

    def _boundaries(self, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Yield of each boundary where the text before it ends, where it ends itself, and whether it is the last."""
        self._effort.scanned += end - start
        if self._effort.scanned > max(MAX_SCANNED, MAX_SCANS * self._effort.size):
            raise UnreadableMail("its parts are nested too deeply for its size")
        seam = b"\n--" + boundary
        at = start - 1 if self._lines.startswith(seam[1:], start) else self._lines.find(seam, start, end)
        while at >= 0:
            self._effort.seams += 1
            if self._effort.seams > MAX_SEAMS:
                raise UnreadableMail(f"it has more than {MAX_PARTS} parts")
            if tail := _AFTER_BOUNDARY.match(self._lines, at + len(seam), end):
                yield (at - 1 if at > start and self._lines[at - 1] == ord("\r") else at), tail.end(), bool(tail[1])
            at = self._lines.find(seam, max(start, at + 1), end)
