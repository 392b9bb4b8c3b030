"""The board: its figures stop at a thousand, its pages follow each other, and no list is read through."""

import pytest
from sqlalchemy import insert

from bot.cases.board import MOST_COUNTED, Board, Figure, Filter
from bot.cases.inbound import Author
from bot.cases.models import Case
from tests.cases.desk import ADA, MIA, NOA, START, Desk
from tests.cases.plans import plans_of

LISTS = {
    Filter.OPEN: ["CASE-1", "CASE-3", "CASE-5", "CASE-6", "CASE-7"],
    Filter.WAITING: ["CASE-1", "CASE-3", "CASE-5", "CASE-6", "CASE-7"],
    Filter.ESCALATED: ["CASE-5"],
    Filter.MINE: ["CASE-3", "CASE-7"],
    Filter.UNASSIGNED: ["CASE-1", "CASE-5"],
    Filter.CLOSED: ["CASE-4", "CASE-2"],
}


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Seven customers, a minute apart: two closed, one urgent, two of Mia's and one of Noa's."""
    for number in range(1, 8):
        desk.says(Author(f"c{number}@customer.example", "C"), "urgent" if number == 5 else "hello")
        desk.passes(minutes=1)
    for case_id in ("CASE-2", "CASE-4"):
        desk.passes(minutes=1)
        desk.service.close(case_id, MIA)
    for case_id, admin in (("CASE-3", MIA), ("CASE-7", MIA), ("CASE-6", NOA)):
        desk.service.assign(case_id, admin, MIA)
    return desk


def shown(board: Board) -> list[str]:
    return [sheet.case.case_id for sheet in board.cases]


@pytest.mark.parametrize("which", list(Filter))
def test_the_pages_of_a_list_follow_each_other(busy: Desk, which: Filter) -> None:
    seen: list[str] = []
    after, left = "", len(LISTS[which])
    while left:
        board = busy.queries.board(2, which, MIA.identity, after)
        seen += shown(board)
        left -= len(board.cases)
        assert board.more == left
        after = board.after
    assert seen == LISTS[which]
    assert after == ""


def test_the_figures_tell_how_the_desk_stands(busy: Desk) -> None:
    board = busy.queries.board(1, viewer=MIA.identity)

    figures = (board.open, board.escalated, board.unacknowledged, board.unassigned, board.mine)
    assert figures == (5, 1, 1, 2, 2)


def test_a_case_that_came_to_the_desk_between_two_pages_moves_nobody(busy: Desk) -> None:
    first = busy.queries.board(2)
    busy.says(ADA, "late")
    busy.service.close("CASE-1", MIA)

    assert shown(busy.queries.board(9, after=first.after)) == ["CASE-5", "CASE-6", "CASE-7", "CASE-8"]


def test_a_place_that_nobody_gave_out_is_refused(busy: Desk) -> None:
    with pytest.raises(ValueError, match="isoformat"):
        busy.queries.board(2, after="somewhere")


def test_a_figure_stops_at_a_thousand_and_says_so() -> None:
    assert [f"{Figure(number)}" for number in (0, 999, 1_000)] == ["0", "999", "999+"]


def test_a_big_desk_is_not_counted_through_nor_read_through(desk: Desk) -> None:
    crowd(desk, MOST_COUNTED + 51)

    board = desk.queries.board(25, viewer=MIA.identity)
    closed = desk.queries.board(25, Filter.CLOSED)

    assert (str(board.open), str(board.more), str(closed.more), board.mine) == ("999+", "999+", "0", 0)
    assert board.open == MOST_COUNTED + 1


@pytest.mark.parametrize("which", list(Filter))
def test_no_list_is_read_through(desk: Desk, which: Filter) -> None:
    crowd(desk, 400)
    after = f"{START.isoformat()}|CASE-7"

    for table in ("cases", "messages", "escalations", "("):
        for plan in plans_of(desk.database, lambda: desk.queries.board(25, which, MIA.identity, after), table):
            assert [line for line in plan.splitlines() if is_read_through(line)] == []
            assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def is_read_through(line: str) -> bool:
    """Whether a line of a plan tells of a whole table; an index that holds only what is wanted may be read."""
    return line in {"SCAN cases", "SCAN messages", "SCAN escalations"} or "Seq Scan" in line


def crowd(desk: Desk, cases: int) -> None:
    """So many open cases, and nothing else about them."""
    rest = {"created_at": START, "last_message_at": START, "customer_name": "C", "source": "email"}
    rows = [{"case_id": f"CASE-{n}", "customer_identifier": f"c{n}@customer.example", **rest} for n in range(cases)]
    with desk.database.writers.begin() as session:
        session.connection().execute(insert(Case), rows)
