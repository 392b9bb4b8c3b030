"""Words that arrive together are taken in together; each waits for its own commit, and only the guilty one fails."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import TypeVar

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.cases import ferry as crossing
from bot.cases.ferry import Ferry
from bot.cases.inbound import Inbound, Outcome, Revision, Source, Taken
from bot.cases.models import CaseEvent, Escalation
from tests.cases.desk import ADA, BEN, CARA, MIA, PHRASE, SHOP, START, Desk
from tests.services.process import wait_until

FIRST = "the first one"

_Landed = TypeVar("_Landed")


class Landing:
    """A ferry that is held at its first crossing until whoever a test sends has come, one after the other."""

    def __init__(self, desk: Desk, boats: int = 1) -> None:
        self.desk = desk
        self.aboard: list[list[str]] = []
        self._leave = Event()
        self._ferry: Ferry[Inbound | Revision] = Ferry(desk.database.writers, self._hold, boats)
        self._pool = ThreadPoolExecutor(30)

    def arrives(self, inbound: Inbound) -> Future[Taken]:
        return self.comes(inbound, partial(self.desk.intake.take, inbound=inbound))

    def edits(self, revision: Revision) -> Future[bool]:
        return self.comes(revision, partial(self.desk.intake.amend, revision=revision))

    def comes(self, words: Inbound | Revision, enter: Callable[[Session], _Landed]) -> Future[_Landed]:
        """Somebody hands his words in, in a thread of his own; returns when they wait or are under way."""
        before = len(self.aboard), self._ferry.waiting
        landed = self._pool.submit(self._ferry.carry, words, enter)
        wait_until(lambda: (len(self.aboard), self._ferry.waiting) != before, "his arrival")
        return landed

    def leaves(self) -> None:
        """Let the first crossing begin, and all that follow."""
        self._leave.set()
        self._pool.shutdown()

    def _hold(self, session: Session, words: Sequence[Inbound | Revision]) -> None:
        self.aboard.append([each.text or "" for each in words])
        self._leave.wait(20)
        self.desk.intake.expect(session, [each for each in words if isinstance(each, Inbound)])


@pytest.fixture
def landing(desk: Desk) -> Iterator[Landing]:
    landing = Landing(desk)
    yield landing
    landing.leaves()


def test_who_waits_goes_with_the_next_crossing_in_the_order_of_arrival(landing: Landing) -> None:
    desk = landing.desk
    landing.arrives(desk.inbound(BEN, FIRST))
    landed = [landing.arrives(desk.inbound((ADA, CARA)[number % 2], f"line {number}")) for number in range(6)]

    with _commits(desk) as commits:
        landing.leaves()

    assert [future.result().outcome for future in landed] == [Outcome.OPENED] * 2 + [Outcome.JOINED] * 4
    assert landing.aboard == [[FIRST], [f"line {number}" for number in range(6)]]
    assert len(commits) == 2
    assert [message.body for message in desk.messages()] == [FIRST, *(f"line {number}" for number in range(6))]
    assert [desk.case(f"CASE-{number}").message_count for number in (1, 2, 3)] == [1, 3, 3]


def test_what_each_one_says_counts_for_who_comes_after_him(landing: Landing) -> None:
    """One transaction: a customer is answered, his case is closed, and what he says then opens a new one."""
    desk = landing.desk
    landing.arrives(desk.inbound(ADA, FIRST))
    landed = [
        landing.arrives(desk.inbound(ADA, "Still waiting")),
        landing.arrives(desk.inbound(MIA, f"CASE-1: {PHRASE}")),
        landing.arrives(desk.inbound(ADA, "It is urgent now")),
        landing.arrives(desk.inbound(ADA, "Please")),
    ]

    landing.leaves()

    assert [future.result().case_id for future in landed] == ["CASE-1", "CASE-1", "CASE-2", "CASE-2"]
    assert [desk.case(case_id).status for case_id in ("CASE-1", "CASE-2")] == ["closed", "open"]
    assert desk.timeline("CASE-2") == ["opened", "escalated", "received"]


def test_an_alert_that_was_answered_on_board_is_raised_anew(landing: Landing) -> None:
    desk = landing.desk
    desk.says(ADA, "It is urgent", external_id="hers")
    desk.passes(minutes=5)
    landing.arrives(desk.inbound(BEN, FIRST))
    landing.arrives(desk.inbound(ADA, "As I said: urgent"))
    landing.arrives(desk.inbound(MIA, "I am on it", thread="hers"))
    desk.passes(minutes=5)
    landing.arrives(desk.inbound(ADA, "Now it is critical"))
    landing.arrives(desk.inbound(ADA, "And an emergency"))

    landing.leaves()

    assert [escalation.outcome for escalation in desk.rows(Escalation)] == ["answered", None]
    assert [reason["keyword"] for reason in desk.rows(Escalation)[1].reasons] == ["critical", "emergency"]
    facts = ["opened", "escalated", "received", "answered", "acknowledged", "received", "escalated"]
    assert desk.timeline("CASE-1") == [*facts, "received", "reason_joined"]


def test_words_of_one_customer_never_cross_in_two_boats(desk: Desk) -> None:
    landing = Landing(desk, boats=2)
    for author, name in ((ADA, FIRST), (ADA, "a"), (BEN, "b"), (ADA, "c"), (BEN, "d")):
        landing.arrives(desk.inbound(author, name))

    assert landing.aboard == [[FIRST], ["b"]]
    landing.leaves()

    assert [[m.body for m in desk.messages() if m.sender == one.identity] for one in (ADA, BEN)] == [
        [FIRST, "a", "c"],
        ["b", "d"],
    ]


def test_no_crossing_takes_more_than_it_has_seats_for(landing: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossing, "SEATS", 2)
    for name in (FIRST, "a", "b", "c"):
        landing.arrives(landing.desk.inbound(ADA, name))

    landing.leaves()

    assert landing.aboard == [[FIRST], ["a", "b"], ["c"]]
    assert [message.body for message in landing.desk.messages()] == [FIRST, "a", "b", "c"]


def test_an_edit_behind_its_message_is_recorded_in_the_same_transaction(landing: Landing) -> None:
    desk = landing.desk
    edit = Revision(
        source=Source.SLACK, place=SHOP, external_id="hers", author=ADA, text="It is urgent", at=desk.clock.now()
    )
    landing.arrives(desk.inbound(BEN, FIRST))
    landing.arrives(desk.inbound(ADA, "Help", external_id="hers"))
    edits = [landing.edits(edit) for _ in range(2)]

    landing.leaves()

    assert landing.aboard == [[FIRST], ["Help", "It is urgent", "It is urgent"]]
    assert [future.result() for future in edits] == [True, False]
    assert [event.kind for event in desk.rows(CaseEvent)] == ["opened", "opened", "edited", "escalated"]
    assert [message.body for message in desk.messages()] == [FIRST, "It is urgent"]


def test_the_guilty_one_fails_alone(landing: Landing) -> None:
    desk = landing.desk
    landing.arrives(desk.inbound(BEN, FIRST))
    good = landing.arrives(desk.inbound(ADA, "Help"))
    poisonous = landing.arrives(desk.inbound(CARA, "I know no time zone", at=START.replace(tzinfo=None)))
    last = landing.arrives(desk.inbound(ADA, "Please"))

    landing.leaves()

    assert good.result() == Taken(Outcome.OPENED, "CASE-2")
    assert last.result() == Taken(Outcome.JOINED, "CASE-2")
    with pytest.raises(Exception, match="time zone"):
        poisonous.result()
    assert [message.body for message in desk.messages()] == [FIRST, "Help", "Please"]
    assert len(desk.rows(CaseEvent)) == 3, "of what was undone, nothing is left"


def test_who_would_come_too_late_gets_the_error_that_held_him_up(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crossing, "LOCK_WAIT_SECONDS", 0.0)
    desk = landing.desk

    def locked_out(_session: Session) -> Taken:
        raise OperationalError("SELECT", {}, Exception("the row is locked"))

    landing.arrives(desk.inbound(BEN, FIRST))
    waiting = [landing.comes(desk.inbound(CARA, "Hello"), locked_out), landing.arrives(desk.inbound(ADA, "Help"))]
    landing.leaves()

    assert [type(future.exception()) for future in waiting] == [OperationalError] * 2
    assert [message.body for message in desk.messages()] == [FIRST]
    assert desk.says(ADA, "Help").outcome is Outcome.OPENED


def test_a_commit_that_fails_is_told_to_everybody_aboard_and_nothing_is_kept(landing: Landing) -> None:
    desk = landing.desk
    landed = [landing.arrives(desk.inbound(ADA, name)) for name in (FIRST, "a", "b")]

    with _failing(desk, times=4):
        landing.leaves()

    assert [type(future.exception()) for future in landed] == [OperationalError] * 3
    assert not desk.messages()
    assert desk.says(ADA, "again").outcome is Outcome.OPENED


def test_words_that_stand_already_are_known_within_one_transaction(landing: Landing) -> None:
    desk = landing.desk
    twice = desk.inbound(ADA, "Help", source=Source.SLACK, place=SHOP, external_id="one")
    landed = [landing.arrives(inbound) for inbound in (desk.inbound(BEN, FIRST), twice, twice)]

    landing.leaves()

    assert [future.result().outcome for future in landed] == [Outcome.OPENED, Outcome.OPENED, Outcome.DUPLICATE]
    assert landing.aboard == [[FIRST], ["Help", "Help"]]


@contextmanager
def _commits(desk: Desk) -> Iterator[list[Session]]:
    """What is committed while this lasts."""
    committed: list[Session] = []

    def note(session: Session) -> None:
        committed.append(session)

    event.listen(desk.database.writers, "after_commit", note)
    try:
        yield committed
    finally:
        event.remove(desk.database.writers, "after_commit", note)


@contextmanager
def _failing(desk: Desk, times: int) -> Iterator[None]:
    """So many commits fail while this lasts."""
    left = iter(range(times))

    def fail(_session: Session) -> None:
        if next(left, None) is not None:
            raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(desk.database.writers, "before_commit", fail)
    try:
        yield
    finally:
        event.remove(desk.database.writers, "before_commit", fail)
