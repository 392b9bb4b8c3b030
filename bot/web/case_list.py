"""The list of /cases: for who tries Casebot out; no message, no name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from bot.cases.models import Case
from bot.db import Database


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case as /cases shows it."""

    case_id: str
    customer_identifier: str
    status: str
    message_count: int
    escalated: bool


def newest_cases(database: Database, limit: int) -> Sequence[CaseLine]:
    """Return the newest cases, the last opened first."""
    newest = select(Case).order_by(col(Case.created_at).desc(), col(Case.case_id).desc()).limit(limit)
    with database.readers.begin() as session:
        return [
            CaseLine(
                case_id=case.case_id,
                customer_identifier=case.customer_identifier,
                status=case.status,
                message_count=case.message_count,
                escalated=case.escalated,
            )
            for case in session.exec(newest)
        ]
