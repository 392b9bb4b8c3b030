"""The commands of the audit trail: `casebot audit verify`."""

from __future__ import annotations

import typer

from bot.cli.refusals import opened, settings_told


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    group = typer.Typer(help="The audit trail: what is recorded of each case.", no_args_is_help=True)
    group.command()(verify)
    app.add_typer(group, name="audit")


def verify() -> None:
    """Follow every case's timeline from seal to seal; exit 1 if one was changed. The bot may run meanwhile."""
    from bot.cases.audit import Audit

    broken = 0
    with opened(settings_told()) as desk:
        audit = Audit(desk.database)
        for breach in audit.breaches():
            broken += 1
            typer.echo(str(breach))
    typer.echo(f"events {audit.events} · cases {audit.cases} · broken {broken}")
    raise typer.Exit(1 if broken else 0)
