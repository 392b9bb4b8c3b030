"""Seals that outlive the words they cover; marks on cases and messages whose words were removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from secrets import token_hex

import sqlalchemy as sa
from alembic import context, op

from bot.migrations.first_seal import digest as first_digest

revision = "0008"
down_revision = "0007"
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
    sa.column("salt", sa.String()),
    sa.column("words_digest", sa.String()),
)
_CASES = sa.table("cases", sa.column("case_id", sa.String()), sa.column("last_digest", sa.String()))

Digest = Callable[[str, Mapping[str, object]], str]


def upgrade() -> None:
    for name in ("salt", "words_digest"):
        op.add_column("case_events", sa.Column(name, sa.String(), server_default="", nullable=False))
    for table in ("cases", "messages"):
        op.add_column(
            table, sa.Column("words_removed", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
    kept = sa.text("status = 'closed' AND NOT words_removed")
    op.create_index(
        "ix_cases_words_kept", "cases", ["status", "closed_at"], sqlite_where=kept, postgresql_where=kept
    )
    in_a_file = sa.text("length(content) = 0")
    op.create_index(
        "ix_raw_mails_in_files", "raw_mails", ["sha256"], sqlite_where=in_a_file, postgresql_where=in_a_file
    )
    _seal(context.config.attributes["metadata"].info["digest"])


def _seal(digest: Digest) -> None:
    """Seal every fact anew, a batch at a time, case by case in their order; what was broken stays broken."""
    connection = op.get_bind()
    place = sa.tuple_(_EVENTS.c.case_id, _EVENTS.c.id)
    case_id, number, first, before = "", 0, "", ""
    while True:
        further = place > sa.tuple_(sa.literal(case_id), sa.literal(number))
        batch = connection.execute(sa.select(_EVENTS).where(further).order_by(_EVENTS.c.case_id, _EVENTS.c.id).limit(_BATCH)).all()
        if not batch:
            return
        sealed: list[dict[str, object]] = []
        ends: dict[str, dict[str, object]] = {}
        for row in batch:
            if row.case_id != case_id:
                first = before = ""
            fact = row._asdict() | {"salt": token_hex(16)}
            is_whole = row.digest == first_digest(first, fact)
            before = digest(before, fact) if is_whole else ""
            case_id, number, first = row.case_id, row.id, row.digest
            ends[case_id] = {"of": case_id, "first": first, "last": before}
            sealed.append({"of": number, "salt": fact["salt"], "digest": before})
        connection.execute(_EVENTS.update().where(_EVENTS.c.id == sa.bindparam("of")), sealed)
        # Where this was the end. A case that goes on in the next batch is met there again; an end that was missing
        # is still missed.
        is_end = sa.and_(_CASES.c.case_id == sa.bindparam("of"), _CASES.c.last_digest == sa.bindparam("first"))
        connection.execute(
            _CASES.update().where(is_end).values(last_digest=sa.bindparam("last")), list(ends.values())
        )
