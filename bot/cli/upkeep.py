"""The commands that look after an installation: `casebot doctor`, `backup` and `restore`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.engine import URL, make_url

from bot.cli.refusals import clear_refusals, settings_told, undisturbed
from bot.clock import SystemClock
from bot.settings import sketch_settings

if TYPE_CHECKING:
    from bot.backup import Copied


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (doctor, backup, restore):
        app.command()(command)


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Check everything Casebot needs, and say what to do about what is wrong; exit 0 only if nothing is."""
    from bot.doctor import report
    from bot.doctor.examination import examine
    from bot.doctor.patient import Patient
    from bot.doctor.table import CHECKS

    sketch = sketch_settings()
    patient = Patient(sketch, SystemClock())
    results = []
    with undisturbed(sketch.settings.secret_values):
        for result in examine(patient, CHECKS):
            results.append(result)
            if not as_json:
                typer.echo("\n".join(report.lines_of(result)))
        patient.close()
    typer.echo(json.dumps(report.as_json(results), ensure_ascii=False) if as_json else report.summary(results))
    raise typer.Exit(0 if report.is_well(results) else 1)


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
) -> None:
    """Copy the database (SQLite) and its large mails, checked and whole; the bot may run meanwhile."""
    from bot.backup import BackupRefused, back_up, postgresql_advice

    url = _database_url()
    if url.get_backend_name() != "sqlite":
        typer.echo(postgresql_advice(url, file), err=True)
        raise typer.Exit(2)
    with clear_refusals(BackupRefused):
        _tell(back_up(url, file, force=force), "Backed up to")


def restore(file: Annotated[Path, typer.Argument(help="A backup made by casebot backup.")]) -> None:
    """Put a backup in the place that DATABASE_URL names (SQLite), where no database may be."""
    from bot.backup import BackupRefused, postgresql_restore_advice
    from bot.backup import restore as put_back
    from bot.run_lock import AlreadyRunning, alone_on

    url = _database_url()
    if url.get_backend_name() != "sqlite":
        typer.echo(postgresql_restore_advice(url, file), err=True)
        raise typer.Exit(2)
    with clear_refusals(BackupRefused, AlreadyRunning), alone_on(url.render_as_string(hide_password=False)):
        _tell(put_back(file, url), "Restored to")


def _database_url() -> URL:
    return make_url(settings_told().database_url.get_secret_value())


def _tell(copied: Copied, done: str) -> None:
    typer.echo(f"{done} {copied.file} ({copied.bytes / 1e6:.1f} MB, integrity checked).")
    if copied.mails:
        typer.echo(f"{copied.mails} large mails are in {copied.folder}: the two belong together.")
    for damage in copied.damaged:
        typer.echo(f"warning: a mail could not be copied, {damage}", err=True)
