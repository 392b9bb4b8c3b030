"""Files that come with messages: which of them are passed on, and where their bytes are read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

MEGABYTE = 1_000_000
# Slack's own limit is 1 GB; but a file is held in memory while it passes, and other files wait meanwhile.
FILE_LIMIT = 25 * MEGABYTE

# Returns the bytes of a file by where it is held. LookupError says in words why it is gone for good; anything else,
# that it may be there later.
Read = Callable[[str], bytes]


def withheld(size: int, largest: int, *, executable: bool) -> str:
    """Return in words why a file is listed but passed on to nobody, or nothing; sizes are in bytes.

    What looks executable is decided by `programs.is_program`.
    """
    return "looks executable" if executable else too_large(size, largest)


def too_large(size: int, largest: int) -> str:
    """Return in words that a file is larger than what is passed on, or nothing."""
    return f"larger than {largest / MEGABYTE:g} MB" if size > largest else ""


class Shelves:
    """Reads a file from wherever it is held: what stands before the colon names its shelf (`mail:…`, `slack:…`)."""

    def __init__(self, shelves: Mapping[str, Read]) -> None:
        self._shelves = shelves

    def read(self, held: str) -> bytes:
        """Return the bytes; LookupError where they are gone for good, or never could be had here."""
        shelf, _, _ = held.partition(":")
        if shelf not in self._shelves:
            raise LookupError("nobody here can read it")
        return self._shelves[shelf](held)
