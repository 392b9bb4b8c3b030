"""Roads that are entered where the question begins: lists of cases on PostgreSQL, words by their beginning on SQLite.

On PostgreSQL the indexes of cases begin with what is asked for, not with the status that their condition names. On
SQLite the words of each index can be listed; nothing is stored for it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OPEN, _CLOSED = "status = 'open'", "status = 'closed'"
_ROADS = {
    "untold": (f"{_OPEN} AND NOT alerted AND snoozed_until IS NULL", "last_message_at", "clock_restarted_at", "case_id"),
    "open_last_message_at": (_OPEN, "last_message_at"),
    "open_escalated": (_OPEN, "escalated", "last_message_at"),
    "awaiting_us": (_OPEN, "awaits_us", "last_message_at"),
    "open_assignee": (_OPEN, "assignee", "last_message_at"),
    "closed_at": (_CLOSED, "closed_at"),
    "words_kept": (f"{_CLOSED} AND NOT words_removed", "closed_at"),
}


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_open_words USING fts5vocab(search_open, row)")
        op.execute("CREATE VIRTUAL TABLE search_closed_words USING fts5vocab(search_closed, row)")
        return
    for name, (among, *columns) in _ROADS.items():
        op.create_index(f"ix_cases_{name}_bare", "cases", columns, postgresql_where=sa.text(among))
        op.drop_index(f"ix_cases_{name}", "cases")
