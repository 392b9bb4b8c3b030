"""How long things took: told where they happen, heard by whoever keeps figures or traces of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.clock import Clock


class Deed(StrEnum):
    """What was done, from one moment to another."""

    MAIL_TO_CASE = "mail_to_case"  # from a mail's arrival in the mailbox to its entry in the ledger
    EVENT_TO_ACK = "event_to_ack"  # from Slack's call to the answer it gets
    CASE_TO_POST = "case_to_post"  # from a decision to the words that tell it


@dataclass(frozen=True, slots=True)
class Measured:
    """One deed that succeeded. `sort` is one of a few words; `facts` are ids and states, never anybody's words."""

    deed: Deed
    sort: str
    seconds: float
    ended_at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


class Measures:
    """Passes on what was measured. Hearers are called in the thread of the deed, so they must be quick and not fail."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hearers: list[Callable[[Measured], None]] = []

    def tell_to(self, hearer: Callable[[Measured], None]) -> None:
        """Let somebody hear of every deed from now on."""
        self._hearers.append(hearer)

    def took(self, deed: Deed, sort: str, seconds: float, **facts: str | None) -> None:
        """Tell that a deed ended just now; facts that are not known are left out."""
        known = {name: fact for name, fact in facts.items() if fact}
        measured = Measured(deed, sort, max(0.0, seconds), self._clock.now(), known)
        for hearer in self._hearers:
            hearer(measured)

    def since(self, deed: Deed, sort: str, began: datetime, **facts: str | None) -> None:
        """Tell that a deed that began then, by the clock, ended just now."""
        self.took(deed, sort, (self._clock.now() - began).total_seconds(), **facts)
