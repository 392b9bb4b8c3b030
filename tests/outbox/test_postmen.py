"""Several postmen on one database, and who is woken when something new is to be said."""

from functools import partial

from sqlmodel import Session

from bot.cases.announcements import notice
from bot.db import Database
from bot.outbox.models import DeliveryState
from bot.outbox.sending import Parcel, Posted
from bot.outbox.waking import wake_on_commit
from tests.cases.desk import ADA, MIA, START, Desk, together
from tests.outbox.round import Notebook, Round
from tests.services.process import wait_until


def carry_on(walk: Round, count: int) -> None:
    """Walk until everything is said, whoever says it."""

    def all_is_said() -> bool:
        walk.deliver_all()
        return walk.states() == [DeliveryState.SENT] * count

    wait_until(all_is_said, f"{count} deliveries")


def test_two_postmen_never_say_the_same_thing(database: Database) -> None:
    rounds = [Round(database, Notebook()) for _ in range(2)]
    ids = [rounds[0].store() for _ in range(30)]

    together(*(partial(carry_on, walk, 30) for walk in rounds))

    said = [parcel for walk in rounds for parcel in walk.sender.parcels]
    assert sorted(said) == [[delivery_id] for delivery_id in ids]


def test_two_postmen_keep_the_order_of_a_lane(database: Database) -> None:
    said: list[int] = []

    class Listening(Notebook):
        def send(self, parcel: Parcel) -> Posted | None:
            said.append(parcel.delivery.id or 0)
            return super().send(parcel)

    rounds = [Round(database, Listening()) for _ in range(2)]
    ids = [rounds[0].store(lane="a", kind=f"kind {number}") for number in range(12)]

    together(*(partial(carry_on, walk, 12) for walk in rounds))

    assert said == ids


def test_a_stored_delivery_wakes_once_its_transaction_is_committed(desk: Desk) -> None:
    woken: list[int] = []
    wake_on_commit(desk.database.writers, lambda: woken.append(len(desk.deliveries())))

    desk.says(ADA, "urgent")

    assert woken == [4]


def test_a_rollback_wakes_nobody(desk: Desk) -> None:
    woken: list[str] = []
    wake_on_commit(desk.database.writers, lambda: woken.append("awake"))
    session = desk.database.writers()

    with session:
        session.add(notice("test", {}, START))
        session.flush()
        session.rollback()

    assert woken == []


def test_a_commit_without_a_delivery_wakes_nobody(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="1")
    woken: list[str] = []
    wake_on_commit(desk.database.writers, lambda: woken.append("awake"))

    desk.says(ADA, "Help", external_id="1")
    desk.queries.sheet_for("CASE-1", MIA)

    assert woken == []


def test_a_savepoints_release_wakes_nobody_before_the_commit(desk: Desk) -> None:
    woken: list[str] = []
    wake_on_commit(desk.database.writers, lambda: woken.append("awake"))

    with desk.database.writers.begin() as session:
        _store_in_a_savepoint(session)
        assert woken == []

    assert woken == ["awake"]


def _store_in_a_savepoint(session: Session) -> None:
    with session.begin_nested():
        session.add(notice("test", {}, START))
