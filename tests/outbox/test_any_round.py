"""Any round at all: whatever is stored, refused, lost or cut short, each thing is said once, in order, or not yet."""

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.outbox.models import LEASE, DeliveryState
from bot.outbox.postman import FOLD_AT_MOST, FOLD_FROM, LONGEST_BACKOFF_SECONDS
from bot.outbox.sending import Away, Later, Parcel, Posted, Refused, Unsure
from tests.outbox.round import Round
from tests.services.standing import opened

LANES = ("thread:CASE-1", "thread:CASE-2", "card:CASE-1")
# Kind, redraw, priority, seconds until it is due, and how many of it.
KIND_OF_LINE = (
    st.sampled_from(("follow_up", "follow_up", "answer", "card")),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from([0, 0, 0, 5]),
    st.sampled_from([1, 1, 1, 5]),
)
OUTCOMES = (
    "said",
    "said",
    "said",
    "later",
    "away",
    "never sent",
    "answer lost",
    "refused",
    "dies before",
    "dies after",
)


@dataclass
class Line:
    """What the model knows of one delivery."""

    number: int
    lane: str
    kind: str
    redraw: bool
    priority: int
    due_at: datetime
    claimed_until: datetime | None = None
    settled: bool = False
    doubtful: bool = False


class Channel:
    """A sender to a channel that remembers what was said there, and looks before it says a doubtful thing again."""

    def __init__(self) -> None:
        self.outcome = "said"
        self.said: list[list[int]] = []
        self.carried: list[int] = []

    def send(self, parcel: Parcel) -> Posted | None:
        ids = self.carried = [delivery.id or 0 for delivery in (parcel.delivery, *parcel.folded)]
        outcome = self.outcome
        if outcome in {"later", "away", "never sent", "refused", "dies before"}:
            raise {
                "later": Later(2, "patience"),
                "away": Away("gone"),
                "never sent": Unsure("no answer"),
                "refused": Refused("is_archived"),
                "dies before": KeyboardInterrupt(),
            }[outcome]
        if not (parcel.delivery.unsure and any(ids[0] == words[0] for words in self.said)):
            self.said.append(ids)
        if outcome == "answer lost":
            raise Unsure("reset")
        if outcome == "dies after":
            raise KeyboardInterrupt
        return Posted(parcel.delivery.place, f"ts-{ids[0]}")


class AnyRound(RuleBasedStateMachine):
    """The postman and a simple model are given the same; the model says who is next and what goes with him."""

    @initialize()
    def open_the_outbox(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.hold = opened(f"sqlite:///{Path(self.folder.name) / 'cases.db'}")
        self.channel = Channel()
        self.walk = Round(self.hold.__enter__())
        self.walk.postman._sender = self.channel
        self.lines: dict[int, Line] = {}

    def teardown(self) -> None:
        if not hasattr(self, "hold"):
            return
        try:
            self.in_the_end_all_is_said()
        finally:
            self.hold.__exit__(None, None, None)
            self.folder.cleanup()

    # One rule: Hypothesis leaves rules out at random, and a postman without letters shows nothing.
    @rule(
        stored=st.lists(st.tuples(st.sampled_from(LANES), *KIND_OF_LINE), max_size=3),
        outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=4),
        seconds=st.sampled_from([0, 1, 3, 16]),
        anew=st.sampled_from([False, False, False, True]),
    )
    def some_time_goes_by(
        self, stored: list[tuple[str, str, bool, int, int, int]], outcomes: list[str], seconds: int, anew: bool
    ) -> None:
        for lane, kind, redraw, priority, wait, times in stored:
            for _ in range(times):
                self.store(lane, kind, redraw, priority, wait)
        for outcome in outcomes:
            self.the_postman_goes(outcome)
        if anew:
            self.the_process_starts_anew()
        self.walk.pass_time(seconds)

    def store(self, lane: str, kind: str, redraw: bool, priority: int, wait: int) -> None:
        now = self.walk.clock.now()
        due_at = now + timedelta(seconds=wait)
        number = self.walk.store(lane=lane, kind=kind, redraw=redraw, priority=priority, created_at=now, due_at=due_at)
        self.lines[number] = Line(number, lane, kind, redraw, priority, due_at)

    def the_postman_goes(self, outcome: str) -> None:
        parcel = [] if self.walk.pacing.held else self.next_parcel()
        self.channel.outcome = outcome
        try:
            handled = self.walk.postman.deliver_due()
        except KeyboardInterrupt:
            handled = -1
        assert (handled != 0) is bool(parcel)
        assert not parcel or self.channel.carried == [line.number for line in parcel]
        for line in parcel:
            self.note(line, outcome)

    def the_process_starts_anew(self) -> None:
        self.walk.postman.free_leases()
        for line in self.lines.values():
            line.doubtful |= line.claimed_until is not None
            line.claimed_until = None

    @invariant()
    def nothing_is_said_twice_or_out_of_order(self) -> None:
        said = [number for words in self.channel.said for number in words]
        heads = [words[0] for words in self.channel.said]
        assert len(heads) == len(set(heads))
        for lane in LANES:
            order = list(dict.fromkeys(number for number in said if self.lines[number].lane == lane))
            assert order == sorted(order)

    @invariant()
    def what_is_settled_as_said_was_said(self) -> None:
        said = {number for words in self.channel.said for number in words}
        for number, state in enumerate(self.walk.states(), start=1):
            assert (state in SETTLED) is self.lines[number].settled
            assert state not in {DeliveryState.SENT, DeliveryState.FOLDED} or number in said

    def in_the_end_all_is_said(self) -> None:
        """No fault lasts: then every line was said, or is parked as refused, with nothing left over."""
        self.channel.outcome = "said"
        for _ in range(len(LANES) + 2):
            self.walk.pass_time(LONGEST_BACKOFF_SECONDS + LEASE.total_seconds())
            self.walk.deliver_all()
        assert all(state in SETTLED for state in self.walk.states())
        heads = [words[0] for words in self.channel.said]
        assert len(heads) == len(set(heads))

    def next_parcel(self) -> list[Line]:
        """The most pressing of the lines that are first in their lanes, and those that go with it."""
        now = self.walk.clock.now()
        waiting = [line for line in self.lines.values() if not line.settled]
        first = {line.lane: line for line in reversed(waiting)}.values()
        ready = [
            line for line in first if line.due_at <= now and not (line.claimed_until and line.claimed_until >= now)
        ]
        if not ready:
            return []
        head = min(ready, key=lambda line: (line.priority, line.number))
        behind = [line for line in waiting if line.lane == head.lane and line.number > head.number]
        with_it: list[Line] = []
        for line in behind[:FOLD_AT_MOST]:
            alike = (line.kind, line.redraw) == (head.kind, head.redraw)
            certain = head.redraw or self.is_doubtful(line) == self.is_doubtful(head)
            if not alike or not certain or line.due_at > now:
                break
            with_it.append(line)
        folds = head.redraw or (head.kind == "follow_up" and len(with_it) + 1 >= FOLD_FROM)
        return [head, *with_it] if folds else [head]

    def is_doubtful(self, line: Line) -> bool:
        return line.doubtful or line.claimed_until is not None

    def note(self, line: Line, outcome: str) -> None:
        now = self.walk.clock.now()
        line.doubtful = self.is_doubtful(line)
        line.claimed_until = None
        if outcome.startswith("dies"):
            line.claimed_until = now + LEASE
        elif outcome in {"said", "refused"}:
            line.settled = True
        else:
            line.doubtful |= outcome in {"never sent", "answer lost"}
            line.due_at = self.walk.row(line.number).due_at
            assert line.due_at >= now


SETTLED = {DeliveryState.SENT, DeliveryState.FOLDED, DeliveryState.REFUSED}

TestAnyRound = AnyRound.TestCase
TestAnyRound.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
