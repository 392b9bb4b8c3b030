"""Cases are found by their words, by everybody what is his to see, in the same way on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from bot.cases.inbound import Author
from bot.cases.models import Case
from bot.cases.search import Page
from bot.cases.search_entries import SearchEntry
from tests.cases.desk import ADA, BEN, CARA, MIA, NOA, START, Desk
from tests.cases.finding import found
from tests.cases.plans import plans_of


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


def test_more_cases_named_than_fill_a_page_stand_on_the_first_all_the_same(desk: Desk) -> None:
    for number in range(1, 16):
        desk.says(Author(f"U_{number}", f"Nr. {number}"), "as in 1, 2 and 3")
    typed = " ".join(f"CASE-{number}" for number in range(1, 13))

    first = desk.queries.search(typed, MIA, limit=10)
    few = desk.queries.search("#1 #2 #3", MIA, limit=2)
    rest = desk.queries.search("#1 #2 #3", MIA, limit=20, after=few.after)

    assert {hit.case.case_id for hit in first.hits} == {f"CASE-{number}" for number in range(1, 13)}
    assert first.after == ""
    assert {hit.case.case_id for hit in few.hits} == {"CASE-1", "CASE-2", "CASE-3"}
    assert [hit.case.case_id for hit in rest.hits] == [f"CASE-{number}" for number in range(15, 3, -1)]


@pytest.mark.parametrize("after", ["", "open", "closed:x", "open:99999999999999999999", "'; DROP"])
def test_a_strange_place_is_the_beginning(busy: Desk, after: str) -> None:
    assert [hit.case.case_id for hit in busy.queries.search("printer", MIA, after=after).hits] == ["CASE-1", "CASE-2"]


def test_a_word_deep_behind_many_others_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read_only_the_newest(monkeypatch)
    for number in range(8):
        desk.says(Author(f"c{number}@customer.example", "C"), "jam" if number in (0, 1) else "paper")
        if number in (1, 3, 5):
            desk.service.close(f"CASE-{number + 1}", MIA)

    assert found(desk, "jam") == ["CASE-1", "CASE-2"]
    assert found(desk, "paper") == ["CASE-8", "CASE-7", "CASE-5", "CASE-3", "CASE-6", "CASE-4"]


@pytest.mark.parametrize("named", [2, 32])
def test_a_beginning_is_met_by_few_words_and_by_many(desk: Desk, monkeypatch: pytest.MonkeyPatch, named: int) -> None:
    read_only_the_newest(monkeypatch)
    monkeypatch.setattr("bot.cases.search_words.MOST_NAMED", named)
    for number, word in enumerate(["printer", "printers", "paper", "printing", "printing", "jam"]):
        desk.says(Author(f"c{number}@customer.example", "C"), word)

    assert found(desk, "print") == ["CASE-5", "CASE-4", "CASE-2", "CASE-1"]
    assert found(desk, "printers") == ["CASE-2"]
    assert found(desk, "printo") == []


def test_a_case_with_many_entries_hides_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read_only_the_newest(monkeypatch)
    monkeypatch.setattr("bot.cases.search_index.ROOM", 1)
    for author in (BEN, CARA, *[ADA] * 12):
        desk.says(author, "paper jam")
    desk.says(NOA_CUSTOMER, "ink")

    page = desk.queries.search("paper jam", MIA, limit=2)

    assert [hit.case.case_id for hit in page.hits] == ["CASE-3", "CASE-2"]
    assert [hit.case.case_id for hit in desk.queries.search("jam", MIA, after=page.after).hits] == ["CASE-1"]


def read_only_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    for many in ("READ_FIRST", "READ_FIRST_SCATTERED"):
        monkeypatch.setattr(f"bot.cases.search_words.{many}", 1)


def test_messages_come_newest_first_in_a_hit(desk: Desk) -> None:
    desk.says(ADA, "the printer smokes", at=START)
    now = desk.passes(hours=1)
    desk.says(ADA, "the printer burns", at=now)
    desk.says(NOA, "which one?")

    [hit] = desk.queries.search("printer", MIA).hits

    assert (hit.at, [piece.text for piece in hit.excerpt if piece.marked]) == (now, ["printer"])


def test_the_index_of_words_is_asked_and_no_table_is_read_through(busy: Desk) -> None:
    many(busy, 3_000)

    plans = plans_of(busy.database, lambda: [busy.queries.search("smokes inv", viewer) for viewer in (MIA, ADA)], "s")

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
