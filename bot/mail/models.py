"""The mailbox's nouns as they are stored: raw mails, and the ledger in which every UID ends exactly once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.db import UtcDateTime


class LedgerState(StrEnum):
    """What became of one UID; there is no other end."""

    OPENED = "opened"
    JOINED = "joined"
    ADMIN = "admin"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    OWN = "own"
    DUPLICATE = "duplicate"
    BEFORE_START = "before_start"
    QUARANTINED = "quarantined"


# Of a mail that is kept in a file, in the words of its index.
IN_A_FILE = text("length(content) = 0")


class RawMail(SQLModel, table=True):
    """A mail as the server handed it over, kept before anything looked into it.

    `content` is zlib-compressed, and empty for a large mail, which the archive keeps in a file. `size` and `sha256`
    tell of the bytes before compression; `size` of an oversized mail is the server's figure, while `content` holds
    its header alone. UIDs are unsigned 32-bit (RFC 9051, 2.3.1.1); above the 32 bits of `uid_validity` stands how
    often the server gave out UIDs again under the same one.
    """

    __tablename__ = "raw_mails"
    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uid_validity", "uid"),
        # Whether a file is still some row's: asked before it is removed.
        Index("ix_raw_mails_in_files", "sha256", sqlite_where=IN_A_FILE, postgresql_where=IN_A_FILE),
    )

    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    folder: str
    uid_validity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=UtcDateTime)
    size: int
    sha256: str
    content: bytes


class LedgerEntry(SQLModel, table=True):
    """How one UID of a folder ended. Its row, the message and the mark are stored in one transaction.

    `state` is a LedgerState; `reason` says in words why a mail was quarantined or counted as no customer's words.
    """

    __tablename__ = "mail_ledger"

    mailbox: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uid_validity: int = Field(primary_key=True, sa_type=BigInteger)
    uid: int = Field(primary_key=True, sa_type=BigInteger)
    state: str
    case_id: str | None = Field(default=None, foreign_key="cases.case_id", index=True)
    raw_mail_id: int | None = Field(default=None, foreign_key="raw_mails.id", index=True)
    reason: str = ""
    entered_at: datetime = Field(sa_type=UtcDateTime)
