"""The small commands of the desk: `casebot migrate`, `sweep` and `ingest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.refusals import opened, settings_told


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (migrate, sweep, ingest):
        app.command()(command)


def migrate() -> None:
    """Bring the database to today's schema."""
    with opened(settings_told()):
        pass
    typer.echo("The database has today's schema.")


def sweep() -> None:
    """Escalate by hand what has waited too long; the running bot tells it."""
    with opened(settings_told()) as desk:
        escalated = desk.sweep.sweep()
    typer.echo(f"{escalated} {'case' if escalated == 1 else 'cases'} escalated.")


def ingest(files: Annotated[list[Path], typer.Argument(help="Mails as files (.eml).")]) -> None:
    """Take mails from files, as if they had arrived in the mailbox now."""
    from bot.mail.ingest import ingest as take_in
    from bot.mail.parser import UnreadableMail

    settings = settings_told()
    with opened(settings, OSError, UnreadableMail) as desk:
        for file in files:
            ended = take_in(file.read_bytes(), settings, desk.database, desk.intake, received_at=desk.clock.now())
            case = f" ({ended.case_id})" if ended.case_id else ""
            typer.echo(f"{file.name}: {ended.state}{case}{ended.reason and f', {ended.reason}'}")
