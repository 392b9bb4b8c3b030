"""What the seals of timelines cost on a large desk: migration 0005 on a full database, and `casebot audit verify`.

    python -m bench.seal [--cases 100000] [--facts 5] [--database-url postgresql+psycopg://…]

Run it on an empty database; SQLite in a temporary file by default. Seconds of wall time and of our own CPU.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text
from sqlmodel import SQLModel

import bot.wiring  # noqa: F401 - whoever wires every room has every table
from bot.cases.audit import Audit
from bot.db import Database
from bot.log import configure
from bot.migrations.migrate import migrate

_SLAB = 10_000
_CASE = text(
    "INSERT INTO cases (case_id, customer_identifier, status, created_at, last_message_at, message_count, escalated,"
    " customer_name, source, subject, verdict, version) VALUES"
    " (:case_id, :case_id, 'closed', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, false, 'Ada', 'slack', '', '', 1)"
)
_FACT = text(
    "INSERT INTO case_events (case_id, kind, at, actor, actor_name, detail, version)"
    " VALUES (:case_id, 'noted', '2026-01-01 00:00:00.12345', 'U_MIA', 'Mia', :detail, 3)"
)
_DETAIL = (
    '{"reasons": [{"kind": "keyword", "words": "says “urgent”: it is urgent", "at": "2026-01-01T00:00:00+00:00"}]}'
)


def main() -> None:
    """Fill a database of before the seals, migrate it and verify it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--facts", type=int, default=5, help="facts in each case")
    parser.add_argument("--database-url", default="")
    asked = parser.parse_args()
    configure("ERROR", "console")
    with tempfile.TemporaryDirectory(prefix="casebot-seal-") as folder:
        database = Database(asked.database_url or f"sqlite:///{Path(folder) / 'cases.db'}")
        migrate(database.engine, SQLModel.metadata, "0004")
        _timed("fill", lambda: _fill(database, asked.cases, asked.facts))
        _timed("migrate 0005", lambda: migrate(database.engine, SQLModel.metadata, "0005"))
        migrate(database.engine, SQLModel.metadata)
        audit = Audit(database)
        _timed("verify", lambda: list(audit.breaches()))
        print(f"{audit.cases} cases, {audit.events} facts on {database.url.get_backend_name()}")
        database.close()


def _fill(database: Database, cases: int, facts: int) -> None:
    with database.engine.begin() as connection:
        for start in range(0, cases, _SLAB):
            names = [f"CASE-{number}" for number in range(start + 1, min(start + _SLAB, cases) + 1)]
            connection.execute(_CASE, [{"case_id": name} for name in names])
            connection.execute(_FACT, [{"case_id": name, "detail": _DETAIL} for name in names for _ in range(facts)])


def _timed(what: str, act: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    print(f"{what:14} {time.perf_counter() - wall:8.1f} s   cpu {time.process_time() - cpu:8.1f} s", flush=True)


if __name__ == "__main__":
    main()
