"""The vocabulary of the desk's rows: how a case stands, what can happen to it, and why it is escalated."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Whether a case still needs the team."""

    OPEN = "open"
    CLOSED = "closed"


class EventKind(StrEnum):
    """The facts of a timeline, in the past tense."""

    OPENED = "opened"
    RECEIVED = "received"
    FLOODED = "flooded"
    REPLIED = "replied"
    STOPPED = "stopped"
    UNDELIVERED = "undelivered"
    RESENT = "resent"
    ANSWERED = "answered"
    NOTED = "noted"
    EDITED = "edited"
    DELETED = "deleted"
    ESCALATED = "escalated"
    REASON_JOINED = "reason_joined"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    REMINDED = "reminded"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    CLOSED = "closed"
    REOPENED = "reopened"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    IGNORED = "ignored"
    CLEARED = "cleared"
    ERASED = "erased"
    EXPORTED = "exported"


class ReasonKind(StrEnum):
    """Why a case was escalated."""

    KEYWORD = "keyword"
    FOLLOW_UPS = "follow_ups"
    WAITING = "waiting"
    ASKED = "asked"
    ACK_EXPIRED = "ack_expired"
    SNOOZE_OVER = "snooze_over"


class Sending(StrEnum):
    """How far an answer written at the desk has come; empty for words that came in from outside."""

    NONE = ""
    WAITING = "waiting"
    SENT = "sent"
    STOPPED = "stopped"
    FAILED = "failed"
