"""Questions about cases: the board's figures, and nobody sees what is not his."""

import pytest

from bot.cases.errors import NoSuchCase
from bot.cases.queries import Filter
from tests.cases.desk import ADA, BEN, CARA, MIA, START, Desk


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Ada urgent and pending, Ben urgent and acknowledged, Cara quiet, and Ada's first case closed."""
    desk.says(ADA, "first")
    desk.service.close("CASE-1", MIA)
    for author, text in ((ADA, "urgent"), (BEN, "critical"), (CARA, "Help")):
        desk.passes(minutes=1)
        desk.says(author, text)
    desk.service.acknowledge("CASE-3", MIA)
    return desk


def test_the_board_counts_and_shows_the_longest_waiting_first(busy: Desk) -> None:
    board = busy.queries.board(limit=2)

    assert (board.open, board.escalated, board.unacknowledged, board.more) == (3, 2, 1, 1)
    assert [sheet.case.case_id for sheet in board.cases] == ["CASE-2", "CASE-3"]
    assert [sheet.pending for sheet in board.cases] == [True, False]


@pytest.mark.parametrize(("which", "shown"), [(Filter.ESCALATED, ["CASE-2", "CASE-3"]), (Filter.CLOSED, ["CASE-1"])])
def test_a_list_shows_only_what_was_asked_for(busy: Desk, which: Filter, shown: list[str]) -> None:
    board = busy.queries.board(limit=10, which=which)

    assert [sheet.case.case_id for sheet in board.cases] == shown
    assert board.more == 0


def test_an_empty_desk_has_an_empty_board(desk: Desk) -> None:
    board = desk.queries.board(limit=10)

    assert (board.open, board.escalated, board.unacknowledged, board.more, list(board.cases)) == (0, 0, 0, 0, [])


def test_a_customer_sees_his_own_cases_newest_first(busy: Desk) -> None:
    assert [sheet.case.case_id for sheet in busy.queries.of_customer(ADA.identity)] == ["CASE-2", "CASE-1"]
    assert busy.queries.sheet_for("CASE-2", ADA).case.case_id == "CASE-2"


def test_anothers_case_looks_as_if_it_did_not_exist(busy: Desk) -> None:
    with pytest.raises(NoSuchCase) as hidden:
        busy.queries.sheet_for("CASE-2", BEN)
    with pytest.raises(NoSuchCase) as missing:
        busy.queries.sheet_for("CASE-9", BEN)

    assert str(hidden.value).replace("CASE-2", "CASE-9") == str(missing.value)


def test_an_admin_sees_every_case(busy: Desk) -> None:
    assert busy.queries.sheet_for("CASE-2", MIA).case.customer_identifier == ADA.identity


def test_the_sheets_latest_words_are_those_the_customer_knows(busy: Desk) -> None:
    busy.in_card_thread(MIA, "Between us", "CASE-4")

    sheet = busy.queries.sheet("CASE-4")

    assert sheet.latest is not None
    assert sheet.latest.body == "Help"


def test_waiting_is_measured_from_the_later_of_words_and_acknowledgement(busy: Desk) -> None:
    assert busy.queries.sheet("CASE-2").waiting_since == busy.case("CASE-2").last_message_at
    assert busy.queries.sheet("CASE-3").waiting_since == busy.case("CASE-3").clock_restarted_at
    assert busy.queries.sheet("CASE-1").waiting_since == START


def test_messages_come_in_the_order_of_their_own_time(desk: Desk) -> None:
    now = desk.passes(hours=1)
    desk.says(ADA, "newer", at=now)
    desk.says(ADA, "older", at=START)

    assert [message.body for message in desk.queries.messages([1, 2])] == ["older", "newer"]
