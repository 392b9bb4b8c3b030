"""Whose turn it is: first come, first served, and woken at once."""

from __future__ import annotations

import threading
from collections import deque


class Turnstile:
    """A lock that is handed on in the order in which it was asked for.

    SQLite lets a second writer of the same process sleep and look again, for up to 100 ms at a time, while whoever
    comes by at the right moment goes first.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def enter(self, seconds: float) -> bool:
        """Wait for our turn, at most so long; False if it did not come."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        return mine.acquire(timeout=seconds) or not self._withdraw(mine)

    def leave(self) -> None:
        """End our turn; the next one's begins."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _withdraw(self, mine: threading.Lock) -> bool:
        """Stop waiting; False if our turn came meanwhile."""
        with self._guard:
            if mine not in self._waiting:
                return False
            self._waiting.remove(mine)
            return True
