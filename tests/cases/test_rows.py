"""Rows that are written past the session's bookkeeping: nobody can tell them from the others."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from bot.cases.announcements import notice
from bot.cases.models import Case, CaseNumber, Message, Question
from bot.outbox.models import Delivery
from bot.rows import Row, after_commit_of, insert, insert_all, save, take_up
from tests.cases.desk import ADA, START, Desk


def case(number: int, customer: str = "ada@customer.example") -> Case:
    return Case(
        case_id=f"CASE-{number}",
        customer_identifier=customer,
        customer_name="Ada",
        source="email",
        created_at=START,
        last_message_at=START,
    )


def message(words: str, name: str) -> Message:
    return Message(
        case_id="CASE-1",
        sender=ADA.identity,
        sender_name=ADA.name,
        is_admin=False,
        body=words,
        timestamp=START,
        source="slack",
        place="C1",
        external_id=name,
    )


def _columns(table: str) -> list[str]:
    return [column.name for column in SQLModel.metadata.tables[table].columns]


def _goes_to(place: str, delivery: Delivery) -> bool:
    return delivery.place == place


def test_rows_get_their_numbers_and_stay_the_sessions(desk: Desk) -> None:
    with desk.database.writers.begin() as session:
        first, second = message("One", "1"), message("Two", "2")
        insert(session, case(1))
        insert(session, first, second)
        second.readers = ["bea@customer.example"]

    assert first.id is not None
    assert second.id == first.id + 1
    assert [(row.body, row.readers) for row in desk.messages()] == [("One", []), ("Two", ["bea@customer.example"])]


def test_only_what_was_changed_is_written(desk: Desk) -> None:
    with desk.database.writers.begin() as session:
        insert(session, case(1))
    with desk.database.writers.begin() as session:
        known = session.get_one(Case, "CASE-1")
        session.connection().execute(update(Case).values(subject="Written by somebody else"))
        known.message_count = 5
        save(session, known)
        assert list(session.dirty) == []

    assert (desk.case().message_count, desk.case().subject) == (5, "Written by somebody else")


def test_a_row_that_is_read_again_is_the_same_row_as_it_is_now(desk: Desk) -> None:
    with desk.database.writers.begin() as session:
        insert(session, case(1))
        known = session.get_one(Case, "CASE-1")
        values = known.model_dump() | {"message_count": 7}

        read = take_up(session, Case, [values[name] for name in _columns("cases")])

    assert read is known
    assert known.message_count == 7


def test_a_refused_row_is_refused_as_by_the_session_and_without_its_values(desk: Desk) -> None:
    second = case(2)
    second.subject = "What nobody else should read"

    with pytest.raises(IntegrityError) as refused, desk.database.writers.begin() as session:
        insert(session, case(1), second)

    assert "nobody else" not in str(refused.value)
    assert desk.rows(Case) == []


def test_who_listens_hears_of_his_rows_after_the_commit(desk: Desk) -> None:
    heard: list[str] = []
    after_commit_of(
        desk.database.writers, Delivery, lambda: heard.append("support"), lambda row: row.place == "support"
    )
    after_commit_of(
        desk.database.writers, Delivery, lambda: heard.append("logging"), lambda row: row.place == "logging"
    )
    after_commit_of(desk.database.writers, Question, lambda: heard.append("question"))

    with desk.database.writers.begin() as session:
        insert_all(session, [notice("test", {}, START)])
        assert heard == []

    assert heard == ["support"]


def test_nobody_hears_of_what_was_taken_back(desk: Desk) -> None:
    heard: list[str] = []
    after_commit_of(desk.database.writers, Delivery, lambda: heard.append("support"))

    with desk.database.writers() as session:
        insert_all(session, [notice("test", {}, START)])
        session.rollback()

    assert heard == []
    assert desk.deliveries() == []


def test_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="Case has no shoe_size"):
        _made(Case, shoe_size=42)


def _made(model: type[Row], **values: object) -> Row:
    return model(**values)


def test_the_first_number_is_one_whoever_asks(desk: Desk) -> None:
    desk.says(ADA, "Help")

    with desk.database.readers.begin() as session:
        assert session.exec(select(CaseNumber.last)).one() == 1
