"""What everybody waits on: one lock for the sandbox's state and a bell that rings at each change."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
SECOND_LOOK = 0.05
"""Seconds after which a waiter looks again unasked, for conditions about things outside the sandbox."""


class Changes:
    """The lock, a version number that grows with each change, and those who want to hear of it."""

    def __init__(self) -> None:
        self._bell = threading.Condition(threading.RLock())
        self._listeners: list[Callable[[], None]] = []
        self.version = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock."""
        with self._bell:
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock and ring afterwards."""
        with self._bell:
            yield
            self.version += 1
            self._bell.notify_all()
            for listener in self._listeners:
                listener()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` (quick, not blocking, from any thread) at each change; returns how to stop it."""
        with self._bell:
            self._listeners.append(listener)

        def stop() -> None:
            with self._bell:
                self._listeners.remove(listener)

        return stop

    def wait_for(self, look: Callable[[], T], timeout: float, describe: Callable[[], str]) -> T:
        """Return the first truthy answer of `look`; a LookupError or StopIteration of it is "not yet".

        Raises TimeoutError after `timeout` seconds of the machine's time, with the state in its text.
        """
        deadline = time.monotonic() + timeout
        while True:
            with self._bell:
                seen = self.version
            if answer := _looked(look):
                return answer
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not seen within {timeout:g} s; the sandbox stands like this:\n{describe()}")
            with self._bell:
                if self.version == seen:
                    self._bell.wait(min(left, SECOND_LOOK))


def _looked(look: Callable[[], T]) -> T | None:
    try:
        return look()
    except (LookupError, StopIteration):
        return None
