"""Somebody's words, free of the channel they came by: what every edge hands to the intake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """The medium of a message (the PRD's column `source`)."""

    SLACK = "slack"
    EMAIL = "email"


# The place of words that were written at the desk itself: in a form, by a command, in App Home.
DESK = "desk"


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks or acts. `identity` is a Slack user id or a lower-cased mail address.

    `is_admin` is set only when the edge knows it: listed, and for mail authenticated as well. A listed address whose
    sender could not be verified is `claims_admin`: it changes nothing until somebody confirms it.
    """

    identity: str
    name: str
    is_admin: bool = False
    claims_admin: bool = False

    @property
    def signature(self) -> str:
        """What logs and refusals call this person: the Slack display name, or the mail address."""
        return self.identity if "@" in self.identity else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file that comes with a message: what it calls itself, and where its bytes are held.

    `held` is `mail:<raw mail>:<part>` or `slack:<file id>`; `size` is in bytes. `withheld` says why it is listed but
    passed on to nobody; empty for ordinary files.
    """

    name: str
    content_type: str
    size: int
    held: str
    withheld: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One incoming message.

    `place` and `external_id` name it for ever: a Slack channel and ts; a mailbox and a Message-ID with a content hash.
    `text` holds only the new words; `full_text` everything, where that differs. `at` is the message's own time.
    `thread` is the Slack ts of the thread it stands in; `reference` and `references` are mail's Message-IDs: its
    own and those it answers. `readers` are the mail addresses that got it too. `inside` says that only the
    team reads that place (a case's thread in the support channel). `taken_down_by` is the admin who wrote it down for
    the author (a telephone call), or who made a case of it. `quiet` words are of a backlog that the team hears of in
    one notice; their case gets its card as soon as something else happens in it.
    """

    source: Source
    place: str
    external_id: str
    author: Author
    text: str
    at: datetime
    subject: str = ""
    full_text: str = ""
    thread: str | None = None
    reference: str = ""
    references: tuple[str, ...] = ()
    readers: frozenset[str] = frozenset()
    inside: bool = False
    raw_mail_id: int | None = None
    verdict: str = ""
    attachments: tuple[Attached, ...] = ()
    taken_down_by: Author | None = None
    quiet: bool = False

    @property
    def queue(self) -> str:
        """Where words of one author wait, so that they are taken in one after the other."""
        return f"{self.source}:{self.author.identity}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A later edit (`text` is the new wording) or deletion (`text` is None) of a message already taken in."""

    source: Source
    place: str
    external_id: str
    author: Author
    text: str | None
    at: datetime

    @property
    def queue(self) -> str:
        """Where words of one author wait, as above."""
        return f"{self.source}:{self.author.identity}"


class Outcome(StrEnum):
    """What became of an inbound."""

    OPENED = "opened"
    JOINED = "joined"
    ADMIN = "admin"
    ASKED = "asked"
    UNPLACED = "unplaced"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Taken:
    """The intake's answer: what became of it, and in which case (None where it belongs to none).

    `ask_back`: what the author must be told in private, because his words could not have the effect he meant.
    """

    outcome: Outcome
    case_id: str | None = None
    ask_back: str = ""
