"""Outlook's winmail.dat, made for the tests (MS-OXTNEF): what a sender's Exchange would write."""

import struct

SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)


def attribute(name: int, value: bytes, *, level: int = 2, kind: int = 6) -> bytes:
    """One attribute with its check sum."""
    return struct.pack("<BHHI", level, name, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def binary(name: int, content: bytes, *, kind: int = 0x0102) -> bytes:
    """One MAPI property of variable length."""
    padding = b"\x00" * (-len(content) % 4)
    return struct.pack("<HHII", kind, name, 1, len(content)) + content + padding


def text(name: int, words: str) -> bytes:
    """One MAPI property that is a text."""
    return binary(name, f"{words}\x00".encode("utf-16-le"), kind=0x001F)


def number(name: int, value: int) -> bytes:
    """One MAPI property that is a number."""
    return struct.pack("<HHI", 0x0003, name, value)


def named(value: int) -> bytes:
    """A named property, its name a text: readers stumble over its length."""
    name = "color\x00".encode("utf-16-le")
    padded = name + b"\x00" * (-len(name) % 4)
    return (
        struct.pack("<HH", 0x0003, 0x8001)
        + b"\x01" * 16
        + struct.pack("<II", 1, len(name))
        + padded
        + struct.pack("<I", value)
    )


def properties(*found: bytes) -> bytes:
    """A list of MAPI properties."""
    return struct.pack("<I", len(found)) + b"".join(found)


def file(name: str, content: bytes, *more: bytes) -> bytes:
    """One file with its short and its long name."""
    return (
        attribute(0x9002, b"\x00" * 14)
        + attribute(0x8010, b"SHORT~1.DAT\x00", kind=1)
        + attribute(0x800F, content)
        + attribute(0x9005, properties(number(0x3705, 1), named(7), text(0x3707, name), *more))
    )


def rich(rtf: bytes, *, plain: bool = False) -> bytes:
    """Compressed RTF of letters alone, or RTF that is only wrapped (MS-OXRTFCP)."""
    kind, content = (b"MELA", rtf) if plain else (b"LZFu", b"")
    for at in range(0, 0 if plain else len(rtf), 8):
        content += b"\x00" + rtf[at : at + 8]
    return struct.pack("<II", len(content) + 12, len(rtf)) + kind + bytes(4) + content


def embedded(mail: bytes, *, kind: str = "0703020000000000c000000000000046") -> bytes:
    """A mail, or another object, that is attached as such."""
    words = properties(
        binary(0x3701, bytes.fromhex(kind) + mail, kind=0x000D), number(0x3705, 5), text(0x3707, "its name")
    )
    return attribute(0x9002, b"\x00" * 14) + attribute(0x9005, words)


def container(*parts: bytes, codepage: int = 1252) -> bytes:
    """A whole winmail.dat."""
    return SIGNATURE + attribute(0x9007, struct.pack("<II", codepage, 0), level=1) + b"".join(parts)
