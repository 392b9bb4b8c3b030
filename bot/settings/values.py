"""How the text of a variable becomes a number, a list or a word; faults never quote the text."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, SecretStr

from bot.settings import choices
from bot.settings.imap_start import ImapStart

_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15}")
_SIZE = re.compile(r"([0-9.]+)\s*([kmg]i?b|b|)", re.IGNORECASE)
_WEB_TOKEN = re.compile(r"[!-~]{16,200}")
_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SMALLEST = 5e-324
_CENTURY_HOURS, _CENTURY_DAYS, _CENTURY_MINUTES = 876_000, 36_500, 52_560_000
_YEAR_SECONDS = 31_536_000
_LARGEST_MAIL = 2 * 10**9
_YES, _NO = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


def from_text(read: Callable[[str], object]) -> BeforeValidator:
    """Read text; what is no text (a default, a test's value) is left to the field's type."""
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def entries(text: str, separator: str = ",") -> tuple[str, ...]:
    """Split a list, dropping white space, empty entries and repetitions; the order stays."""
    found = dict.fromkeys(entry for part in text.split(separator) if (entry := part.strip()))
    if not found:
        raise ValueError(f"holds nothing but separators ({separator})")
    return tuple(found)


def each(read: Callable[[str], str], *, or_none: bool = False) -> BeforeValidator:
    """Read a comma-separated list; a fault names the entry by its position, never by its text.

    `or_none`: an empty text is a list without entries.
    """

    def read_all(text: str) -> tuple[str, ...]:
        if or_none and not text:
            return ()
        accepted, faults = [], []
        for position, entry in enumerate(entries(text), start=1):
            try:
                accepted.append(read(entry))
            except ValueError as fault:
                faults.append(f"entry {position} {fault}")
        if faults:
            raise ValueError("has a wrong entry: " + "; ".join(faults))
        return tuple(dict.fromkeys(accepted))

    return from_text(read_all)


def _decimal(wanted: str, least: float, most: float) -> BeforeValidator:
    def read(text: str) -> float:
        if not _DECIMAL.fullmatch(text) or not least <= float(text) <= most:
            raise ValueError(f"must be {wanted}")
        return float(text)

    return from_text(read)


def _whole(wanted: str, least: int, most: int) -> BeforeValidator:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be {wanted}")
        return int(text)

    return from_text(read)


def _web_token(text: str) -> SecretStr:
    if not _WEB_TOKEN.fullmatch(text):
        raise ValueError("must have 16 characters or more, without spaces and accents; openssl rand -hex 24 makes one")
    return SecretStr(text)


def _size(text: str) -> int:
    found = _SIZE.fullmatch(text)
    if not found or not _DECIMAL.fullmatch(found[1]):
        raise ValueError("must be a size in bytes, e.g. 50MB or 50000000")
    size = int(float(found[1]) * _UNITS[found[2].lower()])
    if not 1 <= size <= _LARGEST_MAIL:
        raise ValueError("must be between 1 byte and 2GB, e.g. 50MB")
    return size


def _switch(text: str) -> bool:
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise ValueError("must be true or false")


def _choice(words: type[StrEnum]) -> BeforeValidator:
    known = {word.value.lower(): word for word in words}

    def read(text: str) -> StrEnum:
        if text.lower() not in known:
            raise ValueError("must be one of " + ", ".join(words))
        return known[text.lower()]

    return from_text(read)


Hours = Annotated[float, _decimal("a positive number of hours, e.g. 48", _SMALLEST, _CENTURY_HOURS)]
Days = Annotated[float, _decimal("a positive number of days, e.g. 365", _SMALLEST, _CENTURY_DAYS)]
Minutes = Annotated[float, _decimal("a positive number of minutes, e.g. 10", _SMALLEST, _CENTURY_MINUTES)]
Seconds = Annotated[float, _decimal("a number of seconds, 1 or more, e.g. 30", 1, _YEAR_SECONDS)]
UndoSeconds = Annotated[float, _decimal("a number of seconds from 0 to 60, e.g. 5", 0, 60)]
Count = Annotated[int, _whole("a whole number from 1 to 1000, e.g. 3", 1, 1000)]
Port = Annotated[int, _whole("a port from 1 to 65535", 1, 65_535)]
WebToken = Annotated[SecretStr, from_text(_web_token)]
Size = Annotated[int, from_text(_size)]
Switch = Annotated[bool, from_text(_switch)]
Start = Annotated[ImapStart, from_text(ImapStart.parse)]

Words = Annotated[tuple[str, ...], from_text(entries)]
Emoji = Annotated[tuple[str, ...], each(str.lower, or_none=True)]
LowerWords = Annotated[tuple[str, ...], each(str.lower)]
Phrases = Annotated[tuple[str, ...], from_text(lambda text: entries(text, "|"))]

TrustChoice = Annotated[choices.AdminEmailTrust, _choice(choices.AdminEmailTrust)]
RepliesChoice = Annotated[choices.ThreadReplies, _choice(choices.ThreadReplies)]
ModeChoice = Annotated[choices.SlackMode, _choice(choices.SlackMode)]
SecurityChoice = Annotated[choices.Security, _choice(choices.Security)]
AuthChoice = Annotated[choices.MailAuth, _choice(choices.MailAuth)]
FormatChoice = Annotated[choices.LogFormat, _choice(choices.LogFormat)]
LevelChoice = Annotated[choices.LogLevel, _choice(choices.LogLevel)]
