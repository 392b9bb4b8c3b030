"""A form that can't be taken as it was filled in."""

from __future__ import annotations

from bot.cases.errors import CaseError


class Misfit(CaseError):
    """What was entered in one input does not fit; it is said under that input."""

    def __init__(self, text: str, block: str) -> None:
        super().__init__(text)
        self.block = block
