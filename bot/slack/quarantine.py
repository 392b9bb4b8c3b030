"""What the buttons under a notice about an unreadable mail can do; the mail edge does it."""

from __future__ import annotations

from typing import Protocol

from bot.cases.inbound import Author


class Quarantine(Protocol):
    """Mails that nobody could read. Both verbs may talk to the mail server, and say in words what came of it.

    `key` is the button's value. CaseError where it can't be done.
    """

    def retry(self, key: str, by: Author) -> str:
        """Try to read the mail again."""

    def open_as_case(self, key: str, by: Author) -> str:
        """Open a case with what can be read of the mail."""
