"""Appointments: kept exactly once at their time, whoever keeps them, and tried again when they fail."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.agenda import Agenda, Appointment, appoint, cancel
from tests.cases.desk import START, Desk, together
from tests.cases.desk import desk as desk


class Diary:
    """Acts that note what they were done to; a few of them fail at first."""

    def __init__(self, desk: Desk, failures: int = 0) -> None:
        self.done: list[str] = []
        self.failures = failures
        self.desk = desk

    def act(self, session: Session, subject: str, now: datetime) -> None:
        appoint(session, "later", subject, now + timedelta(days=1), now)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the act met something")
        self.done.append(subject)

    def agenda(self) -> Agenda:
        return Agenda(self.desk.database, self.desk.clock, {"ring": self.act})


def make(desk: Desk, subject: str, hours: float, kind: str = "ring") -> None:
    with desk.database.writers.begin() as session:
        appoint(session, kind, subject, START + timedelta(hours=hours), desk.clock.now())


def test_what_is_due_is_done_once_in_the_order_of_its_time(desk: Desk) -> None:
    diary = Diary(desk)
    for subject, hours in (("second", 2.0), ("first", 1.0), ("third", 9.0)):
        make(desk, subject, hours)
    desk.passes(hours=3)

    assert [diary.agenda().keep_due(), diary.agenda().keep_due()] == [2, 0]
    assert diary.done == ["first", "second"]


def test_an_appointment_made_again_is_moved(desk: Desk) -> None:
    make(desk, "one", 1)
    make(desk, "one", 5)

    [appointment] = desk.rows(Appointment)
    assert appointment.due_at == START + timedelta(hours=5)


def test_a_cancelled_one_is_not_kept(desk: Desk) -> None:
    diary = Diary(desk)
    make(desk, "one", 1)
    with desk.database.writers.begin() as session:
        cancel(session, "ring", "one", desk.clock.now())
    desk.passes(hours=2)

    assert (diary.agenda().keep_due(), diary.done) == (0, [])


def test_an_act_that_fails_leaves_nothing_behind_and_is_tried_again(desk: Desk) -> None:
    diary = Diary(desk, failures=1)
    make(desk, "one", 1)
    desk.passes(hours=2)

    assert diary.agenda().keep_due() == 0
    [waiting] = desk.rows(Appointment)
    assert (waiting.attempts, waiting.error) == (1, "RuntimeError: the act met something")

    desk.passes(seconds=30)
    assert (diary.agenda().keep_due(), diary.done) == (1, ["one"])


def test_one_that_fails_does_not_hold_up_the_others(desk: Desk) -> None:
    diary = Diary(desk, failures=1)
    make(desk, "bad", 1)
    make(desk, "good", 1.5)
    desk.passes(hours=2)

    diary.agenda().keep_due()

    assert diary.done == ["good"]


def test_two_processes_keep_one_agenda(desk: Desk) -> None:
    diary = Diary(desk)
    for number in range(12):
        make(desk, str(number), 1)
    desk.passes(hours=2)

    together(*[lambda: diary.agenda().keep_due()] * 3)
    diary.agenda().keep_due()

    assert sorted(diary.done, key=int) == [str(number) for number in range(12)]
