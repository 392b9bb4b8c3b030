"""Processes that share a database: what one of them was sent and never took in is read by the others."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot import cursors
from bot.cursors import Cursor
from bot.db import Database
from bot.slack.siblings import FAMILY, STILL_SECONDS, Siblings
from tests.cases.desk import START
from tests.outbox.round import Stopwatch
from tests.slack.outage import Outage, outage

pytestmark = pytest.mark.one_database


class Family:
    """Two processes on one database, and the time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stopwatch = Stopwatch()
        self.now = START
        self.ours, self.theirs = (Siblings(alone=False, monotonic=self.stopwatch) for _ in range(2))

    def passes(self, seconds: float) -> None:
        self.stopwatch.seconds += seconds
        self.now += timedelta(seconds=seconds)

    def hears(self, who: Siblings, ts: str) -> None:
        with self.database.writers.begin() as session:
            who.note(session, ts, self.now)

    def still(self) -> list[str]:
        with self.database.readers.begin() as session:
            return list(self.ours.standing_still(session))

    def heard_by_all(self) -> str:
        with self.database.readers.begin() as session:
            return self.ours.heard_by_all(session, "500.000000")


@pytest.fixture
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('siblings') / 'cases.db'}")
    Cursor.metadata.tables["cursors"].create(database.engine)
    yield Family(database)
    database.close()


def test_reading_begins_where_the_last_of_all_stood(family: Family) -> None:
    assert family.heard_by_all() == "500.000000"
    family.hears(family.theirs, "400.000000")
    family.hears(family.ours, "450.000000")

    assert family.heard_by_all() == "400.000000"


def test_one_that_lives_never_stands_still_even_where_nothing_is_said(family: Family) -> None:
    family.hears(family.theirs, "400.000000")
    for _ in range(10):
        assert family.still() == []
        family.passes(STILL_SECONDS / 3)
        with family.database.writers.begin() as session:
            family.theirs.breathe(session, family.now)

    assert family.heard_by_all() == "400.000000"


def test_one_that_died_stands_still_after_a_minute_and_is_buried(family: Family) -> None:
    family.hears(family.theirs, "400.000000")
    assert family.still() == []
    family.passes(STILL_SECONDS + 1)

    assert family.still() == [family.theirs.name]
    with family.database.writers.begin() as session:
        family.ours.bury(session)
    assert (family.still(), family.heard_by_all()) == ([], "500.000000")


def test_one_that_went_in_order_leaves_nothing_behind(family: Family) -> None:
    family.hears(family.theirs, "400.000000")
    with family.database.writers.begin() as session:
        family.theirs.leave(session)

    family.passes(STILL_SECONDS + 1)
    assert (family.still(), family.heard_by_all()) == ([], "500.000000")


def test_what_its_own_gap_began_with_is_remembered_by_one_that_was_buried_alive(family: Family) -> None:
    family.hears(family.ours, "300.000000")
    other = Siblings(alone=True)
    with family.database.writers.begin() as session:
        other.bury(session)

    assert family.heard_by_all() == "300.000000"


@pytest.fixture
def world(database_url: str) -> Iterator[Outage]:
    with outage(database_url) as world:
        world.up()
        yield world


def test_what_slack_sent_to_a_process_that_died_is_read_by_another(
    world: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said long before the survivor's own mark, who heard all the while: no gap of his would read it."""
    began = world.sandbox.clock.now()
    world.sandbox.clock.advance(timedelta(minutes=30))
    world.workspace.recall("carla", world.workspace.dm("carla"), "Nobody heard this", at=began + timedelta(minutes=10))
    world.writes("cosmo", "This was heard")
    world.until(lambda: world.bodies() == ["This was heard"], "the message")
    with world.database.writers.begin() as session:
        died_at = began + timedelta(minutes=8)
        cursors.move(session, f"{FAMILY}:dead", f"{died_at.timestamp():.6f}", died_at)

    monkeypatch.setattr("bot.slack.siblings.STILL_SECONDS", -1.0)
    monkeypatch.setattr("bot.slack.catchup.MARK_SECONDS", 0.0)
    world.running.catching_up.nudge()

    world.until(lambda: "Nobody heard this" in world.bodies(), "the message of the dead process")
    world.is_whole()
    assert f"{FAMILY}:dead" not in {row.name for row in world.rows(Cursor)}


def test_a_stop_in_order_leaves_no_row(world: Outage) -> None:
    assert any(row.name.startswith(FAMILY) for row in world.rows(Cursor))

    world.down()

    assert not any(row.name.startswith(FAMILY) for row in world.rows(Cursor))
