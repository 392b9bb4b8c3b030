"""Questions about cases: the board's figures, and nobody sees what is not his."""

import pytest

from bot.cases.errors import NoSuchCase
from bot.cases.inbound import Attached, Author
from bot.cases.queries import Filter, Sheet
from bot.outbox.sending import Refused
from tests.cases.desk import ADA, BEN, CARA, MIA, START, Desk
from tests.cases.leaving import carried


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


def said_in(sheet: Sheet) -> tuple[str, int]:
    """The newest words and the number of files that a sheet shows."""
    return (sheet.latest.body if sheet.latest else "", sheet.files)


def test_a_customer_sees_an_answer_and_its_files_only_once_it_has_left(desk: Desk) -> None:
    waiting, stopped, failed, sent = customers = [Author(f"U_{number}", f"Nr. {number}") for number in range(4)]
    plan = Attached(name="plan.pdf", content_type="application/pdf", size=12_000, held="slack:F1")
    case_of = {customer: desk.says(customer, "Where is it?").case_id or "" for customer in customers}
    carried(desk)

    def answers(customer: Author) -> int:
        return desk.replies.reply(case_of[customer], f"For {customer.name}", MIA, [plan])

    for customer, outcome in ((failed, Refused("channel_not_found")), (sent, None)):
        answers(customer)
        desk.passes(seconds=5)
        carried(desk, *([outcome] if outcome else []))
    desk.replies.stop(answers(stopped), MIA)
    answers(waiting)

    unseen, left = ("Where is it?", 0), ("For Nr. 3", 1)
    for customer, expected in ((waiting, unseen), (stopped, unseen), (failed, unseen), (sent, left)):
        [listed] = desk.queries.of_customer(customer.identity)
        assert listed.latest
        assert listed.latest.body == expected[0]
        assert said_in(desk.queries.sheet_for(case_of[customer], customer)) == expected
    for customer in (waiting, failed):
        assert said_in(desk.queries.sheet_for(case_of[customer], MIA)) == (f"For {customer.name}", 1)


def test_waiting_is_measured_from_the_later_of_words_and_acknowledgement(busy: Desk) -> None:
    assert busy.queries.sheet("CASE-2").waiting_since == busy.case("CASE-2").last_message_at
    assert busy.queries.sheet("CASE-3").waiting_since == busy.case("CASE-3").clock_restarted_at
    assert busy.queries.sheet("CASE-1").waiting_since == START


def test_messages_come_in_the_order_of_their_own_time(desk: Desk) -> None:
    now = desk.passes(hours=1)
    desk.says(ADA, "newer", at=now)
    desk.says(ADA, "older", at=START)

    assert [message.body for message in desk.queries.messages([1, 2])] == ["older", "newer"]
