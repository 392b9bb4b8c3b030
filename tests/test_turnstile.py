"""Writers of one process go one at a time, in the order in which they came."""

import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from bot.db import Database
from bot.turnstile import Turnstile
from tests.cases.desk import together
from tests.services.process import wait_until

WRITERS, WRITES = 12, 10


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turnstile, passed = Turnstile(), list[int]()
    turnstile.enter(1)
    threads = [threading.Thread(target=_pass, args=(turnstile, number, passed)) for number in range(5)]
    for count, thread in enumerate(threads, start=1):
        thread.start()
        wait_until(_waiting(turnstile, count), "the next one in the queue")
    turnstile.leave()
    for thread in threads:
        thread.join()

    assert passed == [0, 1, 2, 3, 4]


def test_who_waits_too_long_goes_away_and_holds_up_nobody() -> None:
    turnstile = Turnstile()
    turnstile.enter(1)

    assert not turnstile.enter(0.01)
    assert turnstile.waiting == 0
    turnstile.leave()

    assert turnstile.enter(0.01)


def test_a_turn_ends_with_its_transaction_however_that_ends(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cases.db'}")
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE counted (number integer)"))
        connection.execute(text("INSERT INTO counted VALUES (0)"))

    together(*(lambda: _count(database) for _ in range(WRITERS)))

    with database.readers.begin() as session:
        assert session.connection().execute(text("SELECT number FROM counted")).scalar_one() == WRITERS * WRITES
    database.close()


def _count(database: Database) -> None:
    for _ in range(WRITES):
        with database.writers.begin() as session:
            session.connection().execute(text("UPDATE counted SET number = number + 1"))
        with database.writers() as session:
            session.connection().execute(text("UPDATE counted SET number = number + 1"))
            session.rollback()


def _pass(turnstile: Turnstile, number: int, passed: list[int]) -> None:
    assert turnstile.enter(10)
    passed.append(number)
    turnstile.leave()


def _waiting(turnstile: Turnstile, count: int) -> Callable[[], bool]:
    return lambda: turnstile.waiting == count
