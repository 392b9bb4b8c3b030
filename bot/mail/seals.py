"""What is signed or encrypted as a whole, by S/MIME or PGP: signed words are taken out, encrypted ones are told of.

Nobody's signature is checked: what stands inside is read as if it stood in the mail, and is believed no more. Of the
Cryptographic Message Syntax (RFC 5652) so much is read as leads to the content of SignedData; lengths may be indefinite
and the content in pieces, as OpenSSL and Outlook write it (X.690, 8.1.3.6 and 8.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PKCS7 = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
# How a sealed mail is called (RFC 8551, section 3.2.1); any other name is a document that was signed on its own.
SEALED_NAME = "smime.p7m"
PGP_CONTROL = "application/pgp-encrypted"
ENCRYPTED = (
    "[This mail is encrypted, so its words can't be shown here. Open it in its mailbox, with a mail program that has"
    " the key. What is encrypted is attached.]"
)

_SEQUENCE, _OBJECT_ID, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0
_CONSTRUCTED = 0x20
_INDEFINITE = -1
_PKCS7_ID = bytes.fromhex("2a864886f70d0107")
_PLAIN_CONTENT, _SIGNED, _ENVELOPED = _PKCS7_ID + b"\x01", _PKCS7_ID + b"\x02", _PKCS7_ID + b"\x03"
# RFC 5083.
_AUTHENTICATED_ENVELOPE = bytes.fromhex("2a864886f70d0109100117")

# A piece is a kilobyte or more in what programs write.
MAX_PIECES = 100_000
MAX_PASSED_OVER = 1_000

# Armour is letters of base64 below a few fields (RFC 9580, section 6.2); where its end is missing, words stay.
_ARMOUR = re.compile(
    r"^-----BEGIN PGP MESSAGE-----[ \t]*\n(?:[A-Za-z]{1,20}:[^\n]*\n)*+[ \t]*\n(?:[A-Za-z0-9+/=]+[ \t]*(?:\n|\Z))++"
    r"(?:-----END PGP MESSAGE-----[ \t]*(?:\n|\Z))?",
    re.MULTILINE,
)
_CLEAR, _SIGNATURE, _END = (
    re.compile(rf"^-----{words}-----[ \t]*$", re.MULTILINE)
    for words in ("BEGIN PGP SIGNED MESSAGE", "BEGIN PGP SIGNATURE", "END PGP SIGNATURE")
)
# What stands between the mark and the words, such as `Hash: SHA256` (RFC 9580, section 7).
_ARMOUR_HEADER = re.compile(r"\n(?:[A-Za-z]{1,20}:[^\n]*\n)*+[ \t]*(?:\n|\Z)")
_DASHES = re.compile(r"^- ", re.MULTILINE)


class NotSealed(Exception):
    """These bytes are no SignedData that carries its content."""


def signed_content(content: bytes) -> bytes:
    """Return what an S/MIME signature encloses, also where the end is cut off; raises NotSealed for anything else."""
    try:
        return b"".join(_enclosed(memoryview(content)))
    except (IndexError, ValueError) as error:
        raise NotSealed(f"it cannot be read ({error})") from error


def is_enveloped(begins: bytes) -> bool:
    """Tell encrypted S/MIME from any other by its first bytes."""
    try:
        return _type_of(memoryview(begins)) in {_ENVELOPED, _AUTHENTICATED_ENVELOPE}
    except (NotSealed, IndexError, ValueError):
        return False


def without_armour(text: str) -> tuple[str, bool]:
    """Return a text without the marks of PGP that stand in it, and whether a part of it was encrypted."""
    if "-----BEGIN PGP " not in text:
        return text, False
    bare, encrypted = _ARMOUR.subn(f"{ENCRYPTED}\n", text)
    return _signed_words(bare), encrypted > 0


def _signed_words(text: str) -> str:
    """Return the text without the marks around the first words that are signed in it, if any are."""
    begin = _CLEAR.search(text)
    header = _ARMOUR_HEADER.match(text, begin.end()) if begin else None
    signature = _SIGNATURE.search(text, header.end()) if header else None
    if begin is None or header is None or signature is None:
        return text
    words = _DASHES.sub("", text[header.end() : signature.start()])
    end = _END.search(text, signature.end())
    return text[: begin.start()] + words + (text[end.end() :] if end else "")


def _type_of(content: memoryview) -> bytes:
    return _short(content, _inside(content, 0, _SEQUENCE), _OBJECT_ID)[0]


def _enclosed(content: memoryview) -> Iterator[memoryview]:
    kind, at = _short(content, _inside(content, 0, _SEQUENCE), _OBJECT_ID)
    if kind != _SIGNED:
        raise NotSealed("it is not signed data")
    at = _inside(content, _inside(content, at, _EXPLICIT), _SEQUENCE)
    version_and_algorithms = 2
    for _ in range(version_and_algorithms):
        at = _after(content, at)
    kind, at = _short(content, _inside(content, at, _SEQUENCE), _OBJECT_ID)
    if kind != _PLAIN_CONTENT:
        raise NotSealed("what it signs is no mail")
    return _octets(content, _inside(content, at, _EXPLICIT))


def _octets(content: memoryview, at: int) -> Iterator[memoryview]:
    """Yield the pieces of an octet string; the last one may be cut off."""
    tag, length, start = _head(content, at)
    if tag == _OCTETS:
        yield content[start : start + length]
        return
    if tag != _OCTETS_IN_PIECES:
        raise NotSealed("its content stands elsewhere")
    end = len(content) if length == _INDEFINITE else start + length
    for _ in range(MAX_PIECES):
        if start >= min(end, len(content) - 1):
            return
        tag, length, start = _head(content, start)
        if tag != _OCTETS:
            return
        yield content[start : start + length]
        start += length
    raise NotSealed("its content is in too many pieces")


def _inside(content: memoryview, at: int, wanted: int) -> int:
    """Return where the content of an element of this kind begins."""
    tag, _, start = _head(content, at)
    if tag != wanted:
        raise NotSealed(f"an element is of kind {tag:#x}, not {wanted:#x}")
    return start


def _short(content: memoryview, at: int, wanted: int) -> tuple[bytes, int]:
    """Return the bytes of a short element of this kind, and where the next one begins."""
    start = _inside(content, at, wanted)
    end = _after(content, at)
    return bytes(content[start:end]), end


def _after(content: memoryview, at: int) -> int:
    """Return where the element ends; one of indefinite length ends with the mark that closes it."""
    opened = 0
    for _ in range(MAX_PASSED_OVER):
        tag, length, at = _head(content, at)
        if length == _INDEFINITE:
            opened += 1
        elif tag == 0 and opened:
            opened -= 1
        else:
            at += length
        if not opened:
            return at
    raise NotSealed("an element holds too much")


def _head(content: memoryview, at: int) -> tuple[int, int, int]:
    """Return an element's kind, the length of its content, and where that begins."""
    tag, first = content[at], content[at + 1]
    if tag & 0x1F == 0x1F:
        raise NotSealed("an element is of a long kind")
    if first < 0x80:
        return tag, first, at + 2
    if first == 0x80:
        if not tag & _CONSTRUCTED:
            raise NotSealed("an element has no end")
        return tag, _INDEFINITE, at + 2
    width = first & 0x7F
    if width > 8:
        raise NotSealed("an element is too long")
    return tag, int.from_bytes(content[at + 2 : at + 2 + width], "big"), at + 2 + width
