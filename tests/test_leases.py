"""Leases: one process at a time plays a role, and another one soon after it died."""

from collections.abc import Iterator

import pytest

from bot.db import Database
from bot.leases import Leases, Role
from tests.services.postgresql import Postgres
from tests.services.process import wait_until

LONG, SHORT = 600.0, 1.0


class Process:
    """What one process knows of the mailbox."""

    def __init__(self, database: Database, term_seconds: float = LONG) -> None:
        self.role = Role("mailbox")
        self.begun = 0
        self.role.begin = self._begin
        self.leases = Leases(database, [self.role], term_seconds)

    def asks(self) -> bool:
        self.leases.keep()
        return self.role.is_ours

    def _begin(self) -> None:
        self.begun += 1


@pytest.fixture
def ours(database: Database) -> Process:
    return Process(database)


@pytest.fixture
def theirs(database: Database) -> Process:
    return Process(database)


def test_who_comes_first_plays_it_and_keeps_it(ours: Process, theirs: Process) -> None:
    assert [ours.asks(), theirs.asks(), ours.asks(), theirs.asks()] == [True, False, True, False]
    assert (ours.begun, theirs.begun) == (1, 0)


def test_nobody_plays_it_before_anybody_asked(ours: Process) -> None:
    assert not ours.role.is_ours
    assert "no process has the mailbox" in ours.role.problem


def test_what_is_handed_over_is_taken_at_once(ours: Process, theirs: Process) -> None:
    ours.asks()
    ours.leases.hand_over()

    assert not ours.role.is_ours
    assert theirs.asks()


def test_a_holder_without_a_sign_of_life_is_replaced(database: Database, theirs: Process) -> None:
    dead = Process(database, SHORT)
    dead.asks()

    wait_until(theirs.asks, "the dead process's role")
    assert not dead.role.is_ours
    assert not dead.asks()


def test_a_holder_that_can_not_renew_stops_by_itself(database: Database) -> None:
    cut_off = Process(database, SHORT)
    cut_off.asks()

    wait_until(lambda: not cut_off.role.is_ours, "the end of its own term")
    assert "no process has the mailbox" in cut_off.role.problem


def test_the_others_know_how_the_holder_is_doing(ours: Process, theirs: Process) -> None:
    ours.asks()
    theirs.asks()
    assert theirs.role.problem == ""

    ours.role.report = lambda: "login refused"
    ours.asks()
    theirs.asks()

    assert ours.role.problem == "login refused"
    assert theirs.role.problem == "in another process: login refused"


def test_an_act_is_done_only_where_the_role_is_played(ours: Process, theirs: Process) -> None:
    done: list[str] = []
    ours.asks()
    theirs.asks()

    def work() -> int:
        done.append("work")
        return 1

    def rest() -> None:
        done.append("rest")

    assert [process.role.only_here(work, rest)() for process in (ours, theirs)] == [1, 0]
    assert done == ["work", "rest"]


def test_a_fresh_start_takes_back_what_a_dead_process_had(ours: Process, theirs: Process) -> None:
    ours.asks()
    theirs.leases.free_all()

    assert theirs.asks()


@pytest.fixture
def frozen(postgres: Postgres) -> Iterator[Database]:
    postgres.start()
    with postgres.database() as url:
        database = Database(url)
        yield database
        database.close()


def test_postgresql_gives_up_on_dead_lines_and_frozen_transactions(frozen: Database) -> None:
    wanted = {"idle_in_transaction_session_timeout": "1min", "tcp_keepalives_idle": "9", "lock_timeout": "2s"}
    with frozen.readers.begin() as session:
        connection = session.connection()
        found = {name: connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in wanted}
    assert found == wanted
