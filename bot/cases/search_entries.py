"""The words of each case as they are kept for searching: the entries, and their indexes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Dialect, Index, Text, event, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

from bot.cases.wording import words_of


class Words(TypeDecorator[frozenset[str]]):
    """A set of folded words: ` a b ` on SQLite, a vector without positions on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database at hand keeps."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        """Write words; none of them holds a blank or a quote (see `wording`)."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return " ".join(f"'{word}'" for word in value)
        return f" {' '.join(sorted(value))} "

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[str] | None:  # noqa: ARG002
        """Read words."""
        return None if value is None else frozenset(value.replace("'", "").split())


class SearchEntry(SQLModel, table=True):
    """The words of some messages of a case: all visible or all hidden ones after the case's entry before it.

    `internal` ones hold what only the team may find. `id` is the id of the newest message in it: entries in their
    order are cases in the order of their news.
    """

    __tablename__ = "search_entries"
    __table_args__ = (
        Index("ix_search_entries_case_id", "case_id", "internal", "id"),
        Index("ix_search_entries_standing", "is_open", "id"),
        # Two indexes of words, as there are two on SQLite (below): open cases come first, and are few.
        Index("ix_search_entries_open_words", "words", postgresql_using="gin", postgresql_where=text("is_open")).ddl_if(
            "postgresql"
        ),
        Index(
            "ix_search_entries_closed_words", "words", postgresql_using="gin", postgresql_where=text("NOT is_open")
        ).ddl_if("postgresql"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    case_id: str = Field(foreign_key="cases.case_id", ondelete="CASCADE")
    is_open: bool
    internal: bool
    words: frozenset[str] = Field(sa_type=Words)


ENTRIES = SQLModel.metadata.tables["search_entries"]

# SQLite's indexes of words. They keep no words themselves; triggers let them follow the entries.
_FTS = "USING fts5(words, content='', columnsize=0, detail=none, tokenize=\"ascii tokenchars '@.+-_'\")"
_TAKE_OUT = """
    INSERT INTO search_open (search_open, rowid, words) SELECT 'delete', old.id, old.words WHERE old.is_open;
    INSERT INTO search_closed (search_closed, rowid, words) SELECT 'delete', old.id, old.words WHERE NOT old.is_open;
"""
_PUT_IN = """
    INSERT INTO search_open (rowid, words) SELECT new.id, new.words WHERE new.is_open;
    INSERT INTO search_closed (rowid, words) SELECT new.id, new.words WHERE NOT new.is_open;
"""
SQLITE_INDEXES = (
    f"CREATE VIRTUAL TABLE search_open {_FTS}",
    f"CREATE VIRTUAL TABLE search_closed {_FTS}",
    # What words there are in each; nothing is stored for it.
    "CREATE VIRTUAL TABLE search_open_words USING fts5vocab(search_open, row)",
    "CREATE VIRTUAL TABLE search_closed_words USING fts5vocab(search_closed, row)",
    f"CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN{_PUT_IN}END",
    f"CREATE TRIGGER search_entries_changed AFTER UPDATE ON search_entries BEGIN{_TAKE_OUT}{_PUT_IN}END",
    f"CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN{_TAKE_OUT}END",
)
# A migration that fills the index has to fold as the search does, and imports nothing of bot.
SQLModel.metadata.info["words_of"] = words_of


@event.listens_for(ENTRIES, "after_create")
def _create_indexes(_table: object, connection: Connection, **_options: object) -> None:
    """Give entries that are created without migrations what migration 0003 gives them."""
    for statement in SQLITE_INDEXES if connection.dialect.name == "sqlite" else ():
        connection.exec_driver_sql(statement)
