"""A bot that acks the next thing it hears while the page waits for that."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.sandbox.wire import Json, Wire


@contextmanager
def answering(wire: Wire, answer: Json | None = None) -> Iterator[list[Json]]:
    """Hear one frame in the background and ack it; what was heard is in the list when the block ends."""
    heard: list[Json] = []

    def hear() -> None:
        heard.append(wire.hear())
        wire.ack(heard[0], answer)

    listening = threading.Thread(target=hear)
    listening.start()
    try:
        yield heard
    finally:
        listening.join()
