"""The board: figures that cost the same on any desk, and lists of cases, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false, func, literal_column, or_
from sqlalchemy import select as columns
from sqlmodel import Session

from bot.cases.models import Case, is_open
from bot.cases.sheets import CASES, ESCALATIONS, Sheet, listing, sheets
from bot.statements import Prepared

# Counting on would cost time for nobody: what is more than this is "999+".
MOST_COUNTED = 999
# Nothing was closed after this: who names no day is told of none.
_EVER_AFTER = datetime(9999, 1, 1, tzinfo=UTC)


class Figure(int):
    """A number of things, counted no further than to a thousand, which is said as `999+`."""

    def __str__(self) -> str:
        """Return what a person is told."""
        return f"{MOST_COUNTED}+" if self > MOST_COUNTED else int.__repr__(self)


class Filter(StrEnum):
    """Which cases a list shows."""

    OPEN = "open"
    WAITING = "waiting"
    ESCALATED = "escalated"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    CLOSED = "closed"


class Sort(StrEnum):
    """In which order a list of open cases stands; closed ones stand with the newest first."""

    LONGEST = "longest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Board:
    """The desk at a glance: figures, and one page of cases, the longest waiting first (of closed ones the newest).

    `more` counts what follows the page; `after` is what to ask for the next one with, empty on the last.
    """

    open: int
    escalated: int
    unacknowledged: int
    cases: Sequence[Sheet]
    more: int = 0
    after: str = ""
    unassigned: int = 0
    mine: int = 0
    waiting: int = 0
    closed_today: int = 0


def board(
    session: Session,
    limit: int,
    which: Filter,
    viewer: str = "",
    after: str = "",
    today: datetime | None = None,
    sort: Sort = Sort.LONGEST,
) -> Board:
    """Return the figures and a page of a list; `viewer` is the admin whose cases are `mine`, `today` his midnight."""
    whose = {"viewer": viewer}
    behind = whose | _read(after) if after else whose
    page = sheets(session, _page(which, sort, deep=bool(after)), behind, limit)
    follows = _cursor(which, page[-1].case) if page else ""
    is_full = bool(page) and len(page) == limit
    asked = whose | (_read(follows) if is_full else {}) | {"today": today or _EVER_AFTER}
    [counts] = _figures(which, sort, is_full=is_full).rows(session, asked)
    more, still_open, escalated, unacknowledged, unassigned, mine, waiting, closed_today = map(Figure, counts)
    return Board(
        open=still_open,
        escalated=escalated,
        unacknowledged=unacknowledged,
        cases=page,
        more=more,
        after=follows if more else "",
        waiting=waiting,
        closed_today=closed_today,
        unassigned=unassigned,
        mine=mine,
    )


@cache
def _page(which: Filter, sort: Sort, *, deep: bool) -> Prepared:
    """Return the question for a page of a list; `deep` where it does not begin at the list's head."""
    at, name = _moved(which), CASES.c.case_id
    order = (at.desc(), name.desc()) if _falls(which, sort) else (at, name)
    behind = [_behind(which, sort)] if deep else []
    return listing(*_chosen(which), *behind, order=order)


@cache
def _figures(which: Filter, sort: Sort, *, is_full: bool) -> Prepared:
    """Return the question for all the figures; none follows a page that is not full."""
    alarms = ESCALATIONS
    chosen = (
        [*_chosen(which), _behind(which, sort)] if is_full else [false()],
        _chosen(Filter.OPEN),
        _chosen(Filter.ESCALATED),
        [alarms.c.settled_at.is_(None)],
        _chosen(Filter.UNASSIGNED),
        _chosen(Filter.MINE),
        _chosen(Filter.WAITING),
        [*_chosen(Filter.CLOSED), CASES.c.closed_at >= bindparam("today")],
    )
    return Prepared(columns(*(_counted(*conditions) for conditions in chosen)))


def _counted(*which: ColumnElement[bool]) -> ColumnElement[int]:
    """Count the rows that meet these conditions, but not all the rows of a big desk."""
    one: ColumnElement[int] = literal_column("1")
    few = columns(one).where(*which).limit(MOST_COUNTED + 1)
    return columns(func.count()).select_from(few.subquery()).scalar_subquery()


def _chosen(which: Filter) -> list[ColumnElement[bool]]:
    """Return the conditions of a list in the words of the partial indexes, which both databases want."""
    if which is Filter.CLOSED:
        return [CASES.c.status == literal_column("'closed'")]
    narrower = {
        Filter.ESCALATED: CASES.c.escalated,
        Filter.WAITING: CASES.c.awaits_us,
        Filter.MINE: CASES.c.assignee == bindparam("viewer"),
        Filter.UNASSIGNED: CASES.c.assignee.is_(None),
    }
    return [is_open(), narrower[which]] if which in narrower else [is_open()]


def _moved(which: Filter) -> ColumnElement[Any]:
    return CASES.c.closed_at if which is Filter.CLOSED else CASES.c.last_message_at


def _falls(which: Filter, sort: Sort) -> bool:
    return which is Filter.CLOSED or sort is Sort.NEWEST


def _behind(which: Filter, sort: Sort) -> ColumnElement[bool]:
    """Return the condition that a case comes after the one that a cursor names."""
    moved, name = _moved(which), CASES.c.case_id
    at: BindParameter[datetime] = bindparam("at")
    last: BindParameter[str] = bindparam("last")
    if _falls(which, sort):
        return and_(moved <= at, or_(moved < at, name < last))
    return and_(moved >= at, or_(moved > at, name > last))


def _cursor(which: Filter, last: Case) -> str:
    at = last.closed_at if which is Filter.CLOSED else last.last_message_at
    return f"{at.isoformat() if at else ''}|{last.case_id}"


def _read(cursor: str) -> dict[str, object]:
    """Return where a cursor points; ValueError where that is no cursor of ours."""
    words, _, case_id = cursor.partition("|")
    return {"at": datetime.fromisoformat(words), "last": case_id}
