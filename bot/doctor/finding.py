"""What a check found: well, wrong with its remedy, or not looked at and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How one thing stands; the values are those of `--json`."""

    WELL = "ok"
    WRONG = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's outcome: a sentence, and for what is wrong the remedies, each a click or a command."""

    standing: Standing
    text: str
    remedies: tuple[str, ...] = ()


class Trouble(Exception):
    """Something is wrong, found in the middle of a check; it ends the check with this finding."""

    def __init__(self, text: str, *remedies: str) -> None:
        super().__init__(text)
        self.finding = wrong(text, *remedies)


def well(text: str) -> Finding:
    """Return what is as it should be."""
    return Finding(Standing.WELL, text)


def wrong(text: str, *remedies: str) -> Finding:
    """Return a fault and what to do about it."""
    return Finding(Standing.WRONG, text, remedies)


def skipped(text: str) -> Finding:
    """Return why a thing was not looked at: it is switched off, or there is nothing to see yet."""
    return Finding(Standing.SKIPPED, text)
