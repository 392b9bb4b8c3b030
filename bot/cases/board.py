"""The board: figures that cost the same on any desk, and lists of cases, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal_column, not_, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.cases.models import Attachment, Case, CaseEvent, Escalation, EventKind, Message, is_open

# Counting on would cost time for nobody: what is more than this is "999+".
MOST_COUNTED = 999


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
class Sheet:
    """A case with what its drawings need. `latest` is the newest message that the customer wrote or can see.

    In full, a case comes with its files as well: those of `latest`, the number of all, and how many of them are
    withheld; and with how it began (`origin`: the detail of its opening, see `lifecycle.open_case`).
    """

    case: Case
    latest: Message | None
    escalation: Escalation | None
    attached: Sequence[Attachment] = ()
    files: int = 0
    withheld: int = 0
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pending(self) -> bool:
        """Whether an escalation waits for its acknowledgement."""
        return self.escalation is not None and self.escalation.settled_at is None

    @property
    def waiting_since(self) -> datetime:
        """When the case was last moved: the later of its last message and the restart of its clock."""
        return max(self.case.last_message_at, self.case.clock_restarted_at or self.case.last_message_at)


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
    chosen = _chosen(which, viewer)
    behind = chosen.where(_behind(which, after, sort)) if after else chosen
    page = session.exec(_ordered(behind, which, sort).limit(limit)).all()
    follows = _cursor(which, page[-1]) if page else ""
    following = chosen.where(_behind(which, follows, sort)) if page and len(page) == limit else chosen.where(false())
    figures = counted(
        session,
        following,
        _chosen(Filter.OPEN),
        _chosen(Filter.ESCALATED),
        select(Escalation).where(col(Escalation.settled_at).is_(None)),
        _chosen(Filter.UNASSIGNED),
        _chosen(Filter.MINE, viewer),
        _chosen(Filter.WAITING),
        _chosen(Filter.CLOSED).where(col(Case.closed_at) >= today if today else false()),
    )
    more, still_open, escalated, unacknowledged, unassigned, mine, waiting, closed_today = figures
    return Board(
        open=still_open,
        escalated=escalated,
        unacknowledged=unacknowledged,
        cases=sheets(session, page),
        more=more,
        after=follows if more else "",
        waiting=waiting,
        closed_today=closed_today,
        unassigned=unassigned,
        mine=mine,
    )


def counted(session: Session, *chosen: SelectOfScalar[Case] | SelectOfScalar[Escalation]) -> list[Figure]:
    """Count the rows of each question, in one statement, but not all the rows of a big desk."""
    few = [each.with_only_columns(literal_column("1")).limit(MOST_COUNTED + 1).subquery() for each in chosen]
    counts = columns(*(columns(func.count()).select_from(each).scalar_subquery() for each in few))
    return [Figure(count) for count in session.connection().execute(counts).one()]


def sheets(session: Session, cases: Sequence[Case]) -> list[Sheet]:
    """Return the sheets of these cases, in two statements however many there are."""
    ids = [case.case_id for case in cases]
    said = select(col(Message.id)).where(col(Message.case_id) == Case.case_id, not_(col(Message.internal)))
    raised = select(col(Escalation.id)).where(col(Escalation.case_id) == Case.case_id)
    latest = said.order_by(col(Message.timestamp).desc(), col(Message.id).desc())
    loudest = raised.order_by(col(Escalation.raised_at).desc(), col(Escalation.id).desc())
    messages = select(Message).where(col(Message.id).in_(_first_of_each(latest, ids)))
    loud = [case.case_id for case in cases if case.escalated]
    escalations = select(Escalation).where(col(Escalation.id).in_(_first_of_each(loudest, loud)))
    shown = {message.case_id: message for message in session.exec(messages)} if ids else {}
    alarms = {escalation.case_id: escalation for escalation in session.exec(escalations)} if loud else {}
    return [Sheet(case, shown.get(case.case_id), alarms.get(case.case_id)) for case in cases]


def in_full(session: Session, sheet: Sheet) -> Sheet:
    """Return the sheet with the case's files and how it began, for drawings of this one case."""
    case_id = sheet.case.case_id
    of_case = select(Attachment).where(Attachment.case_id == case_id).order_by(col(Attachment.id))
    files = session.exec(of_case).all()
    latest = sheet.latest.id if sheet.latest else None
    opened = select(CaseEvent.detail).where(CaseEvent.case_id == case_id, CaseEvent.kind == EventKind.OPENED)
    return replace(
        sheet,
        attached=[file for file in files if file.message_id == latest],
        files=len(files),
        withheld=sum(bool(file.withheld) for file in files),
        origin=session.exec(opened.order_by(col(CaseEvent.id)).limit(1)).first() or {},
    )


def _first_of_each(ordered: SelectOfScalar[int | None], case_ids: Sequence[str]) -> SelectOfScalar[int | None]:
    first = ordered.limit(1).correlate(Case).scalar_subquery()
    return select(first).where(col(Case.case_id).in_(case_ids))


def _chosen(which: Filter, viewer: str = "") -> SelectOfScalar[Case]:
    """Return the cases of a list in the words of the partial indexes, which both databases want."""
    if which is Filter.CLOSED:
        return select(Case).where(col(Case.status) == literal_column("'closed'"))
    still_open = select(Case).where(is_open())
    if which is Filter.ESCALATED:
        return still_open.where(col(Case.escalated))
    if which is Filter.WAITING:
        return still_open.where(col(Case.awaits_us))
    if which is Filter.MINE:
        return still_open.where(Case.assignee == viewer)
    if which is Filter.UNASSIGNED:
        return still_open.where(col(Case.assignee).is_(None))
    return still_open


def _ordered(chosen: SelectOfScalar[Case], which: Filter, sort: Sort) -> SelectOfScalar[Case]:
    at = col(Case.closed_at) if which is Filter.CLOSED else col(Case.last_message_at)
    if _falls(which, sort):
        return chosen.order_by(at.desc(), col(Case.case_id).desc())
    return chosen.order_by(at, col(Case.case_id))


def _falls(which: Filter, sort: Sort) -> bool:
    return which is Filter.CLOSED or sort is Sort.NEWEST


def _cursor(which: Filter, last: Case) -> str:
    at = last.closed_at if which is Filter.CLOSED else last.last_message_at
    return f"{at.isoformat() if at else ''}|{last.case_id}"


def _behind(which: Filter, cursor: str, sort: Sort) -> ColumnElement[bool]:
    """Return the condition that a case comes after the cursor's; ValueError where that is no cursor of ours."""
    words, _, case_id = cursor.partition("|")
    at, name = datetime.fromisoformat(words), col(Case.case_id)
    moved = col(Case.closed_at) if which is Filter.CLOSED else col(Case.last_message_at)
    if _falls(which, sort):
        return and_(moved <= at, or_(moved < at, name < case_id))
    return and_(moved >= at, or_(moved > at, name > case_id))
