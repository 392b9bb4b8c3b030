"""An event that Slack sends again because it waits in our queue: worked once, acked under each of its envelopes."""

from __future__ import annotations

import threading
from collections import deque

# What was taken in lately; Slack sends an event again within seconds over a socket.
REMEMBERED = 10_000


class Copies:
    """The events of one line, by Slack's event_id: those in hand with their envelopes, and those taken in lately.

    The database knows an event that comes again, too; this only spares the work, which is how a burst that takes longer
    than Slack's three seconds would become three bursts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_hand: dict[str, list[str]] = {}
        self._taken: set[str] = set()
        self._order: deque[str] = deque()

    def is_new(self, event: str, envelope: str) -> bool:
        """Whether this is the first envelope of its event in hand; a further one is kept until the first is worked."""
        with self._lock:
            waiting = self._in_hand.get(event)
            if waiting is None:
                self._in_hand[event] = []
                return True
            waiting.append(envelope)
            return False

    def is_taken(self, event: str) -> bool:
        """Whether it was taken in a short time ago."""
        return event in self._taken

    def taken(self, event: str) -> list[str]:
        """Note that it was taken in; return the further envelopes that may be acked with it."""
        with self._lock:
            self._taken.add(event)
            self._order.append(event)
            if len(self._order) > REMEMBERED:
                self._taken.discard(self._order.popleft())
            return self._in_hand.pop(event, [])

    def failed(self, event: str) -> str | None:
        """Note that a try failed; return the envelope whose own try comes next, or None where all had theirs."""
        with self._lock:
            waiting = self._in_hand.get(event, [])
            if waiting:
                return waiting.pop(0)
            self._in_hand.pop(event, None)
            return None
