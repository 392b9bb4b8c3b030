"""What is kept for searching follows what is said, reworded, deleted, closed and erased."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import delete, select, update

from bot.cases.inbound import Author
from bot.cases.models import Case, CaseEvent, Message
from bot.cases.search_entries import SearchEntry
from bot.cases.search_index import ROOM, refresh
from tests.cases.desk import ADA, BEN, CARA, MIA, START, Desk
from tests.cases.finding import found
from tests.services.standing import opened


def test_an_answer_that_was_stopped_stays_hidden_from_the_customer(desk: Desk) -> None:
    desk.says(ADA, "The printer smokes")
    number = desk.replies.reply("CASE-1", "Throw it away", MIA)
    assert (found(desk, "throw"), found(desk, "throw", ADA)) == (["CASE-1"], [])

    desk.replies.stop(number, MIA)

    assert (found(desk, "throw"), found(desk, "throw", ADA)) == (["CASE-1"], [])


def test_old_wordings_and_deleted_words_are_found_no_more(desk: Desk) -> None:
    desk.says(ADA, "my password is hunter2", external_id="m1")
    desk.says(ADA, "and the printer smokes", external_id="m2")

    desk.edits(ADA, "m1", "my password is secret")
    assert (found(desk, "hunter2"), found(desk, "secret")) == ([], ["CASE-1"])

    desk.edits(ADA, "m1", None)
    assert (found(desk, "password"), found(desk, "printer")) == ([], ["CASE-1"])

    desk.edits(ADA, "m2", None)
    assert found(desk, "ada") == []


def test_closing_and_renaming_are_followed(desk: Desk) -> None:
    desk.says(Author("U_ADA", "U_ADA"), "hello")
    desk.service.rename_customer("U_ADA", "Ada Lovelace")
    assert found(desk, "lovelace hello") == ["CASE-1"]

    desk.service.close("CASE-1", MIA)
    assert found(desk, "lovelace") == ["CASE-1"]

    desk.service.reopen("CASE-1", MIA)
    assert found(desk, "lovelace") == ["CASE-1"]
    assert [entry.is_open for entry in desk.rows(SearchEntry)] == [True]


def test_a_long_case_gets_further_entries_and_is_still_one_hit(desk: Desk) -> None:
    for part in range(4):
        words = " ".join(f"w{part}x{number}" for number in range(ROOM // 2))
        desk.says(ADA, f"printer {words}", external_id=f"m{part}")

    assert len(desk.rows(SearchEntry)) == 4
    assert found(desk, "printer") == ["CASE-1"]
    assert found(desk, "w0x7 printer") == ["CASE-1"]
    assert found(desk, "w0x7 w3x7") == []

    desk.edits(ADA, "m0", None)
    assert (found(desk, "w0x7"), found(desk, "w1x7")) == ([], ["CASE-1"])


@pytest.mark.parametrize("erased", ["message", "words", "case"])
def test_what_is_erased_by_statement_leaves_with_refresh_or_its_case(desk: Desk, erased: str) -> None:
    desk.says(ADA, "my password is hunter2")
    statements: dict[str, Callable[[], object]] = {
        "message": lambda: session.execute(delete(Message)),
        "words": lambda: session.execute(update(Message).values(body="erased")),
        "case": lambda: [session.execute(delete(table)) for table in (Message, Case)],
    }
    with desk.database.writers.begin() as session:
        session.execute(delete(CaseEvent))
        statements[erased]()
        refresh(session, "CASE-1")

    assert found(desk, "hunter2") == []
    with desk.database.readers.begin() as session:
        assert "hunter2" not in str(session.exec(select(SearchEntry)).all())


def test_rows_that_come_in_one_flush_are_followed(desk: Desk) -> None:
    case = Case(
        case_id="CASE-1",
        customer_identifier="U_ADA",
        customer_name="U_ADA",
        source="slack",
        created_at=START,
        last_message_at=START,
    )
    with desk.database.writers.begin() as session:
        session.add_all([case, said(1, "first words"), said(2, "hunter2")])
    with desk.database.writers.begin() as session:
        case = session.get_one(Case, "CASE-1")
        case.customer_name = "Lovelace"
        case.status = "closed"
        session.get_one(Message, 1).body = "other words"
        session.delete(session.get_one(Message, 2))
        session.add_all([said(3, "third words"), said(4, " ".join(f"w{number}" for number in range(ROOM + 1)))])

    assert [found(desk, typed) for typed in ("first", "hunter2")] == [[], []]
    for typed in ("other third", "lovelace third", f"w{ROOM}"):
        assert found(desk, typed) == ["CASE-1"]
    assert {entry.is_open for entry in desk.rows(SearchEntry)} == {False}


def said(number: int, body: str) -> Message:
    return Message(
        id=number,
        case_id="CASE-1",
        sender="U_ADA",
        sender_name="Ada",
        is_admin=False,
        body=body,
        timestamp=START,
        source="slack",
        place="C",
        external_id=str(number),
    )


def test_the_entries_hold_what_the_messages_say(desk: Desk) -> None:
    """However the entries came about, writing them anew changes nothing."""
    desk.says(ADA, "The printer smokes")
    desk.says(CARA, "Where is it?", subject="Invoice INV-2024-001")
    desk.service.close("CASE-2", MIA)
    desk.in_card_thread(MIA, "a note", "CASE-1")
    desk.says(ADA, "more words", external_id="m9")
    desk.edits(ADA, "m9", "other words")
    before = entries(desk)

    with desk.database.writers.begin() as session:
        for case_id in session.exec(select(Case.case_id)).all():
            refresh(session, case_id)

    assert entries(desk) == before


def entries(desk: Desk) -> list[tuple[object, ...]]:
    return sorted(
        (each.id, each.case_id, each.is_open, each.internal, sorted(each.words)) for each in desk.rows(SearchEntry)
    )


def test_sqlites_indexes_hold_each_case_where_it_stands(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'cases.db'}") as database:
        desk = Desk(database)
        for author in (ADA, BEN):
            desk.says(author, "hello")
        desk.service.close("CASE-2", MIA)
        desk.says(ADA, "once more")

        assert (rows_of(desk, "search_open"), rows_of(desk, "search_closed")) == ([3], [2])


def rows_of(desk: Desk, index: str) -> list[int]:
    with desk.database.writers.begin() as session:
        connection = session.connection()
        connection.execute(text(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')"))
        return list(connection.execute(text(f"SELECT rowid FROM {index} WHERE {index} MATCH 'hello'")).scalars())
