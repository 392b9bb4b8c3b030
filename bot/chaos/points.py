"""Where the bots commit, and at which of these points one was killed already, right before and right after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from bot.chaos.child import ANYWHERE, DIES, SEEN

WHEN = ("before", "after")


class CommitPoints:
    """Read from what the bots print; a point is `before` or `after` a place in the code."""

    def __init__(self, logs: Sequence[Path]) -> None:
        self._logs = logs

    def seen(self) -> set[str]:
        """Return every point that was ever reached."""
        places = {line.removeprefix(f"{SEEN} ") for line in self._lines(SEEN)}
        return {f"{when} {place}" for when in WHEN for place in places}

    def struck(self) -> list[str]:
        """Return the deaths, in no order."""
        return [line.removeprefix(f"{DIES} ") for line in self._lines(DIES)]

    def next(self, chance: Random) -> str:
        """Return where to die next: at whichever is reached first of those where nobody died yet, else anywhere."""
        fresh = sorted(self.seen() - set(self.struck()))
        return ",".join(fresh) or f"{chance.choice(WHEN)} {ANYWHERE}"

    def _lines(self, beginning: str) -> list[str]:
        texts = [log.read_text(encoding="utf-8", errors="replace") for log in self._logs if log.exists()]
        return [line for text in texts for line in text.splitlines() if line.startswith(f"{beginning} ")]
