"""Sheets: cases with what their drawings need, whole lists of them read by one statement that is put together once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, case, not_
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel

from bot.cases.models import Attachment, Case, CaseEvent, Escalation, EventKind, Message
from bot.cases.search_index import hidden
from bot.gathered import table_of
from bot.statements import Prepared, Values

_Model = TypeVar("_Model", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case with what its drawings need. `latest` is the newest message that the customer wrote or is to see.

    The team's sheets show an answer from when it is written. A customer's own show it once it has left, and know no
    message or file that is hidden from him.

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


CASES, ESCALATIONS = table_of(Case), table_of(Escalation)
_MESSAGES = table_of(Message)
_NAMES: dict[type[SQLModel], tuple[str, ...]] = {
    model: tuple(table_of(model).columns.keys()) for model in (Case, Message, Escalation, Attachment)
}
_UP_TO_MESSAGE = len(_NAMES[Case]) + len(_NAMES[Message])


def _newest(*, own: bool) -> ColumnElement[Any]:
    """Return the number of a case's newest message that the customer wrote or is to see; `own`: sees by now."""
    said = _MESSAGES.alias("said")
    unseen = hidden(said) if own else said.c.internal
    of_case = columns(said.c.id).where(said.c.case_id == CASES.c.case_id, not_(unseen))
    return of_case.order_by(said.c.timestamp.desc(), said.c.id.desc()).limit(1).correlate(CASES).scalar_subquery()


def _loudest() -> ColumnElement[Any]:
    """Return the number of a case's last escalation; of one that is not escalated, none."""
    raised = ESCALATIONS.alias("raised")
    of_case = columns(raised.c.id).where(raised.c.case_id == CASES.c.case_id)
    last = of_case.order_by(raised.c.raised_at.desc(), raised.c.id.desc()).limit(1)
    return case((CASES.c.escalated, last.correlate(CASES).scalar_subquery()))


def listing(*which: ColumnElement[bool], order: Sequence[ColumnElement[Any]] = (), own: bool = False) -> Prepared:
    """Put together the question for the sheets of a list, `limit` of them at most; `own` is for the customer's eyes."""
    joined = CASES.outerjoin(_MESSAGES, _MESSAGES.c.id == _newest(own=own)).outerjoin(
        ESCALATIONS, ESCALATIONS.c.id == _loudest()
    )
    everything = columns(CASES, _MESSAGES, ESCALATIONS).select_from(joined)
    return Prepared(everything.where(*which).order_by(*order).limit(bindparam("limit")))


def _files(*, own: bool) -> Prepared:
    file = table_of(Attachment)
    of_case = columns(file).where(file.c.case_id == bindparam("case_id")).order_by(file.c.id)
    if own:
        of_case = of_case.join(_MESSAGES, _MESSAGES.c.id == file.c.message_id).where(not_(hidden()))
    return Prepared(of_case)


_NAMED = {own: listing(CASES.c.case_id == bindparam("case_id"), own=own) for own in (False, True)}
_FILES = {own: _files(own=own) for own in (False, True)}
_OPENED = Prepared(
    columns(table_of(CaseEvent).c.detail)
    .where(
        table_of(CaseEvent).c.case_id == bindparam("case_id"),
        table_of(CaseEvent).c.kind == EventKind.OPENED,
    )
    .order_by(table_of(CaseEvent).c.id)
    .limit(1)
)


def sheets(session: Session, listed: Prepared, values: Values, limit: int) -> list[Sheet]:
    """Return the sheets of a list."""
    return [_sheet(row) for row in listed.rows(session, {**values, "limit": limit})]


def sheet_of(session: Session, case_id: str, *, own: bool = False) -> Sheet | None:
    """Return a case's sheet with its files and how it began, for drawings of this one case; None if there is none."""
    found = sheets(session, _NAMED[own], {"case_id": case_id}, 1)
    return _in_full(session, found[0], own=own) if found else None


def made(model: type[_Model], values: Sequence[Any]) -> _Model:
    """Return a stored row as it was read, column by column, to be looked at only: no session knows it."""
    return model(**dict(zip(_NAMES[model], values, strict=True)))


def _sheet(row: Sequence[Any]) -> Sheet:
    said, raised = row[len(_NAMES[Case]) : _UP_TO_MESSAGE], row[_UP_TO_MESSAGE:]
    return Sheet(
        made(Case, row[: len(_NAMES[Case])]),
        None if said[0] is None else made(Message, said),
        None if raised[0] is None else made(Escalation, raised),
    )


def _in_full(session: Session, sheet: Sheet, *, own: bool) -> Sheet:
    of_case = {"case_id": sheet.case.case_id}
    files = [made(Attachment, row) for row in _FILES[own].rows(session, of_case)]
    latest = sheet.latest.id if sheet.latest else None
    [origin] = _OPENED.row(session, of_case) or [{}]
    return replace(
        sheet,
        attached=[file for file in files if file.message_id == latest],
        files=len(files),
        withheld=sum(bool(file.withheld) for file in files),
        origin=origin,
    )
