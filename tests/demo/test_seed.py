"""A seeded desk has a history that the real services lived through, and channels that are not flooded."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.cases.models import Case, CaseEvent, Escalation, EventKind, Message, Status
from bot.db import Database
from bot.demo.calendar import Deed, draw
from bot.demo.seed import FRESH_CARDS, seed
from bot.outbox.models import Delivery, DeliveryState
from bot.sandbox.server import Sandbox

CASES = 60


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Database, int]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('seed') / 'cases.db'}"
    with Sandbox() as sandbox:
        still_open = seed(sandbox, sandbox.environment() | {"DATABASE_URL": url}, CASES)
        database = Database(url)
        yield sandbox, database, still_open
        database.close()


@pytest.fixture
def session(world: tuple[Sandbox, Database, int]) -> Iterator[Session]:
    with world[1].readers.begin() as reading:
        yield reading


def test_it_has_as_many_cases_as_asked_for_and_some_are_open(
    world: tuple[Sandbox, Database, int], session: Session
) -> None:
    states = dict(session.exec(select(Case.status, func.count()).group_by(Case.status)).all())

    assert sum(states.values()) == CASES
    assert states[Status.OPEN] == world[2] > 0


def test_everything_that_can_happen_happened(session: Session) -> None:
    kinds = set(session.exec(select(CaseEvent.kind).distinct()))
    sources = set(session.exec(select(Case.source).distinct()))

    expected = {EventKind.OPENED, EventKind.RECEIVED, EventKind.ANSWERED, EventKind.ESCALATED, EventKind.CLOSED}
    assert expected | {EventKind.ACKNOWLEDGED} <= kinds
    assert sources == {"email", "slack"}
    assert session.exec(select(func.count()).select_from(Escalation)).one() > 0


def test_something_is_left_to_do(session: Session) -> None:
    pending = select(func.count()).select_from(Escalation).where(col(Escalation.settled_at).is_(None))

    assert session.exec(pending).one() > 0


def test_it_happened_at_its_own_time(session: Session) -> None:
    stories = session.exec(select(Case).order_by(col(Case.created_at))).all()
    numbers = [int(case.case_id.removeprefix("CASE-")) for case in stories]

    assert numbers == sorted(numbers)
    assert (stories[-1].created_at - stories[0].created_at).days >= 5
    assert all(case.closed_at is None or case.closed_at > case.created_at for case in stories)


def test_only_the_fresh_cases_are_left_to_be_said(world: tuple[Sandbox, Database, int], session: Session) -> None:
    due = select(Delivery.case_id).where(col(Delivery.state) == DeliveryState.DUE).distinct()
    waiting = set(session.exec(due))
    open_ones = set(session.exec(select(Case.case_id).where(Case.status == Status.OPEN)))

    assert open_ones <= waiting
    assert len(waiting) == max(FRESH_CARDS, len(open_ones))


def test_what_was_said_in_slack_stands_in_the_sandbox(world: tuple[Sandbox, Database, int], session: Session) -> None:
    said = select(Message).where(Message.source == "slack").order_by(col(Message.timestamp))
    [first, *_] = session.exec(said).all()

    shown = world[0].workspace.message(first.place, first.external_id)

    assert first.body in shown["text"].replace("&amp;", "&")
    assert world[0].link.waiting == 0
    assert world[0].workspace.person(first.sender).is_extra


def test_the_same_number_tells_the_same_story() -> None:
    now = Sandbox().clock.now()

    def told(number: int) -> list[tuple[str, str, str, float]]:
        steps = draw(30, now, Random(number))
        return [(s.deed, s.episode.customer.address, s.episode.matter.subject, s.at.timestamp()) for s in steps]

    assert told(7) == told(7)
    assert told(7) != told(8)


def test_no_customer_has_two_cases_at_once() -> None:
    now = Sandbox().clock.now()
    closed: dict[str, bool] = {}

    for step in draw(200, now, Random(3)):
        address = step.episode.customer.address
        if step.deed is Deed.WRITE and step.episode.said == 0:
            assert closed.get(address, True)
            closed[address], step.episode.said = False, 1
        elif step.deed is Deed.CLOSE:
            closed[address] = True


def test_the_history_stays_where_it_was_put(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    with Sandbox() as sandbox:
        seed(sandbox, sandbox.environment() | {"DATABASE_URL": url}, 3)

    assert (tmp_path / "cases.db").stat().st_size > 0
