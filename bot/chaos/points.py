"""Where the bots commit, and at which of these points one was killed already, right before and right after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from bot.chaos.child import ANYWHERE, DIES, SEEN

WHEN = ("before", "after")


class CommitPoints:
    """Read from what the bots print."""

    def __init__(self, logs: Sequence[Path]) -> None:
        self._logs = logs
        self._chosen: set[tuple[str, str]] = set()

    def seen(self) -> set[str]:
        """Return every point at which anything was ever committed."""
        return {line.removeprefix(f"{SEEN} ") for line in self._lines(SEEN)}

    def struck(self) -> list[tuple[str, str]]:
        """Return the deaths: (before or after, point)."""
        deaths = [line.split(" ", 2) for line in self._lines(DIES)]
        return [(when, place) for _, when, place in deaths]

    def next(self, chance: Random) -> str:
        """Return where to die next: where nobody died yet, as long as there is such a point."""
        known = [(when, place) for place in sorted(self.seen()) for when in WHEN]
        fresh = [point for point in known if point not in self._chosen and point not in self.struck()]
        point = chance.choice(fresh or known or [(WHEN[0], ANYWHERE)])
        self._chosen.add(point)
        return " ".join(point)

    def _lines(self, beginning: str) -> list[str]:
        texts = [log.read_text(encoding="utf-8", errors="replace") for log in self._logs if log.exists()]
        return [line for text in texts for line in text.splitlines() if line.startswith(f"{beginning} ")]
