"""The words of cases, for searching, filled from the messages there are; indexes for the lists of the board."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROOM = 1_000
_BATCH = 500
_FTS = "USING fts5(words, content='', columnsize=0, detail=none, tokenize=\"ascii tokenchars '@.+-_'\")"
_TAKE_OUT = """
    INSERT INTO search_open (search_open, rowid, words) SELECT 'delete', old.id, old.words WHERE old.is_open;
    INSERT INTO search_closed (search_closed, rowid, words) SELECT 'delete', old.id, old.words WHERE NOT old.is_open;
"""
_PUT_IN = """
    INSERT INTO search_open (rowid, words) SELECT new.id, new.words WHERE new.is_open;
    INSERT INTO search_closed (rowid, words) SELECT new.id, new.words WHERE NOT new.is_open;
"""
_SAID = sa.text(
    "SELECT m.id, m.case_id, (m.internal OR m.sending IN ('waiting', 'stopped', 'failed')) AS hidden, c.status = 'open', c.customer_name, c.customer_identifier, c.subject,"
    " m.sender_name, m.sender, m.subject, m.body FROM messages m JOIN cases c ON c.case_id = m.case_id"
    " WHERE m.deleted_at IS NULL ORDER BY m.case_id, hidden, m.id"
)


# name, columns, condition
_LISTS = (
    ("open_last_message_at", ["status", "last_message_at", "case_id", "clock_restarted_at", "snoozed_until"], "status = 'open'"),
    ("open_escalated", ["status", "escalated", "last_message_at"], "status = 'open'"),
    ("open_assignee", ["status", "assignee", "last_message_at"], "status = 'open'"),
    ("closed_at", ["status", "closed_at"], "status = 'closed'"),
)


def upgrade() -> None:
    op.drop_index("ix_cases_open_last_message_at", "cases")
    for name, columns, condition in _LISTS:
        where = sa.text(condition)
        op.create_index(f"ix_cases_{name}", "cases", columns, sqlite_where=where, postgresql_where=where)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "search_entries",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text() if is_sqlite else postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.case_id"], name=op.f("fk_search_entries_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
    )
    if is_sqlite:
        op.execute(f"CREATE VIRTUAL TABLE search_open {_FTS}")
        op.execute(f"CREATE VIRTUAL TABLE search_closed {_FTS}")
        op.execute(f"CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN{_PUT_IN}END")
        op.execute(f"CREATE TRIGGER search_entries_changed AFTER UPDATE ON search_entries BEGIN{_TAKE_OUT}{_PUT_IN}END")
        op.execute(f"CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN{_TAKE_OUT}END")
    _fill(is_sqlite=is_sqlite)
    op.create_index("ix_search_entries_case_id", "search_entries", ["case_id", "internal", "id"])
    op.create_index("ix_search_entries_standing", "search_entries", ["is_open", "id"])
    if not is_sqlite:
        for standing, condition in (("open", "is_open"), ("closed", "NOT is_open")):
            op.create_index(
                f"ix_search_entries_{standing}_words",
                "search_entries",
                ["words"],
                postgresql_using="gin",
                postgresql_where=sa.text(condition),
            )


def _fill(*, is_sqlite: bool) -> None:
    words = "CAST(:words AS text)" if is_sqlite else "CAST(:words AS tsvector)"
    insert = sa.text(
        f"INSERT INTO search_entries (id, case_id, is_open, internal, words) VALUES (:id, :case_id, :is_open, :internal, {words})"
    )
    batch: list[dict[str, object]] = []
    for entry, found in _entries(context.config.attributes["metadata"].info["words_of"]):
        kept = f" {' '.join(sorted(found))} " if is_sqlite else " ".join(f"'{word}'" for word in found)
        batch.append({**entry, "words": kept})
        if len(batch) == _BATCH:
            op.get_bind().execute(insert, batch)
            batch = []
    if batch:
        op.get_bind().execute(insert, batch)


def _entries(words_of: Callable[..., frozenset[str]]) -> Iterator[tuple[dict[str, object], frozenset[str]]]:
    """Yield entries with their words: a case's messages of one kind, as many as there is room for in one."""
    said = op.get_bind().execute(_SAID, execution_options={"yield_per": 1_000})
    for (case_id, hidden), rows in groupby(said, key=lambda row: (row[1], row[2])):
        kept: frozenset[str] = frozenset()
        entry: dict[str, object] = {}
        for row in rows:
            words = words_of(*row[4:])
            if entry and len(kept | words) > _ROOM:
                yield entry, kept
                kept = frozenset()
            entry = {"id": row[0], "case_id": case_id, "is_open": bool(row[3]), "internal": bool(hidden)}
            kept |= words
        yield entry, kept
