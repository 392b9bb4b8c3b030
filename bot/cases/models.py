"""The nouns of the desk as they are stored: cases, messages, events, escalations, questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import Any

from sqlalchemy import JSON, ColumnElement, Index, TextClause, UniqueConstraint, and_, literal_column, text
from sqlmodel import Field, col

from bot.cases.kinds import EventKind as EventKind
from bot.cases.kinds import ReasonKind as ReasonKind
from bot.cases.kinds import Sending as Sending
from bot.cases.kinds import Status as Status
from bot.db import UtcDateTime
from bot.rows import Row

OPEN_CASES = text("status = 'open'")
CLOSED_CASES = text("status = 'closed'")
UNTOLD_CASES = text("status = 'open' AND NOT alerted AND snoozed_until IS NULL")
WORDS_KEPT = text("status = 'closed' AND NOT words_removed")
PENDING = text("settled_at IS NULL")
_WAITED = ("last_message_at", "clock_restarted_at", "case_id")


def _roads(name: str, among: TextClause, *columns: str, on_sqlite: Sequence[str] = ()) -> tuple[Index, Index]:
    """Return an index of cases in an order, as each database goes by it; `among` names one status.

    On SQLite `status` stands in front, though it is always the same, or the planner takes ix_cases_status and reads
    every open case. PostgreSQL takes what `among` says for granted, and could not enter behind it in the middle.
    """
    sqlite = Index(f"ix_cases_{name}", "status", *columns, *on_sqlite, sqlite_where=among, info={"only_on": "sqlite"})
    bare = Index(f"ix_cases_{name}_bare", *columns, postgresql_where=among, info={"only_on": "postgresql"})
    return sqlite.ddl_if("sqlite"), bare.ddl_if("postgresql")


class Case(Row, table=True):
    """One customer matter, from opening to close.

    `last_message_at` moves with each customer message and each visible answer. `clock_restarted_at` is the latest
    acknowledgement or visible answer: the waiting time and the count of unanswered messages start anew there.
    `version` counts the moves of the case (not its messages) and travels in the buttons of its drawings.
    `alerted` says that an escalation of it is pending: the sweep need not look that up for each case it passes.
    While it is snoozed (`snoozed_until`), no clock escalates it. `undelivered` says why the customer did not get the
    latest answer; empty while there is nothing to say. `awaits_us` says that the customer spoke last. `last_digest` is
    that of its newest fact: without it nobody would see that the end of a timeline is gone. `words_removed`: retention
    or an erasure took the words of its messages.
    """

    __tablename__ = "cases"
    __table_args__ = (
        # At most one open case per customer, whatever threads and processes race.
        Index(
            "uq_cases_one_open_per_customer",
            "customer_identifier",
            unique=True,
            sqlite_where=OPEN_CASES,
            postgresql_where=OPEN_CASES,
        ),
        # The sweep's road: open cases that nobody was alerted of, by how long they have waited, with all that it asks
        # of them: SQLite wants the condition's columns too.
        *_roads("untold", UNTOLD_CASES, *_WAITED, on_sqlite=("alerted", "snoozed_until")),
        # The lists of the board, in their order.
        *_roads("open_last_message_at", OPEN_CASES, "last_message_at"),
        *_roads("open_escalated", OPEN_CASES, "escalated", "last_message_at"),
        *_roads("awaiting_us", OPEN_CASES, "awaits_us", "last_message_at"),
        *_roads("open_assignee", OPEN_CASES, "assignee", "last_message_at"),
        *_roads("closed_at", CLOSED_CASES, "closed_at"),
        # Retention's road: closed cases whose words are still there, by how long ago they were closed.
        *_roads("words_kept", WORDS_KEPT, "closed_at"),
        Index("ix_cases_status", "status", "created_at"),
    )

    case_id: str = Field(primary_key=True)
    customer_identifier: str = Field(index=True)
    status: str = Status.OPEN
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_message_at: datetime = Field(sa_type=UtcDateTime)
    message_count: int = 0
    escalated: bool = False
    alerted: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    customer_name: str
    source: str
    subject: str = ""
    verdict: str = ""
    clock_restarted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str | None = None
    version: int = 1
    assignee: str | None = Field(default=None, index=True)
    assignee_name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undelivered: str = Field(default="", sa_column_kwargs={"server_default": ""})
    awaits_us: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    last_digest: str = Field(default="", sa_column_kwargs={"server_default": ""})
    words_removed: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class Message(Row, table=True):
    """Somebody's words in a case. `internal` ones are notes: only the team sees them.

    `body` is the newest wording and holds what was new; `full_body` the whole text where that differs.
    (source, place, external_id) names the message for ever, so that taking it in twice is impossible.
    `sending` tells how far an answer of the desk has come, `failure` why the customer did not get it, `copy_of` the
    note of which it is a copy. `readers` are the mail addresses that got the message too. Where `words_removed`, the
    body only says so.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("source", "place", "external_id"),
        Index("ix_messages_case_timeline", "case_id", "timestamp"),
        Index("ix_messages_thread", "place", "thread"),
        Index("uq_messages_copy_of", "copy_of", unique=True),  # a note is sent to the customer once
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.case_id")
    sender: str
    sender_name: str
    is_admin: bool
    body: str
    timestamp: datetime = Field(sa_type=UtcDateTime)
    source: str
    place: str
    external_id: str
    internal: bool = False
    inside: bool = False
    subject: str = ""
    full_body: str = ""
    thread: str | None = None
    reference: str = Field(default="", index=True)
    raw_mail_id: int | None = None
    verdict: str = ""
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sending: str = Field(default=Sending.NONE, sa_column_kwargs={"server_default": ""})
    failure: str = Field(default="", sa_column_kwargs={"server_default": ""})
    copy_of: int | None = None
    readers: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    words_removed: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class Attachment(Row, table=True):
    """A file that came with a message, or goes out with an answer. Its bytes stay where they are `held`.

    `held` is `mail:<raw mail>:<part>` or `slack:<file id>`; `size` is in bytes. `withheld` says why it is listed but
    passed on to nobody; empty for ordinary files.
    """

    __tablename__ = "attachments"

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.case_id", index=True)
    message_id: int = Field(foreign_key="messages.id", index=True)
    name: str
    content_type: str
    size: int
    held: str
    withheld: str = ""


class CaseEvent(Row, table=True):
    """A fact about a case, never changed. In order they are the timeline and the audit trail.

    `version` is the case's after this fact; only moves change it. `key` is set where the fact may be reported twice
    (an edit that Slack sends again) and is unique. Where somebody acts by mail, `detail` keeps who vouched for him
    (`verdict`). `digest` seals the fact and all before it, its words by way of a `salt`; once these were removed,
    `words_digest` stands for what they were (see chain.py).
    """

    __tablename__ = "case_events"
    __table_args__ = (Index("ix_case_events_timeline", "case_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.case_id")
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    actor_name: str
    message_id: int | None = Field(default=None, foreign_key="messages.id")
    escalation_id: int | None = Field(default=None, foreign_key="escalations.id")
    question_id: int | None = Field(default=None, foreign_key="questions.id")
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    key: str | None = Field(default=None, unique=True)
    digest: str = Field(default="", sa_column_kwargs={"server_default": ""})
    salt: str = Field(default_factory=partial(token_hex, 16), sa_column_kwargs={"server_default": ""})
    words_digest: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Escalation(Row, table=True):
    """One time that a case was made louder. Pending until acknowledged, answered, snoozed or closed (`outcome`).

    `reasons` is a list of {kind, words, at}; further reasons join while it is pending.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        Index("uq_escalations_one_pending", "case_id", unique=True, sqlite_where=PENDING, postgresql_where=PENDING),
        Index("ix_escalations_case_id", "case_id", "raised_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="cases.case_id")
    raised_at: datetime = Field(sa_type=UtcDateTime)
    reasons: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: str | None = None
    outcome: str | None = None


class Question(Row, table=True):
    """An admin's mail whose sender could not be verified: nothing happens until an admin confirms or ignores it.

    `inbound` keeps the mail's words as they would have been taken in; `case_id` is the case it names, if any.
    """

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("source", "place", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: str | None = Field(default=None, foreign_key="cases.case_id")
    source: str
    place: str
    external_id: str
    asked_by: str
    closes: bool = False
    inbound: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    outcome: str | None = None


class CaseNumber(Row, table=True):
    """The last case number given out: one row, so that openings queue up for theirs."""

    __tablename__ = "case_numbers"

    id: int = Field(default=1, primary_key=True)
    last: int = 0


def is_open() -> ColumnElement[bool]:
    """Return the condition of the partial indexes on open cases in its very words, which both databases want."""
    return col(Case.status) == literal_column("'open'")


def is_untold() -> ColumnElement[bool]:
    """The same for open cases that nobody was alerted of and that no snooze lets rest."""
    return and_(is_open(), literal_column("NOT cases.alerted"), col(Case.snoozed_until).is_(None))
