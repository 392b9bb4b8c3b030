"""Writes `.env`: only the values asked for, everything else as a person left it; whole or not at all, for us alone."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import parse_stream

_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_HEADING = "# Written by casebot init. What may stand here is explained in .env.example.\n"
_OWNER_ONLY = 0o600


class NotWritable(Exception):
    """The file can't be written where it is wanted."""


def write(path: Path, changes: Mapping[str, str]) -> None:
    """Set these variables in the file, which is made if need be; raises NotWritable.

    A link is followed. A new file begins as a copy of the `.env.example` beside it, where there is one.
    """
    target = path.resolve()
    example = target.with_name(".env.example")
    try:
        source = next((file for file in (target, example) if file.exists()), None)
        text = source.read_text(encoding="utf-8-sig") if source else _HEADING
        _replace(target, changed(text, changes))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise NotWritable(f"{path} can't be written ({reason}).") from error


def changed(text: str, changes: Mapping[str, str]) -> str:
    """Return the text with each variable's line replaced, or added at its end where it has none."""
    left = dict(changes)
    lines = []
    for binding in parse_stream(io.StringIO(text)):
        original = binding.original.string
        if binding.key is None or binding.key not in changes:
            lines.append(original)
            continue
        left.pop(binding.key, None)
        # A line break before the name belongs to what stands above.
        above = original[: len(original) - len(original.lstrip("\r\n"))]
        lines.append(f"{above}{_line(binding.key, changes[binding.key])}")
    kept = "".join(lines)
    if left and kept and not kept.endswith("\n"):
        kept += "\n"
    return kept + "".join(_line(name, value) for name, value in left.items())


def quoted(value: str) -> str:
    """Write a value so that it reads back as it is: plain where that is safe, else in single quotes."""
    if not value or _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _line(name: str, value: str) -> str:
    return f"{name}={quoted(value)}\n"


def _replace(target: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".env-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(_OWNER_ONLY)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
