"""A chain of digests through the facts of each case; alarms that were told by the second path."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.migrations.first_seal import digest

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BATCH = 1_000
_EVENTS = sa.table(
    "case_events",
    sa.column("id", sa.Integer()),
    sa.column("case_id", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor", sa.String()),
    sa.column("actor_name", sa.String()),
    sa.column("message_id", sa.Integer()),
    sa.column("escalation_id", sa.Integer()),
    sa.column("question_id", sa.Integer()),
    sa.column("detail", sa.JSON()),
    sa.column("version", sa.Integer()),
    sa.column("key", sa.String()),
    sa.column("digest", sa.String()),
)
_CASES = sa.table("cases", sa.column("case_id", sa.String()), sa.column("last_digest", sa.String()))


def upgrade() -> None:
    op.add_column("case_events", sa.Column("digest", sa.String(), server_default="", nullable=False))
    op.add_column("cases", sa.Column("last_digest", sa.String(), server_default="", nullable=False))
    _seal()
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    not_over = sa.text("over_at IS NULL")
    op.create_index(
        "uq_alarms_not_over", "alarms", ["subject"], unique=True, sqlite_where=not_over, postgresql_where=not_over
    )


def _seal() -> None:
    """Give the facts there are their digests, a batch at a time, case by case in their order."""
    connection = op.get_bind()
    place = sa.tuple_(_EVENTS.c.case_id, _EVENTS.c.id)
    case_id, number, before = "", 0, ""
    while True:
        further = place > sa.tuple_(sa.literal(case_id), sa.literal(number))
        batch = connection.execute(sa.select(_EVENTS).where(further).order_by(_EVENTS.c.case_id, _EVENTS.c.id).limit(_BATCH)).all()
        if not batch:
            return
        sealed: list[dict[str, object]] = []
        last: dict[str, str] = {}
        for row in batch:
            before = digest(before if row.case_id == case_id else "", row._asdict())
            case_id, number = row.case_id, row.id
            last[case_id] = before
            sealed.append({"of": number, "digest": before})
        connection.execute(_EVENTS.update().where(_EVENTS.c.id == sa.bindparam("of")), sealed)
        ends = [{"of": name, "last_digest": end} for name, end in last.items()]
        connection.execute(_CASES.update().where(_CASES.c.case_id == sa.bindparam("of")), ends)
