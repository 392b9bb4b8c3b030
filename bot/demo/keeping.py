"""Keeps the sandbox's state in a file beside the bot's database, so that both go on together."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.sandbox.server import Sandbox

NAME = "sandbox.json"
SECONDS = 2.0


class Unreadable(Exception):
    """The kept state can't be gone on from; the text says what to do."""


class Keeper:
    """Writes the state to `directory` every few seconds while it changes, and once more at the end.

    A crash may lose the last seconds of the sandbox; the file itself is always whole.
    """

    def __init__(self, sandbox: Sandbox, directory: Path) -> None:
        self._sandbox = sandbox
        self._file = directory / NAME
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._written = -1

    @property
    def has_state(self) -> bool:
        """Whether an earlier run left its state here."""
        return self._file.exists()

    def restore(self) -> None:
        """Let the sandbox go on from what was kept; Unreadable if that is damaged or of another version."""
        try:
            self._sandbox.restore(json.loads(self._file.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError) as damage:
            raise Unreadable(f"{self._file} can't be read ({damage}). Choose another --data, or remove it.") from damage

    def write(self) -> None:
        """Write the state if it changed since the last time; replaces the file in one step."""
        version = self._sandbox.changes.version
        if version == self._written:
            return
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(self._sandbox.snapshot()), encoding="utf-8")
        fresh.replace(self._file)
        self._written = version

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self.write()

    def _keep(self) -> None:
        while not self._stop.wait(SECONDS):
            self.write()
