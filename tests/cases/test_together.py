"""Several inbounds taken in together leave the books as one after the other would."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from bot.cases.inbound import Attached, Author, Inbound, Taken
from bot.cases.models import Case, CaseEvent, Escalation, Message
from bot.cases.rules import Rules
from bot.cases.search_entries import SearchEntry
from bot.outbox.models import Delivery
from tests.cases.desk import ADA, BEN, CARA, DOUBTFUL_NOA, MIA, NOA, PHRASE, START, Desk
from tests.services.standing import StandingServer, opened

DAN = Author("dan@customer.example", "Dan")
NAME_BY_CHANCE = re.compile(":[0-9a-f]{32}")
CHANCE = {"salt", "digest", "last_digest", "delivery_id"}
SOON_A_FLOOD = Rules(flood_mails=3, remind_after=timedelta(minutes=10))
PAPER = Attached(name="bill.pdf", content_type="application/pdf", size=9, held="mail:1:2")


@dataclass(frozen=True)
class Words:
    """What somebody says; `answers` and `again` count back among what was said before."""

    author: Author
    text: str
    answers: int = 0
    again: bool = False
    paper: bool = False
    late: int = 0
    quiet: bool = False


SAID = st.builds(
    Words,
    author=st.sampled_from([CARA, CARA, DAN, NOA, DOUBTFUL_NOA, ADA, BEN, MIA]),
    text=st.sampled_from(
        ["Where is it?", "Hello again", "This is urgent!", PHRASE, "CASE-1 is mine", f"CASE-2\n{PHRASE}"]
    ),
    answers=st.sampled_from([0, 0, 1, 1, 2, 5]),
    again=st.sampled_from([False, False, False, True]),
    paper=st.booleans(),
    late=st.sampled_from([0, 0, 60]),
    quiet=st.sampled_from([False, False, False, True]),
)


def inbounds(desk: Desk, said: Sequence[Words]) -> list[Inbound]:
    """The words as the edges hand them in; what is said again comes under the name it had."""
    made: list[Inbound] = []
    for words in said:
        if words.again and made:
            made.append(made[-1])
            continue
        more: dict[str, Any] = {"at": desk.passes(seconds=1) - timedelta(seconds=words.late), "quiet": words.quiet}
        if "@" in words.author.identity:
            answered = made[-words.answers].reference if 0 < words.answers <= len(made) else ""
            more |= {"references": (answered,) if answered else (), "readers": frozenset({CARA.identity})}
            more |= {"reference": f"<{len(made)}@example>", "subject": "An order"}
        made.append(desk.inbound(words.author, words.text, attachments=(PAPER,) if words.paper else (), **more))
    return made


def together(desk: Desk, words: Sequence[Inbound]) -> list[Taken]:
    with desk.database.writers.begin() as session:
        desk.intake.expect(session, words)
        return [desk.intake.take(session, one) for one in words]


def books(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but what chance has a hand in."""
    with desk.database.readers.begin() as session:
        return {
            name: [
                {column: _without_chance(value) for column, value in row.items() if column not in CHANCE}
                for row in session.connection().execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for name, table in Case.metadata.tables.items()
        }


def _without_chance(value: Any) -> Any:
    return NAME_BY_CHANCE.sub(":", value) if isinstance(value, str) else value


@contextmanager
def two_desks() -> Iterator[tuple[Desk, Desk]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(f"sqlite:///{Path(folder) / 'one.db'}") as one,
        opened(f"sqlite:///{Path(folder) / 'other.db'}") as other,
    ):
        yield Desk(one, SOON_A_FLOOD), Desk(other, SOON_A_FLOOD)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories=st.lists(st.lists(SAID, min_size=1, max_size=8), min_size=1, max_size=3))
def test_nobody_can_tell_from_the_books(stories: list[list[Words]]) -> None:
    with two_desks() as (one_by_one, at_once):
        for story in stories:
            words = inbounds(one_by_one, story)
            at_once.clock.advance(one_by_one.clock.now() - at_once.clock.now())

            taken = [one_by_one.intake.receive(each) for each in words]

            assert together(at_once, words) == taken
            assert books(at_once) == books(one_by_one)


def test_the_rows_of_many_cases_find_their_places(desk: Desk) -> None:
    customers = [Author(f"c{number}@customer.example", f"C{number}") for number in range(70)]
    words = [desk.inbound(who, f"Order {who.name} is urgent", attachments=(PAPER,)) for who in customers]
    words += [desk.inbound(who, "Any news?", at=START + timedelta(minutes=1)) for who in customers]

    together(desk, words)

    assert [case.case_id for case in sorted(desk.rows(Case), key=lambda case: int(case.case_id[5:]))] == [
        f"CASE-{number}" for number in range(1, 71)
    ]
    assert {case.message_count for case in desk.rows(Case)} == {2}
    assert len(desk.rows(Escalation)) == len(desk.rows(SearchEntry)) == 70
    assert [event.message_id for event in desk.rows(CaseEvent) if event.kind == "received"] == [
        message.id for message in desk.messages() if message.body == "Any news?"
    ]
    assert {delivery.case_id for delivery in desk.rows(Delivery) if delivery.kind == "file"} == {
        f"CASE-{number}" for number in range(1, 71)
    }


def test_what_is_asked_in_between_is_asked_of_everything(desk: Desk) -> None:
    words = [desk.inbound(CARA, "Where is it?"), desk.inbound(DAN, "And mine?")]

    with desk.database.writers.begin() as session:
        desk.intake.expect(session, words)
        desk.intake.take(session, words[0])
        there = [row.body for row in session.scalars(select(Message))]
        desk.intake.take(session, words[1])

    assert there == ["Where is it?"]
    assert [message.body for message in desk.messages()] == ["Where is it?", "And mine?"]


def test_a_case_closed_in_between_is_followed_by_a_new_one(desk: Desk) -> None:
    desk.says(CARA, "Where is it?")
    closing = desk.inbound(NOA, f"CASE-1: {PHRASE}")
    after = desk.inbound(CARA, "One more thing")

    together(desk, [closing, after])

    assert [(case.case_id, case.status) for case in desk.rows(Case)] == [("CASE-1", "closed"), ("CASE-2", "open")]
    assert [(entry.case_id, entry.is_open) for entry in desk.rows(SearchEntry) if not entry.internal] == [
        ("CASE-1", False),
        ("CASE-2", True),
    ]


def test_a_name_learned_in_between_is_found(desk: Desk) -> None:
    desk.says(CARA, "Where is it?")
    words = [desk.inbound(CARA, "Hello?"), desk.inbound(DAN, "And mine?")]

    with desk.database.writers.begin() as session:
        desk.intake.expect(session, words)
        session.get_one(Case, "CASE-1").customer_name = "Carla"

    [entry] = desk.rows(SearchEntry)
    assert {"carla", "where"} <= entry.words


@pytest.mark.needs("postgresql")
def test_a_fact_is_numbered_after_all_that_it_follows(standing_server: StandingServer) -> None:
    desk = Desk(standing_server.emptied())
    desk.says(ADA, "Where is it?")
    words = [desk.inbound(CARA, "Hello"), desk.inbound(DAN, "And mine?")]

    with desk.database.writers.begin() as session:
        desk.intake.expect(session, words)
        desk.says(ADA, "Still nothing")  # by another process, which locks and leaves the case in between
        for one in (*words, desk.inbound(NOA, "CASE-1 is on its way")):
            desk.intake.take(session, one)

    assert desk.timeline("CASE-1") == ["opened", "received", "noted"]
    desk.database.close()


@pytest.mark.needs("postgresql")
def test_who_will_meet_at_a_case_waits_before_anything_is_written(standing_server: StandingServer) -> None:
    desk = Desk(standing_server.emptied())
    desk.says(ADA, "Where is it?")
    first = [desk.inbound(CARA, "Hello"), desk.inbound(NOA, "CASE-1 is on its way")]
    second = [desk.inbound(ADA, "Still nothing"), desk.inbound(DAN, "And mine?")]

    with desk.database.writers.begin() as session, desk.database.writers() as other:
        desk.intake.expect(session, first)
        other.connection().execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="lock timeout"):
            desk.intake.expect(other, second)

    desk.database.close()
