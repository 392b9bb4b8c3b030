"""Bring a database to today's schema, under a lock, as the first thing at every start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, Index, MetaData, inspect, text
from sqlalchemy.schema import SchemaItem

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).parent
# Any number, as long as it is always the same: PostgreSQL's advisory lock of this desk's migrations.
_LOCK = 0x0CA5EB07
# A migration's file is named for its revision, so that most starts need not load Alembic to see that all is done.
REVISIONS = sorted(path.name.partition("_")[0] for path in (_HERE / "versions").glob("[0-9]*_*.py"))
_TABLE = "alembic_version"

# SQLite keeps an index of words as a handful of tables: no metadata tells of them.
SEARCH_TABLES = ("search_open", "search_closed")

Compares = Callable[[SchemaItem, str | None, str, bool, object], bool]


class Standing(Enum):
    """How a database's schema stands against this version's."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


class SchemaTooNew(Exception):
    """The database was migrated by a later version of Casebot; an older one must not touch it."""


def migrate(engine: Engine, metadata: MetaData, revision: str = "head") -> None:
    """Apply what is missing, up to a revision. Of processes that start at once all but the first find nothing to do."""
    if revision == "head" and standing(engine) is Standing.CURRENT:
        return
    from alembic import command

    with _locked(engine) as connection:
        found = _standing(connection)
        if found is Standing.NEWER:
            raise SchemaTooNew(
                "The database belongs to a newer Casebot. Start that version, or restore a backup made by this one."
            )
        if found is not Standing.CURRENT:
            command.upgrade(_config(connection, metadata), revision)


def standing(engine: Engine) -> Standing:
    """Tell how a database's schema stands; nothing is changed."""
    with engine.connect() as connection:
        return _standing(connection)


def head() -> str:
    """Return the revision of today's schema."""
    return REVISIONS[-1]


def differences(engine: Engine, metadata: MetaData) -> list[object]:
    """Return what autogenerate would still change; empty when migrations and tables agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": compared_on(connection)}
        )
        return list(compare_metadata(context, metadata))


def _standing(connection: Connection) -> Standing:
    known = inspect(connection).has_table(_TABLE)
    stands_at = connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar() if known else None
    if stands_at is None:
        return Standing.EMPTY
    if stands_at not in REVISIONS:
        return Standing.NEWER
    return Standing.CURRENT if stands_at == REVISIONS[-1] else Standing.OLDER


def compared_on(connection: Connection) -> Compares:
    """Return which things autogenerate compares: not SQLite's indexes of words, and no index of the other database."""

    def is_compared(thing: SchemaItem, name: str | None, kind: str, reflected: bool, _other: object) -> bool:  # noqa: FBT001
        if kind == "table" and reflected:
            return not str(name).startswith(SEARCH_TABLES)
        if not isinstance(thing, Index):
            return True
        is_gin = thing.dialect_options["postgresql"]["using"] == "gin"
        only_on = "postgresql" if is_gin else thing.info.get("only_on")
        return only_on is None or bool(only_on == connection.dialect.name)

    return is_compared


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            # Batch rewrites drop and rename tables: with foreign keys on, that would delete or refuse rows. The
            # pragma has no effect inside a transaction, so it comes first, on the driver's own connection.
            _pragma(connection, "foreign_keys=OFF")
            _pragma(connection, "busy_timeout=30000")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT set_config('lock_timeout', '30s', true)"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise RuntimeError("the migration would leave rows without their parents; nothing was changed")
        finally:
            # Back to the pool's usual settings means: a new connection.
            connection.invalidate()


def _pragma(connection: Connection, setting: str) -> None:
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA {setting}")


def _config(connection: Connection, metadata: MetaData) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config
