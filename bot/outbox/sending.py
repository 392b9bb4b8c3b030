"""What the postman and a sender say to each other: parcels, postings, and the ways a sending can fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from bot.outbox.models import Delivery


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery to say now, and the later ones that the same words may say with it.

    A sender calls `confirm` right before its first word: it raises TooLate where the claim ran out meanwhile, for then
    somebody else has it in hand.
    """

    delivery: Delivery
    folded: Sequence[Delivery] = field(default_factory=tuple)
    confirm: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Posted:
    """What the channel called it, where it stands, and a fingerprint of the drawing."""

    place: str
    external_id: str
    drawn: str = ""


class Sender(Protocol):
    """Speaks one channel: draws a parcel as things are now and says it."""

    def send(self, parcel: Parcel) -> Posted | None:
        """Say it and return the receipt; None where there is nothing to say any more.

        Raises Later, Away, Unsure or Refused; anything else counts as a passing fault and is tried again.
        """
        ...


class Consequences(Protocol):
    """What follows from a delivery, in the very transaction that settles it."""

    def said(self, session: Session, delivery: Delivery, posted: Posted, at: datetime) -> None:
        """Note that it was said."""
        ...

    def refused(self, session: Session, delivery: Delivery, reason: str, at: datetime) -> None:
        """Note that it will never be said."""
        ...

    def stuck(self, session: Session, delivery: Delivery, reason: str, at: datetime) -> None:
        """Note that it waits until somebody mends its place; called at each try."""
        ...


class Later(Exception):
    """Not now: the place is crowded (`whole_place`), or something else must be said first."""

    def __init__(self, seconds: float, reason: str, *, whole_place: bool = False) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.whole_place = whole_place


class Stuck(Later):
    """Not before somebody has mended the place: what is to be said there is kept, and tried again now and then."""


class Away(Exception):
    """The channel can't be reached at all; it was certainly not said."""


class Unsure(Exception):
    """The channel may or may not have taken it: look before saying it again."""


class TooLate(Exception):
    """The claim ran out before anything was said; whoever has it now looks before he says it."""


class Refused(Exception):
    """The channel will never take it as things are; somebody must do something about it."""
