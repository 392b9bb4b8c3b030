"""One crossing for all who wait: words that arrive at the same time are taken in together, in one transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import Generic, Protocol, TypeVar

import structlog
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from bot.db import LOCK_WAIT_SECONDS, queue_up

log = structlog.get_logger(__name__)

# Whoever else writes to SQLite waits for the transaction's end: some tens of milliseconds.
SEATS = 20


class Queued(Protocol):
    """What is taken in one after the other with all else that has the same `queue`."""

    @property
    def queue(self) -> str:
        """Where it waits."""
        ...


_Words = TypeVar("_Words", bound=Queued)
_Landed = TypeVar("_Landed")


class Ferry(Generic[_Words]):
    """Takes over what several threads bring, in the order in which they came; each waits for the commit of its own.

    Who finds a boat at rest leaves at once and alone. Who comes while all of them are under way leaves with the next
    one, together with all who wait, and the first of them steers. Words of one queue are never aboard two boats.
    `expect` hears who is aboard before anything is taken in, in the same transaction.
    Where a crossing of several fails, whatever the reason, it is undone and each gets one of its own, so that only the
    guilty one fails. Whose turn does not come in the time that one would wait for a lock gets the error that broke the
    crossing: better unacked, so that it comes again, than acked too late.
    """

    def __init__(
        self,
        writers: sessionmaker[Session],
        expect: Callable[[Session, Sequence[_Words]], None],
        boats: int = 1,
    ) -> None:
        self._writers = writers
        self._expect = expect
        self._boats = boats
        self._guard = threading.Lock()
        self._waiting: list[_Passage[_Words]] = []
        self._under_way: set[str] = set()

    @property
    def waiting(self) -> int:
        """How many wait at the landing."""
        return len(self._waiting)

    def carry(self, words: _Words, enter: Callable[[Session], _Landed]) -> _Landed:
        """Let `enter` take these words in, in a transaction with others; return what it returned, after the commit.

        `enter` may be called twice, the first time for a transaction that is undone. Raises what it raises alone.
        """
        landed: list[_Landed] = []
        within = copy_context()
        mine = _Passage(words, lambda session: landed.append(within.run(enter, session)))
        with self._guard:
            self._waiting.append(mine)
            self._depart()
        mine.wait()
        if mine.aboard:
            self._steer(mine.aboard)
        if mine.error is not None:
            raise mine.error
        return landed[-1]

    def _depart(self) -> None:
        """Let a boat leave, if there is one at rest and somebody may board it; its first passenger steers it."""
        if not self._boats:
            return
        aboard = [passage for passage in self._waiting if passage.words.queue not in self._under_way][:SEATS]
        if not aboard:
            return
        self._boats -= 1
        self._under_way.update(passage.words.queue for passage in aboard)
        gone = set(aboard)
        self._waiting = [passage for passage in self._waiting if passage not in gone]
        aboard[0].aboard = aboard
        aboard[0].wake()

    def _steer(self, aboard: Sequence[_Passage[_Words]]) -> None:
        try:
            self._cross(aboard)
        finally:
            with self._guard:
                self._boats += 1
                self._under_way.difference_update(passage.words.queue for passage in aboard)
                self._depart()
            for passage in aboard[1:]:
                passage.wake()

    def _cross(self, aboard: Sequence[_Passage[_Words]]) -> None:
        begun = time.monotonic()
        error = self._tried(aboard)
        if error is None or len(aboard) == 1:
            return
        log.warning("words are taken in one by one", reason=type(error).__name__, inbounds=len(aboard))
        for passage in aboard:
            if time.monotonic() - begun < LOCK_WAIT_SECONDS:
                self._tried([passage])

    def _tried(self, aboard: Sequence[_Passage[_Words]]) -> Exception | None:
        """Take over all of these or none; returns why none, who then know it too."""
        error: Exception | None = None
        try:
            with self._writers.begin() as session:
                queue_up(session, *(passage.words.queue for passage in aboard))
                self._expect(session, [passage.words for passage in aboard])
                for passage in aboard:
                    passage.enter(session)
        except Exception as failure:  # noqa: BLE001 - each thread raises its own
            error = failure
        for passage in aboard:
            passage.error = error
        return error


class _Passage(Generic[_Words]):
    """One thread's words on their way over; who steers knows all that are `aboard`."""

    def __init__(self, words: _Words, enter: Callable[[Session], None]) -> None:
        self.words = words
        self.enter = enter
        # Whatever ends the thread that steers: what was not committed was not taken in.
        self.error: Exception | None = RuntimeError("the crossing was broken off")
        self.aboard: Sequence[_Passage[_Words]] = ()
        self._ashore = threading.Lock()
        self._ashore.acquire()

    def wait(self) -> None:
        """Wait until the crossing is over, or until it is ours to steer."""
        self._ashore.acquire()

    def wake(self) -> None:
        """End the wait."""
        self._ashore.release()
