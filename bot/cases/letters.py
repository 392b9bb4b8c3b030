"""What an answer needs to become a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.cases.models import Case, Message


class Held(Protocol):
    name: str
    content_type: str
    size: int
    held: str


@dataclass(frozen=True, slots=True)
class Letter:
    case: Case
    message: Message
    answered: Message | None
    attachments: Sequence[Held] = ()
    token: str = ""
    earlier: Sequence[str] = ()
