"""The floor of the mail benchmark: fetch, parse, store, with nothing around it; one run, figures as JSON.

    python -m bench.mail_floor sqlite:///FILE | postgresql://…        (IMAP_* in the environment say which mailbox)

What any reader of a mailbox must do and no more: whole mails in batches of 100 with imaplib's trace switched off,
Python's older and quicker parser (compat32) with headers decoded by hand, and one durable transaction a mail that finds
the thread by its references, or begins one, and stores text and attachments.
"""

from __future__ import annotations

import email
import hashlib
import json
import os
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

import psycopg
from imapclient import IMAPClient

_AT_ONCE = 100
_TABLES = """
CREATE TABLE threads (id {key}, subject TEXT NOT NULL, customer TEXT NOT NULL, begun TEXT NOT NULL);
CREATE TABLE letters (id {key}, thread_id INTEGER NOT NULL REFERENCES threads (id), message_id TEXT UNIQUE,
    uid INTEGER NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL, sent TEXT, body TEXT NOT NULL);
CREATE INDEX letters_thread ON letters (thread_id);
CREATE TABLE files (id {key}, letter_id INTEGER NOT NULL REFERENCES letters (id), name TEXT, kind TEXT, sha256 TEXT,
    content {bytes});
"""


class Store:
    """Two databases, one way to write: a transaction of its own for each mail."""

    def __init__(self, url: str) -> None:
        self.on_sqlite = url.startswith("sqlite:///")
        self._cursor: Any
        if self.on_sqlite:
            self._connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            kinds = {"key": "INTEGER PRIMARY KEY", "bytes": "BLOB"}
        else:
            self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
            kinds = {"key": "BIGSERIAL PRIMARY KEY", "bytes": "BYTEA"}
        self._cursor = self._connection.cursor()
        for statement in _TABLES.format(**kinds).split(";"):
            if statement.strip():
                self._cursor.execute(statement)

    def put(self, uid: int, mail: tuple[Any, ...]) -> None:
        """Store one mail, durably."""
        message_id, references, sender, subject, sent, text, files = mail
        self._cursor.execute("BEGIN IMMEDIATE" if self.on_sqlite else "BEGIN")
        thread = self._thread(references) or self._insert("threads(subject, customer, begun)", (subject, sender, sent))
        values = (thread, message_id, uid, sender, subject, sent, text)
        columns = "letters(thread_id, message_id, uid, sender, subject, sent, body)"
        letter = self._insert(columns, values, "ON CONFLICT DO NOTHING")
        if letter is not None:
            for one in files:
                self._insert("files(letter_id, name, kind, sha256, content)", (letter, *one))
        self._cursor.execute("COMMIT")

    def count(self) -> int:
        self._cursor.execute("SELECT count(*) FROM letters")
        return int(self._cursor.fetchone()[0])

    def _thread(self, references: Sequence[str]) -> int | None:
        if not references:
            return None
        marks = self._marks(len(references))
        self._cursor.execute(f"SELECT thread_id FROM letters WHERE message_id IN ({marks}) LIMIT 1", references)
        row = self._cursor.fetchone()
        return row[0] if row else None

    def _insert(self, columns: str, values: Sequence[object], otherwise: str = "") -> int | None:
        self._cursor.execute(
            f"INSERT INTO {columns} VALUES ({self._marks(len(values))}) {otherwise} RETURNING id", values
        )
        row = self._cursor.fetchone()
        return row[0] if row else None

    def _marks(self, count: int) -> str:
        return ", ".join(["?" if self.on_sqlite else "%s"] * count)


def read(raw: bytes) -> tuple[Any, ...]:
    """Take a mail apart: id, references, sender, subject, date, text, files."""
    mail = email.message_from_bytes(raw)
    text, files = None, []
    for part in mail.walk():
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        held = content if isinstance(content, bytes) else b""
        if part.get_filename():
            files.append((part.get_filename(), part.get_content_type(), hashlib.sha256(held).hexdigest(), held))
        elif text is None:
            text = held.decode(part.get_content_charset() or "utf-8", "replace")
    references = (mail.get("References") or "").split() + (mail.get("In-Reply-To") or "").split()
    message_id = (mail.get("Message-ID") or "").strip() or None
    return (
        message_id,
        references,
        _decoded(mail, "From"),
        _decoded(mail, "Subject"),
        mail.get("Date") or "",
        text or "",
        files,
    )


def _decoded(mail: Message, field: str) -> str:
    return str(make_header(decode_header(mail.get(field) or "")))


def fetched(client: IMAPClient) -> Iterator[tuple[int, bytes]]:
    """Yield every mail of the open folder."""
    uids = client.search("ALL")
    for start in range(0, len(uids), _AT_ONCE):
        chunk = uids[start : start + _AT_ONCE]
        found = client.fetch(chunk, ["BODY.PEEK[]"])
        yield from ((uid, found[uid][b"BODY[]"]) for uid in chunk)


def main() -> None:
    """Take everything in and say how long it took."""
    client = IMAPClient(os.environ["IMAP_SERVER"], int(os.environ["IMAP_PORT"]), ssl=False)
    client.login(os.environ["IMAP_EMAIL"], os.environ["IMAP_PASSWORD"])
    client.select_folder("INBOX", readonly=True)
    client._imap.debug = 0  # IMAPClient sets 5, and every answer is written out for a log that nobody keeps
    store, taken = Store(sys.argv[1]), 0
    begun, worked = time.perf_counter(), time.process_time()
    for uid, raw in fetched(client):
        store.put(uid, read(raw))
        taken += 1
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {"mails": taken, "seconds": seconds, "cpu": worked, "peak": peak, "rows": {"letters": store.count()}}
        )
    )


if __name__ == "__main__":
    main()
