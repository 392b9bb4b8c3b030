"""Refusals, worded for the person who asked: understood, not done, and why."""

from __future__ import annotations

ONLY_ADMINS = "Only the support team's admins can do that. Nothing was changed."


class CaseError(Exception):
    """A request that was understood and refused. Its text is told to the asker in private; nothing changed."""


class NotAllowed(CaseError):
    """The asker may not do this."""


class NoSuchCase(CaseError):
    """The named case does not exist, or is not the asker's to see (which must look the same)."""


class IllegalMove(CaseError):
    """The case is not in a state that allows this."""


class WhichCase(CaseError):
    """An order that names no case."""


class StaleDrawing(IllegalMove):
    """Somebody else moved the case since the drawing that was clicked was made."""
