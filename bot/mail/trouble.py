"""What can be wrong with a mailbox, said for the person who must mend it."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager


class MailboxTrouble(Exception):
    """The mailbox can't be read now. `advice` says what to look at."""

    def __init__(self, kind: str, reason: str, advice: str) -> None:
        super().__init__(f"{kind}: {reason} ({advice})")
        self.kind = kind
        self.reason = reason
        self.advice = advice


@contextmanager
def troubles(kind: str = "mailbox connection lost", advice: str = "check IMAP_SERVER") -> Iterator[None]:
    """Turn whatever the connection or the library raises into MailboxTrouble."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error, ValueError, KeyError, AssertionError) as error:
        raise MailboxTrouble(kind, one_line(error), advice) from error


def lost(error: Exception) -> MailboxTrouble:
    """Return the trouble of a connection that broke."""
    return MailboxTrouble("mailbox connection lost", one_line(error), "check IMAP_SERVER")


def one_line(error: Exception) -> str:
    """Return an error's first line, without the dress of Python's bytes."""
    words = str(error).splitlines() or [type(error).__name__]
    return words[0].removeprefix("b'").removesuffix("'")[:200]
