"""Outlook's own container, winmail.dat (MS-OXTNEF): the text and the files in it, read within bounds.

Read are the attributes that hold a file, a text in any of its forms, or a mail, whose words become a file and whose
files stand behind it. Other objects are not: `has_more` tells of them, so that the container itself can be offered
besides.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.mail.headers import decode_bytes
from bot.mail.markup import text_of
from bot.mail.rich_text import Words, decompressed, words_of

MAX_FILES = 200
MAX_ATTRIBUTES = 20_000
MAX_PROPERTIES = 2_000
# How deep mails may stand in mails, and how much of their words is read: of RTF and of HTML, all of them together.
MAX_ENCLOSED = 5
MAX_RICH = 300_000
MAX_MARKUP = 500_000

_SIGNATURE = 0x223E9F78
_BODY, _CODEPAGE, _MESSAGE_PROPERTIES, _SUBJECT_LINE = 0x800C, 0x9007, 0x9003, 0x8004
_RENDERING, _TITLE, _DATA, _ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# MAPI property ids (MS-OXPROPS).
_PLAIN, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_DATA_PROPERTY, _FILE_NAME, _LONG_NAME, _MIME_TYPE, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
_DISPLAY_NAME, _SUBJECT, _SENDER = 0x3001, 0x0037, 0x0C1A
# IID_IMessage, in front of a mail that is embedded as an object (MS-OXTNEF, 2.1.3.3.15).
_MAIL = bytes.fromhex("0703020000000000c000000000000046")
_OBJECT, _TEXT, _UNICODE, _BINARY = 0x000D, 0x001E, 0x001F, 0x0102
_SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8, 0x0040: 8,
          0x0048: 16}  # fmt: skip
# Enough of compressed RTF to know it by.
_BEGINNING = 100
_MULTIPLE, _NAMED = 0x1000, 0x8000


@dataclass(slots=True)
class File:
    """One file of a container; `content` is a view of it, not a copy."""

    name: str = ""
    content_type: str = "application/octet-stream"
    content_id: str = ""
    content: memoryview = field(default_factory=lambda: memoryview(b""))
    enclosed: list[File] = field(default_factory=list)


@dataclass(slots=True)
class Container:
    """What was found; `text` is plain, `markup` HTML, `rich` compressed RTF.

    `has_more` tells of what was not understood; `subject` and `sender` are read of a mail that stands in another.
    """

    files: list[File] = field(default_factory=list)
    text: str = ""
    markup: str = ""
    rich: memoryview = field(default_factory=lambda: memoryview(b""))
    subject: str = ""
    sender: str = ""
    has_more: bool = False


class NotTnef(Exception):
    """These bytes are no container, or end in the middle of one."""


def read_container(content: bytes) -> Container:
    """Read a container; raises NotTnef where it cannot be read to its end."""
    try:
        return _Reader().read(memoryview(content), MAX_ENCLOSED)
    except (struct.error, IndexError, ValueError) as error:
        raise NotTnef(f"it cannot be read ({error})") from error


class _Reader:
    """Reads a container and the mails in it, until they cost enough together."""

    def __init__(self) -> None:
        self._files = 0
        self._rich_left = MAX_RICH
        self._markup_left = MAX_MARKUP

    def read(self, content: memoryview, levels: int) -> Container:
        if len(content) < 6 or struct.unpack_from("<I", content)[0] != _SIGNATURE:
            raise NotTnef("it bears no signature of TNEF")
        found = Container()
        codepage = "cp1252"
        for name, value in _attributes(content):
            if name == _CODEPAGE:
                codepage = f"cp{struct.unpack_from('<I', value)[0]}"
            elif name == _RENDERING:
                self._files += 1
                if self._files > MAX_FILES:
                    raise NotTnef(f"it holds more than {MAX_FILES} files")
                found.files.append(File())
            elif name == _ATTACHMENT_PROPERTIES and found.files:
                found.has_more |= self._read_properties(found.files[-1], value, codepage, levels)
            elif name in {_TITLE, _DATA} and found.files:
                _read_old_file(found.files[-1], name, value, codepage)
            else:
                _read_message(found, name, value, codepage)
        found.has_more |= any(not file.content for file in found.files) or _is_unread(found)
        found.files = [one for file in found.files for one in (file, *file.enclosed) if one.content]
        return found

    def _read_properties(self, file: File, value: memoryview, codepage: str, levels: int) -> bool:
        """Read what Outlook says of a file; returns whether it is an object that cannot be read."""
        embedded = None
        for name, kind, content in _properties(value):
            if name == _LONG_NAME or (name in {_FILE_NAME, _DISPLAY_NAME} and not file.name):
                file.name = _string(kind, content, codepage)
            elif name == _MIME_TYPE:
                file.content_type = _string(kind, content, codepage).lower() or file.content_type
            elif name == _CONTENT_ID:
                file.content_id = _string(kind, content, codepage)
            elif name == _DATA_PROPERTY and kind == _BINARY:
                file.content = file.content or content
            elif name == _DATA_PROPERTY and kind == _OBJECT:
                embedded = content
        return embedded is not None and not self._read_mail(file, embedded, levels)

    def _read_mail(self, file: File, content: memoryview, levels: int) -> bool:
        """Let the words of a mail that is embedded be the file, and its files stand behind it."""
        if bytes(content[:16]) != _MAIL or not levels:
            return False
        try:
            mail = self.read(content[16:], levels - 1)
        except (NotTnef, struct.error, IndexError, ValueError):
            return False
        head = (("From", mail.sender), ("Subject", mail.subject))
        lines = "".join(f"{name}: {value}\n" for name, value in head if value)
        file.content = memoryview(f"{lines}\n{self._words(mail)}\n".encode("utf-8", "replace"))
        file.name = f"{mail.subject or file.name or 'mail'}.txt"
        file.content_type = "text/plain"
        file.enclosed = mail.files
        return not mail.has_more

    def _words(self, mail: Container) -> str:
        if mail.text.strip():
            return mail.text
        rich = words_of(mail.rich, self._rich_left) if not mail.markup else Words()
        self._rich_left -= min(self._rich_left, 8 * len(mail.rich))
        markup = mail.markup or rich.markup
        taken = markup[: self._markup_left]
        self._markup_left -= len(taken)
        return text_of(taken) if taken else rich.text


def _is_unread(found: Container) -> bool:
    """Tell whether the only text is rich and of a kind that nobody knows."""
    rich = b"" if found.text or found.markup else bytes(found.rich[:_BEGINNING])
    return bool(rich) and not decompressed(rich).startswith(b"{\\rtf")


def _attributes(content: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Yield every attribute's id and value: a level, id and type, a length, the value, and its check sum."""
    at = 6
    for _ in range(MAX_ATTRIBUTES):
        if len(content) - at < 9:
            return
        name, _, length = struct.unpack_from("<HHI", content, at + 1)
        at += 9 + length + 2
        if at > len(content):
            raise NotTnef("it is cut off")
        yield name, content[at - length - 2 : at - 2]
    raise NotTnef(f"it holds more than {MAX_ATTRIBUTES} attributes")


def _read_message(found: Container, name: int, value: memoryview, codepage: str) -> None:
    if name == _BODY:
        found.text = found.text or _text(bytes(value), codepage)
    elif name == _SUBJECT_LINE:
        found.subject = found.subject or _text(bytes(value), codepage)
    elif name == _MESSAGE_PROPERTIES:
        for prop, kind, content in _properties(value):
            _read_property(found, prop, kind, content, codepage)


def _read_property(found: Container, name: int, kind: int, content: memoryview, codepage: str) -> None:
    if name == _PLAIN:
        found.text = found.text or _string(kind, content, codepage)
    elif name == _HTML:
        found.markup = _string(kind, content, codepage)
    elif name == _RTF:
        found.rich = content
    elif name == _SUBJECT:
        found.subject = _string(kind, content, codepage)
    elif name == _SENDER:
        found.sender = _string(kind, content, codepage)


def _read_old_file(file: File, name: int, value: memoryview, codepage: str) -> None:
    if name == _TITLE:
        file.name = file.name or _text(bytes(value), codepage)
    else:
        file.content = value


def _properties(value: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Yield id, type and first value of every MAPI property (MS-OXTNEF, 2.1.3.4); each is padded to four bytes."""
    [count], at = struct.unpack_from("<I", value), 4
    for _ in range(min(count, MAX_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", value, at)
        at += 4
        if name >= _NAMED:
            at = _after_name(value, at)
        plain = kind & ~_MULTIPLE
        values = 1
        if kind & _MULTIPLE or plain in {_OBJECT, _TEXT, _UNICODE, _BINARY}:
            [values], at = struct.unpack_from("<I", value, at), at + 4
        if values > MAX_PROPERTIES:
            raise NotTnef("a property has too many values")
        first, at = _first_value(value, at, plain, values)
        yield name, plain, first


def _first_value(value: memoryview, at: int, kind: int, values: int) -> tuple[memoryview, int]:
    first = memoryview(b"")
    for number in range(values):
        length = _SIZES.get(kind)
        if length is None:
            if kind not in {_OBJECT, _TEXT, _UNICODE, _BINARY}:
                raise NotTnef(f"a property is of the unknown type {kind:#06x}")
            [length], at = struct.unpack_from("<I", value, at), at + 4
        if at + length > len(value):
            raise NotTnef("a property is cut off")
        first = first if number else value[at : at + length]
        at += length + (-length % 4)
    return first, at


def _after_name(value: memoryview, at: int) -> int:
    """Pass over a named property's name: a GUID, then a number, or a text of a stated length."""
    [is_text, length] = struct.unpack_from("<II", value, at + 16)
    return at + 24 + (length + (-length % 4) if is_text else 0)


def _string(kind: int, content: memoryview, codepage: str) -> str:
    return _text(bytes(content), "utf-16-le" if kind == _UNICODE else codepage)


def _text(content: bytes, codepage: str) -> str:
    return decode_bytes(content, codepage).rstrip("\x00")
