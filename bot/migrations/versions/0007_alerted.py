"""Whether an escalation is pending stands on the case: the sweep passes over what nobody was alerted of, and that alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PENDING = "SELECT case_id FROM escalations WHERE settled_at IS NULL"


def upgrade() -> None:
    op.add_column("cases", sa.Column("alerted", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute(f"UPDATE cases SET alerted = true WHERE case_id IN ({_PENDING})")
    op.drop_index("ix_cases_open_last_message_at", "cases")
    still_open = sa.text("status = 'open'")
    untold = sa.text("status = 'open' AND NOT alerted AND snoozed_until IS NULL")
    op.create_index(
        "ix_cases_open_last_message_at",
        "cases",
        ["status", "last_message_at"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index(
        "ix_cases_untold",
        "cases",
        ["status", "last_message_at", "clock_restarted_at", "case_id", "alerted", "snoozed_until"],
        sqlite_where=untold,
        postgresql_where=untold,
    )
