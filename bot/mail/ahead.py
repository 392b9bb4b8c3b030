"""The next item of many is made in a thread of its own while the present one is worked on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Ahead(Generic[Item]):
    """Hands out the items of a source, of which the next is always in the making; it is used in a `with`.

    The source runs in one thread at a time: the first item is made in the caller's, every further one in another that
    has ended when the item is handed out. What the source raises is raised there, in the caller's thread. At the end
    of the `with` a thread at work is waited for, and what it made or raised is dropped.
    """

    def __init__(self, source: Iterator[Item]) -> None:
        self._source = source
        self._next: _Making[Item] | None = None

    def __enter__(self) -> Iterator[Item]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._next is not None:
            self._next.join()

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        item = next(self._source) if self._next is None else self._next.made()
        self._next = _Making(self._source)
        self._next.start()
        return item


class _Making(threading.Thread, Generic[Item]):
    def __init__(self, source: Iterator[Item]) -> None:
        super().__init__(name="ahead", daemon=True)
        self._source = source
        self._item: Future[Item] = Future()

    def run(self) -> None:
        """Make the item."""
        try:
            self._item.set_result(next(self._source))
        except BaseException as error:  # noqa: BLE001 - StopIteration too is for the thread that asks for the item
            self._item.set_exception(error)

    def made(self) -> Item:
        """Wait for the item, and for the thread's end; raises what making it raised."""
        self.join()
        return self._item.result()
