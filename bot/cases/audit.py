"""Whether the timelines are as they were written: every chain of digests, followed from its first fact to its last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Select, select
from sqlmodel import col

from bot.cases.chain import REMAINS, SEALED, Remains, digest
from bot.cases.models import Case, CaseEvent
from bot.db import Database

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Breach:
    """The first fact of a case that is not as it was sealed; None of all where the chain's end is missing.

    `is_about_remains`: the chain holds, but facts without their words are not as the fact of their removal tells.
    """

    case_id: str
    event_id: int | None = None
    kind: str = ""
    at: datetime | None = None
    actor_name: str = ""
    is_about_remains: bool = False

    def __str__(self) -> str:
        if self.is_about_remains:
            return f"{self.case_id}: what stands in the place of removed words is not what their removal left there"
        if self.event_id is None or self.at is None:
            return f"{self.case_id}: its latest facts are missing"
        told = f"event {self.event_id} ({self.kind}, {self.at:%Y-%m-%d %H:%M:%S} UTC, {self.actor_name})"
        return f"{self.case_id}: {told}, or one before it, was changed, added or removed"


class Audit:
    """One walk over all chains; `events` and `cases` count what was walked over so far."""

    def __init__(self, database: Database) -> None:
        self._readers = database.readers
        self.events = 0
        self.cases = 0

    def breaches(self) -> Iterator[Breach]:
        """Yield the first breach of each broken case.

        One statement reads it all, a thousand rows at a time: what is recorded meanwhile is not seen by halves.
        """
        with self._readers.begin() as session:
            rows = session.connection().execute(_chains(), execution_options={"yield_per": BATCH})
            for case_id, facts in groupby(rows, key=attrgetter("of_case")):
                self.cases += 1
                breach = self._first_breach(case_id, facts)
                if breach is not None:
                    yield breach

    def _first_breach(self, case_id: str, facts: Iterable[Row[Any]]) -> Breach | None:
        breach: Breach | None = None
        sealed, last, remains, left = "", "", Remains(), Remains().told()
        for fact in facts:
            last = fact.last_digest
            if fact.id is None:  # a case of which nothing was recorded
                continue
            self.events += 1
            if breach is None and fact.digest != digest(sealed, fact._asdict()):
                breach = Breach(case_id, fact.id, fact.kind, fact.at, fact.actor_name)
            sealed = fact.digest
            remains.add(fact.id, fact._asdict())
            left = fact.detail.get(REMAINS, left)
        if breach is None and sealed != last:
            breach = Breach(case_id)
        if breach is None and left != remains.told():
            breach = Breach(case_id, is_about_remains=True)
        return breach


def _chains() -> Select[Any]:
    facts = [getattr(CaseEvent, name) for name in ("id", "digest", *SEALED)]
    return (
        select(col(Case.case_id).label("of_case"), col(Case.last_digest), *facts)
        .join(CaseEvent, col(CaseEvent.case_id) == col(Case.case_id), isouter=True)
        .order_by(col(Case.case_id), col(CaseEvent.id))
    )
