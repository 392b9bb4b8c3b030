"""Files that appear when they are whole, or not at all, and that nobody else on this machine can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class MovingRefused(Exception):
    """Nothing was exported or imported; the text says why, and what to do."""


@contextmanager
def drafted(file: Path, *, force: bool) -> Iterator[Path]:
    """Give an empty draft that takes the file's name at the end; MovingRefused where that can't be, or may not."""
    if file.exists() and not force:
        raise MovingRefused(f"{file} exists already. Choose another name, or say --force to replace it.")
    draft = file.with_name(f"{file.name}.part")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    except OSError as fault:
        raise MovingRefused(f"{file} could not be written: {fault}. Nothing was replaced.") from fault
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
