"""Alembic's entry: runs the migrations on the connection and metadata that the caller handed over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import String, TypeDecorator

from bot.migrations.migrate import compared_on


def _render(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """Write a type of ours as what it stores: a revision must not change when our code does."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return "sa.String()" if isinstance(thing.impl, String) else f"sa.{thing.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_render,
    compare_type=True,
    include_object=compared_on(connection),
)
context.run_migrations()
