"""The command that looks after an installation: `casebot doctor`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bot.cli.refusals import undisturbed
from bot.clock import SystemClock
from bot.settings import sketch_settings


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(doctor)


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
