"""Cases are found by their words, by everybody what is his to see, in the same way on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlmodel import delete, select, update

from bot.cases.inbound import Author
from bot.cases.models import Case, CaseEvent, Message
from bot.cases.search import Page
from bot.cases.search_index import ROOM, SearchEntry, refresh
from tests.cases.desk import ADA, BEN, CARA, MIA, NOA, START, Desk, opened
from tests.cases.plans import plans_of


def found(desk: Desk, typed: str, viewer: Author = MIA) -> list[str]:
    return [hit.case.case_id for hit in desk.queries.search(typed, viewer, limit=50).hits]


def shown(page: Page) -> list[str]:
    return ["".join(f"[{piece.text}]" if piece.marked else piece.text for piece in hit.excerpt) for hit in page.hits]


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Ada with a printer, Ben with one in a closed case, Cara by mail with an invoice."""
    desk.says(ADA, "The printer in the Café smokes")
    desk.says(BEN, "My printers are fine")
    desk.service.close("CASE-2", MIA)
    desk.says(CARA, "Where is it?", subject="Invoice INV-2024-001")
    return desk


FOUND = {
    "printer": ["CASE-1", "CASE-2"],
    "PRINT": ["CASE-1", "CASE-2"],
    "cafe smokes": ["CASE-1"],
    "printer ada": ["CASE-1"],
    "rinter": [],
    "invoice": ["CASE-3"],
    "inv-2024": ["CASE-3"],
    "cara@customer.example": ["CASE-3"],
    "cara@cust": ["CASE-3"],
    "customer.example": ["CASE-3"],
    "u_ada": ["CASE-1"],
    "CASE-2": ["CASE-2"],
    "#3 where": ["CASE-3"],
    "3": ["CASE-3"],
    "CASE-99": [],
    "printer unheard": [],
}


def test_an_admin_finds_cases_by_words_names_addresses_and_numbers(busy: Desk) -> None:
    assert {typed: found(busy, typed) for typed in FOUND} == FOUND


def test_open_cases_come_first_then_those_with_the_newest_words(desk: Desk) -> None:
    for author in (ADA, BEN, CARA, NOA_CUSTOMER):
        desk.says(author, "paper jam")
    desk.service.close("CASE-2", MIA)
    desk.service.close("CASE-4", MIA)
    desk.says(ADA, "still no word")

    assert found(desk, "paper") == ["CASE-1", "CASE-3", "CASE-4", "CASE-2"]


NOA_CUSTOMER = Author("noa@customer.example", "Noa C")


@pytest.mark.parametrize("typed", ["東京", "京", "東京都の"])
def test_scripts_without_spaces_are_found_by_any_run_of_characters(desk: Desk, typed: str) -> None:
    desk.says(ADA, "東京都のプリンターが動きません")

    page = desk.queries.search(typed, MIA)

    assert shown(page) == [
        f"{'東京都の'.partition(typed)[0]}[{typed}]{'東京都のプリンターが動きません'.partition(typed)[2]}"
    ]


def test_a_customer_finds_only_his_own_cases_and_no_notes(busy: Desk) -> None:
    busy.in_card_thread(MIA, "Ada never pays, printer or not", "CASE-1")

    assert found(busy, "printer", ADA) == ["CASE-1"]
    assert shown(busy.queries.search("printer", ADA)) == ["The [printer] in the Café smokes"]
    assert found(busy, "pays", ADA) == []
    assert found(busy, "CASE-2", ADA) == []
    assert found(busy, "invoice", ADA) == []
    assert found(busy, "pays") == ["CASE-1"]
    assert [hit.internal for hit in busy.queries.search("pays", MIA).hits] == [True]


def test_a_customer_turns_the_pages_of_his_own_cases(desk: Desk) -> None:
    for number in range(1, 5):
        desk.says(ADA, f"paper {number}")
        desk.says(BEN, "paper of Ben")
        desk.service.close(f"CASE-{2 * number - 1}", MIA)
        desk.service.close(f"CASE-{2 * number}", MIA)
    desk.says(ADA, "paper now")

    first = desk.queries.search("paper", ADA, limit=2)
    second = desk.queries.search("paper", ADA, limit=9, after=first.after)

    assert [hit.case.case_id for hit in (*first.hits, *second.hits)] == [
        "CASE-9",
        "CASE-7",
        "CASE-5",
        "CASE-3",
        "CASE-1",
    ]


def test_an_answer_that_was_stopped_stays_hidden_from_the_customer(busy: Desk) -> None:
    number = busy.replies.reply("CASE-1", "Throw it away", MIA)
    assert (found(busy, "throw"), found(busy, "throw", ADA)) == (["CASE-1"], [])

    busy.replies.stop(number, MIA)

    assert (found(busy, "throw"), found(busy, "throw", ADA)) == (["CASE-1"], [])


ODD = (
    "", "   ", "\U0001f525", "''", '"', "*", "(", "printer (", "a:b", "AND", "printer AND", "NOT", "NEAR(a b, 2)", "^a",
    "-a", "{x}:", "a & | ! <-> b",
    "\\", "%_", "\x00", "a" * 10_000, "word " * 2_000, "#", "#999999999999", "@", "a@", "a@b",
)  # fmt: skip


def test_nothing_that_is_typed_is_an_error(busy: Desk) -> None:
    for typed in ODD:
        for viewer in (MIA, ADA):
            assert set(found(busy, typed, viewer)) <= {"CASE-1", "CASE-2", "CASE-3"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_at_all_is_an_error(busy: Desk, typed: str) -> None:
    assert set(found(busy, typed)) <= {"CASE-1", "CASE-2", "CASE-3"}


def test_pages_follow_each_other_without_a_case_twice(desk: Desk) -> None:
    for number in range(7):
        desk.says(Author(f"c{number}@customer.example", "C"), f"paper {number}")
        if number % 2:
            desk.service.close(f"CASE-{number + 1}", MIA)
    desk.in_card_thread(MIA, "paper again", "CASE-3")

    first = desk.queries.search("paper", MIA, limit=3)
    desk.says(Author("late@customer.example", "L"), "paper too")
    second = desk.queries.search("paper", MIA, limit=3, after=first.after)
    third = desk.queries.search("paper", MIA, limit=3, after=second.after)

    seen = [hit.case.case_id for page in (first, second, third) for hit in page.hits]
    assert seen == ["CASE-3", "CASE-7", "CASE-5", "CASE-1", "CASE-6", "CASE-4", "CASE-2"]
    assert third.after == ""


def test_a_named_case_leads_and_does_not_come_again(desk: Desk) -> None:
    for author in (ADA, BEN, CARA):
        desk.says(author, "see case 1 about paper")

    first = desk.queries.search("case 1", MIA, limit=1)
    second = desk.queries.search("case 1", MIA, limit=5, after=first.after)

    assert [hit.case.case_id for hit in first.hits] == ["CASE-1"]
    assert [hit.case.case_id for hit in second.hits] == ["CASE-3", "CASE-2"]


@pytest.mark.parametrize("after", ["", "open", "closed:x", "open:99999999999999999999", "'; DROP"])
def test_a_strange_place_is_the_beginning(busy: Desk, after: str) -> None:
    assert [hit.case.case_id for hit in busy.queries.search("printer", MIA, after=after).hits] == ["CASE-1", "CASE-2"]


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


def test_a_word_deep_behind_many_others_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cases.search_words.READ_FIRST", 2)
    for number in range(8):
        desk.says(Author(f"c{number}@customer.example", "C"), "jam" if number in (0, 1) else "paper")
        if number in (1, 3, 5):
            desk.service.close(f"CASE-{number + 1}", MIA)

    assert found(desk, "jam") == ["CASE-1", "CASE-2"]
    assert found(desk, "paper") == ["CASE-8", "CASE-7", "CASE-5", "CASE-3", "CASE-6", "CASE-4"]


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


def test_messages_come_newest_first_in_a_hit(desk: Desk) -> None:
    desk.says(ADA, "the printer smokes", at=START)
    now = desk.passes(hours=1)
    desk.says(ADA, "the printer burns", at=now)
    desk.says(NOA, "which one?")

    [hit] = desk.queries.search("printer", MIA).hits

    assert (hit.at, [piece.text for piece in hit.excerpt if piece.marked]) == (now, ["printer"])


def test_the_index_of_words_is_asked_and_no_table_is_read_through(busy: Desk) -> None:
    many(busy, 3_000)

    plans = plans_of(busy.database, lambda: busy.queries.search("smokes inv", MIA), "s")

    indexes = ("VIRTUAL TABLE INDEX",) if busy.database.is_sqlite else ("ix_search_entries_open_words",)
    assert all(any(index in plan for plan in plans) for index in indexes)
    assert [plan for plan in plans if "SCAN search_entries" in plan or "Seq Scan" in plan] == []


def many(desk: Desk, cases: int) -> None:
    """So many closed and open cases that it matters how they are looked through."""
    names = [(f"CASE-{number}", f"c{number}@customer.example") for number in range(100, 100 + cases)]
    columns = {"created_at": START, "last_message_at": START, "customer_name": "C", "source": "email"}
    with desk.database.writers.begin() as session:
        connection = session.connection()
        connection.execute(
            insert(Case), [{"case_id": name, "customer_identifier": who, **columns} for name, who in names]
        )
        connection.execute(
            insert(SearchEntry),
            [
                {"id": number, "case_id": name, "is_open": True, "internal": False, "words": {"hello", f"w{number}"}}
                for number, (name, _) in enumerate(names, start=100)
            ],
        )
        connection.execute(text("ANALYZE"))


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


def test_the_entries_hold_what_the_messages_say(busy: Desk) -> None:
    """However the entries came about, writing them anew changes nothing."""
    busy.in_card_thread(MIA, "a note", "CASE-1")
    busy.says(ADA, "more words", external_id="m9")
    busy.edits(ADA, "m9", "other words")
    before = entries(busy)

    with busy.database.writers.begin() as session:
        for case_id in session.exec(select(Case.case_id)).all():
            refresh(session, case_id)

    assert entries(busy) == before


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
