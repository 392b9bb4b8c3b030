"""Checks of the database: reachable, writable, of today's schema, whole; and what the outbox still holds."""

from __future__ import annotations

import sqlite3
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from bot.doctor.finding import Finding, Trouble, skipped, well, wrong
from bot.doctor.patient import Patient
from bot.migrations.migrate import Standing, standing
from bot.outbox.models import Delivery, DeliveryState, unsettled

INTEGRITY_SECONDS = 10.0
OLDEST_POSTGRESQL = 130_000
LOOKED_BACK = timedelta(days=7)
_STEPS_BETWEEN_LOOKS = 100_000


def reachable(patient: Patient) -> Finding:
    """Look whether the database answers and takes writes; SQLite's file is not made by looking."""
    url = patient.database_url
    if url.get_backend_name() != "sqlite":
        _write_nothing(patient)
        return well(f"PostgreSQL answers at {url.host or 'its socket'}, database {url.database}")
    file = patient.database_file
    if file is None:
        return wrong(
            "DATABASE_URL names no file: everything would be lost at each stop",
            "Set it to a file: DATABASE_URL=sqlite:////var/lib/casebot/case_management.db",
        )
    if not file.parent.is_dir():
        return wrong(f"the folder {file.parent} is not there", f"mkdir -p {file.parent}, or correct DATABASE_URL")
    if not file.exists():
        return well(f"there is none yet; casebot run makes it: {file}")
    _write_nothing(patient)
    return well(f"SQLite answers: {file}")


def schema(patient: Patient) -> Finding:
    """Look whether the schema is this version's, and not a newer one's."""
    if _is_not_there(patient):
        return skipped("nothing is stored yet")
    found = standing(patient.database.engine)
    if found is Standing.NEWER:
        return wrong(
            "the database was migrated by a newer Casebot; this one must not touch it",
            "Install the version that ran last, or restore a backup made by this one.",
        )
    if found is Standing.OLDER:
        return wrong("the database has an older schema", "casebot migrate (casebot run does it at its start, too)")
    if found is Standing.EMPTY:
        return skipped("the database is empty; casebot run sets it up")
    return well("the database has today's schema")


def integrity(patient: Patient) -> Finding:
    """Let SQLite look through its own file, or ask PostgreSQL for its version."""
    file = patient.database_file
    if file is None:
        return _postgresql_version(patient)
    problems = _quick_check(file)
    if problems is None:
        return skipped(f"the file is too large to be looked through in {INTEGRITY_SECONDS:g} s")
    if problems:
        return wrong(
            f"SQLite finds its file damaged: {problems[0]}",
            f'Stop Casebot, then save what is readable: sqlite3 {file} ".recover" | sqlite3 recovered.db',
            "Put the recovered file, or your last backup, in its place.",
        )
    return well("SQLite finds its file whole")


def outbox(patient: Patient) -> Finding:
    """Look for what was refused for good of late, and for what should have been said long ago."""
    now = patient.clock.now()
    late = now - timedelta(seconds=patient.limits.due_seconds)
    refused_of_late = (Delivery.state == DeliveryState.REFUSED, col(Delivery.created_at) > now - LOOKED_BACK)
    with patient.database.readers.begin() as session:
        refused = session.exec(select(func.count()).select_from(Delivery).where(*refused_of_late)).one()
        waiting = session.exec(select(func.count()).select_from(Delivery).where(unsettled())).one()
        overdue = select(func.count()).select_from(Delivery).where(unsettled(), col(Delivery.due_at) < late)
        stuck = session.exec(overdue).one()
        why = session.exec(
            select(Delivery.error).where(*refused_of_late).order_by(col(Delivery.id).desc()).limit(1)
        ).first()
    if refused:
        return wrong(
            f"{refused} refused for good in the last {LOOKED_BACK.days} days, the last one: {why}",
            "casebot outbox lists them; mend what they name, then: casebot outbox retry --all",
        )
    if stuck and patient.answer.is_casebot:
        return wrong(f"{stuck} of {waiting} waiting are overdue", "casebot outbox lists them; its log says why.")
    rest = f"; {waiting} to be said" + ("" if patient.answer.is_casebot else " by casebot run") if waiting else ""
    return well(f"nothing was refused{rest}")


def _is_not_there(patient: Patient) -> bool:
    file = patient.database_file
    return file is not None and not file.exists()


def _write_nothing(patient: Patient) -> None:
    """Take the write lock and give it back: what can't be written to is told here."""
    try:
        with patient.database.writers.begin() as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise Trouble(f"the database can't be used ({reason})", *_database_advice(patient)) from error


def _database_advice(patient: Patient) -> tuple[str, ...]:
    file = patient.database_file
    if file is not None:
        return (f"Look at it and at its folder: ls -ld {file.parent} {file}", "Correct the rights, or DATABASE_URL.")
    url = patient.database_url
    return (
        f"Does PostgreSQL run there? pg_isready -h {url.host or 'localhost'} -p {url.port or 5432}",
        "Correct DATABASE_URL: postgresql+psycopg://user:password@host/name",
    )


def _quick_check(file: Path) -> list[str] | None:
    """Return SQLite's complaints, or None if it needs longer than INTEGRITY_SECONDS."""
    deadline = time.monotonic() + INTEGRITY_SECONDS
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS_BETWEEN_LOOKS)
    try:
        lines = [str(line[0]) for line in connection.execute("PRAGMA quick_check(5)")]
    except sqlite3.DatabaseError as error:
        return None if "interrupted" in str(error) else [str(error)]
    finally:
        connection.close()
    return [] if lines == ["ok"] else lines


def _postgresql_version(patient: Patient) -> Finding:
    with patient.database.readers.begin() as session:
        number = int(session.connection().execute(text("SHOW server_version_num")).scalar_one())
    told = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    if number < OLDEST_POSTGRESQL:
        return wrong(f"{told} gets no more updates", f"Move to PostgreSQL {OLDEST_POSTGRESQL // 10_000} or later.")
    return well(told)
