"""The database: engines, the two session makers, and time as it is stored."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, Dialect, Engine, create_engine, event, func, text, type_coerce
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import sessionmaker
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel, select

if TYPE_CHECKING:
    import psycopg

from bot.turnstile import Turnstile

# A listener that waits for the write lock must give up, unacked, inside Slack's 3 seconds.
LOCK_WAIT_SECONDS = 2.0
# A line that went dead without a word is given up after this long, on our side and on PostgreSQL's, which then frees
# what was locked over it; so is a transaction in which a process was frozen.
SILENCE_SECONDS = 15
FROZEN_SECONDS = 60
# Web (1), postmen, watcher, clock and directory, and ten for Bolt's listeners: of those who hear messages, most wait
# without a connection to be taken in together.
POOL_SIZE = 16
IMMEDIATELY = "BEGIN IMMEDIATE"
_QUEUE_UP = text("SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS key")

# Constraint names that Alembic can find again on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored and returned in UTC on both databases.

    A naive datetime is refused with ValueError: it would silently mean another moment on another machine.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone can't be stored")
        utc = value.astimezone(UTC)
        # SQLite keeps text: without the offset its order is the order of time.
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return what was kept as an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One database, and the two ways to open a transaction on it.

    `writers` take SQLite's write lock at once (BEGIN IMMEDIATE), so that two writers queue up instead of failing
    halfway; `readers` never take it. Both give SQLModel sessions whose `begin()` commits.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        writing = self.engine.execution_options(sqlite_begin=IMMEDIATELY)
        reading = self.engine.execution_options(sqlite_begin="BEGIN", **self._read_only())
        self.writers = sessionmaker(writing, class_=Session, expire_on_commit=False)
        self.readers = sessionmaker(reading, class_=Session, expire_on_commit=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite; else it is PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"

    def ping(self) -> None:
        """Ask the database for one row; raises what the driver raises when it does not answer."""
        with self.readers.begin() as session:
            session.connection().execute(text("SELECT 1"))

    def problem(self) -> str:
        """Return why the database can't be read, in a line; empty while it can."""
        try:
            self.ping()
        except DBAPIError as error:
            return str(error.orig).splitlines()[0]
        except SQLAlchemyError as error:
            return str(error).splitlines()[0]
        return ""

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _read_only(self) -> dict[str, Any]:
        return {} if self.is_sqlite else {"postgresql_readonly": True}


def time_of(session: Session) -> datetime:
    """Return the database's time: one clock for all processes, whatever theirs show."""
    return session.exec(select(type_coerce(func.current_timestamp(), UtcDateTime))).one()


def queue_up(session: Session, *keys: str) -> None:
    """Let the writers of each of these keys pass one at a time, until their transaction ends.

    SQLite's writers are already alone; PostgreSQL takes advisory locks, which also cover rows not yet there. Several
    are taken in one order, so that nobody waits for who waits for him.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    held: set[str] = session.info.setdefault("queues", set())
    if wanted := sorted(set(keys) - held):
        session.connection().execute(_QUEUE_UP, {"keys": wanted})
        held.update(wanted)


def _sqlite(url: URL) -> Engine:
    turnstile = Turnstile()
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        pool_use_lifo=True,  # the last one used has its pages and statements still at hand
        max_overflow=0,
        hide_parameters=True,  # an error must not carry customers' words into the log
        connect_args={"timeout": LOCK_WAIT_SECONDS, "factory": _InTurn},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction control would begin late and plainly; `begin` below does it instead.
        connection.isolation_level = None
        _write_ahead(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        how = connection.get_execution_options().get("sqlite_begin", IMMEDIATELY)
        if how == IMMEDIATELY:
            if not turnstile.enter(LOCK_WAIT_SECONDS):
                raise OperationalError(how, None, sqlite3.OperationalError("database is locked"))
            driver: Any = connection.connection.driver_connection
            driver.leave = turnstile.leave
        connection.exec_driver_sql(how)

    return engine


class _InTurn(sqlite3.Connection):
    """A connection that gives its turn to write back, if it has one, as soon as its transaction has ended."""

    leave: Callable[[], None] | None = None

    def commit(self) -> None:
        """Commit; after a commit that failed it is still our turn, until the rollback."""
        super().commit()
        self._end()

    def rollback(self) -> None:
        """Roll back."""
        try:
            super().rollback()
        finally:
            self._end()

    def close(self) -> None:
        """Close, and whatever was under way is rolled back."""
        try:
            super().close()
        finally:
            self._end()

    def _end(self) -> None:
        leave, self.leave = self.leave, None
        if leave is not None:
            leave()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch a new file to the write-ahead log; of processes that do so at once SQLite refuses some without waiting."""
    end = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _postgresql(url: URL) -> Engine:
    probes = {"tcp_keepalives_idle": SILENCE_SECONDS - 6, "tcp_keepalives_interval": 2, "tcp_keepalives_count": 3}
    waits = {
        "lock_timeout": int(LOCK_WAIT_SECONDS * 1000),
        "idle_in_transaction_session_timeout": FROZEN_SECONDS * 1000,
        "timezone": "UTC",
        "jit": "off",  # compiling takes longer than anything that is asked here
    }
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        pool_use_lifo=True,  # the last one used has its pages and statements still at hand
        max_overflow=0,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=LOCK_WAIT_SECONDS,
        connect_args={
            "connect_timeout": 5,
            "options": " ".join(f"-c {name}={value}" for name, value in (waits | probes).items()),
            "application_name": "casebot",
            "tcp_user_timeout": SILENCE_SECONDS * 1000,
            **{name.replace("tcp_", ""): value for name, value in probes.items()},
        },
    )

    @event.listens_for(engine, "checkout")
    def as_the_server_says(connection: psycopg.Connection, *_records: object) -> None:
        """After a reader, the driver would demand READ WRITE, even of a server that takes no writes (it is full)."""
        if connection.read_only is not None:
            connection.read_only = None

    return engine
