"""Lines that a program broke only for the width of a screen, put together again (RFC 3676)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MARKS = re.compile(r"(>*) ?(.*)")
_SIGNATURE = "-- "


def is_flowed(parameters: Mapping[str, str]) -> bool:
    """Tell by the parameters of its content type whether a plain text is flowed."""
    return parameters.get("format", "").strip().lower() == "flowed"


def unflowed(text: str, parameters: Mapping[str, str]) -> str:
    """Join a flowed text's lines to paragraphs; what is quoted keeps its marks, a signature its first line."""
    deletes_space = parameters.get("delsp", "").strip().lower() == "yes"
    paragraphs: list[list[str]] = []
    depth = -1
    for line in text.split("\n"):
        marks, words = _read(line)
        is_soft = words.endswith(" ") and words != _SIGNATURE
        said = words[:-1] if is_soft and deletes_space else words
        # Programs that leave a space at every line's end still mean their blank lines.
        if len(marks) == depth and words not in {_SIGNATURE, ""}:
            paragraphs[-1].append(said)
        else:
            paragraphs.append([f"{marks} {said}" if marks else said])
        depth = len(marks) if is_soft else -1
    return "\n".join("".join(pieces) for pieces in paragraphs)


def _read(line: str) -> tuple[str, str]:
    """Return a line's marks of quotation and its words; one space before them is stuffing."""
    found = _MARKS.fullmatch(line)
    return (found[1], found[2]) if found else ("", line)
