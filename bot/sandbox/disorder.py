"""Envelopes that come twice, or behind others that were sent after them: Slack promises neither order nor once."""

import random


class Disorder:
    """Off until switched on; the same seed makes the same disorder of the same envelopes."""

    def __init__(self) -> None:
        self._chance = 0.0
        self._longest = 0.0
        self._random = random.Random(0)  # noqa: S311 - no secret

    def begin(self, chance: float = 0.5, longest: float = 0.5, seed: int = 0) -> None:
        """Hold back each event, or send it once more, with this chance; for `longest` seconds at most."""
        self._chance, self._longest, self._random = chance, longest, random.Random(seed)  # noqa: S311 - no secret

    def end(self) -> None:
        """Go on in order."""
        self._chance = 0.0

    def delays(self, *, is_event: bool) -> list[float]:
        """Return after how many seconds an envelope is sent; two of them send it twice."""
        if not is_event or not self._chance:
            return [0.0]
        first = self._random.uniform(0, self._longest) if self._random.random() < self._chance else 0.0
        again = [self._random.uniform(0, self._longest)] if self._random.random() < self._chance else []
        return [first, *again]
