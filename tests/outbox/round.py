"""A postman's round in a test: what is waiting, who carries it, and a sender that writes down what it was given."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlmodel import select

from bot.db import Database
from bot.outbox.models import Delivery, DeliveryState, Priority, Receipt
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman
from bot.outbox.sending import Parcel, Posted
from tests.cases.desk import START, StillClock

Answer = Callable[[Parcel], Posted | None]


def say_it(parcel: Parcel) -> Posted:
    """The answer of a channel that takes everything."""
    return Posted(parcel.delivery.place, f"ts-{parcel.delivery.id}", f"drawing of {parcel.delivery.id}")


class Notebook:
    """A sender that says everything, or whatever its answers are, one by one; and notes each parcel."""

    def __init__(self, *answers: Answer | Exception | None) -> None:
        self._answers = list(answers)
        self.parcels: list[list[int]] = []
        self.unsure: list[bool] = []

    def send(self, parcel: Parcel) -> Posted | None:
        parcel.confirm()
        self.parcels.append([delivery.id or 0 for delivery in (parcel.delivery, *parcel.folded)])
        self.unsure.append(parcel.delivery.unsure)
        answer = self._answers.pop(0) if self._answers else say_it
        if isinstance(answer, Exception):
            raise answer
        return answer(parcel) if answer else None


class Stopwatch:
    """Monotonic seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Round:
    """One postman with a still clock and a stopwatch; places need no rest unless a test wants it."""

    def __init__(self, database: Database, sender: Notebook | None = None, pacing: Pacing | None = None) -> None:
        self.database = database
        self.clock = StillClock()
        self.stopwatch = Stopwatch()
        self.sender = sender or Notebook()
        self.pacing = pacing or Pacing(post_seconds=0, redraw_seconds=0, monotonic=self.stopwatch)
        self.postman = Postman(
            database,
            self.clock,
            self.sender,
            self.pacing,
            foldable={"follow_up"},
            monotonic=self.stopwatch,
            claim_time=lambda _session: self.clock.now(),
        )

    def store(self, *, lane: str = "", **more: Any) -> int:
        """Keep one delivery, due now; returns its id."""
        given: dict[str, Any] = {
            "kind": "card",
            "place": "support",
            "subject": "CASE-1",
            "priority": Priority.MESSAGE,
            "created_at": START,
            "due_at": self.clock.now(),
        }
        delivery = Delivery(lane=lane, **(given | more))
        with self.database.writers.begin() as session:
            session.add(delivery)
            session.flush()
            delivery.lane = lane or f"lane-{delivery.id}"
        assert delivery.id is not None
        return delivery.id

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.stopwatch.seconds += seconds

    def deliver_all(self) -> int:
        """Walk until nothing more can be said now; returns how many were settled."""
        settled = 0
        while step := self.postman.deliver_due():
            settled += step
        return settled

    def row(self, delivery_id: int) -> Delivery:
        with self.database.readers.begin() as session:
            return session.get_one(Delivery, delivery_id)

    def states(self) -> list[DeliveryState]:
        with self.database.readers.begin() as session:
            return [DeliveryState(state) for state in session.exec(select(Delivery.state).order_by("id"))]

    def receipts(self) -> list[tuple[str, str, str, str]]:
        with self.database.readers.begin() as session:
            return [(r.kind, r.subject, r.external_id, r.drawn) for r in session.exec(select(Receipt).order_by("id"))]
