"""Whose turn it is in a case, told by its newest message that the customer can see; refused deliveries in an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEWEST = """
    SELECT NOT m.is_admin FROM messages m WHERE m.case_id = cases.case_id AND NOT m.internal
    ORDER BY m.timestamp DESC, m.id DESC LIMIT 1
"""


def upgrade() -> None:
    op.add_column("cases", sa.Column("awaits_us", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.execute(f"UPDATE cases SET awaits_us = COALESCE(({_NEWEST}), true) WHERE status = 'open'")
    still_open = sa.text("status = 'open'")
    op.create_index(
        "ix_cases_awaiting_us",
        "cases",
        ["status", "awaits_us", "last_message_at"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    refused = sa.text("state = 'refused'")
    op.create_index("ix_deliveries_refused", "deliveries", ["id"], sqlite_where=refused, postgresql_where=refused)
