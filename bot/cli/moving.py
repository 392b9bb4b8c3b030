"""The commands for moving: `casebot export`, `import`, and `import-mbox` for history from another helpdesk."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.refusals import clear_refusals, opened, settings_told
from bot.clock import SystemClock
from bot.db import Database

if TYPE_CHECKING:
    from bot.mail.history import Outcome, Survey


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("export")(export_desk)
    app.command("import")(import_desk)
    app.command("import-mbox")(import_mbox)


def export_desk(
    file: Annotated[Path, typer.Argument(help="Where it goes; compressed where its name ends in .gz.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
) -> None:
    """Write everything this desk holds to one file (JSONL), mails too; the bot may run meanwhile."""
    from bot.migrations.migrate import head
    from bot.moving.arrival import told_by
    from bot.moving.departure import Departure
    from bot.moving.drafts import MovingRefused

    with opened(settings_told(), MovingRefused) as desk:
        departure = Departure(desk.database, head(), version("casebot"), SystemClock().now())
        with _progress("Exporting", departure.expected()) as tell:
            departed = departure.write(file, force=force, progress=tell)
    typer.echo("\n".join(told_by(departed.tables)))
    for sha256 in departed.lost:
        typer.echo(f"warning: the file of mail {sha256} was lost before; its row is exported without it.", err=True)
    typer.echo(f"Exported to {file} with {departed.mails} large mails. It holds customers' words: keep it safe.")


def import_desk(file: Annotated[Path, typer.Argument(help="A file made by casebot export.")]) -> None:
    """Fill the empty database that DATABASE_URL names from an export, SQLite or PostgreSQL: all of it, or nothing."""
    from bot.migrations.migrate import head
    from bot.moving.arrival import Arrival, told_by
    from bot.moving.drafts import MovingRefused
    from bot.run_lock import AlreadyRunning, alone_on

    settings = settings_told()
    if not file.is_file():
        typer.echo(f"There is no file {file}.", err=True)
        raise typer.Exit(2)
    with (
        clear_refusals(AlreadyRunning),
        alone_on(settings.database_url.get_secret_value()),
        opened(settings, MovingRefused) as desk,
    ):
        with _progress("Importing", 2 * file.stat().st_size) as tell:
            stored = Arrival(desk.database, head(), desk.clock).read(file, tell)
        typer.echo("\n".join(told_by(stored)))
        typer.echo("Every count and checksum is as the file says.")
        _check_timelines(desk.database)


def import_mbox(
    file: Annotated[Path, typer.Argument(help="An mbox, for example another helpdesk's archive.")],
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Store it; without this, it is only counted.")] = False,
) -> None:
    """Take history from elsewhere in: each thread a closed case, of which nobody is told. Counts first; see --apply."""
    from bot.cli.operator import operator
    from bot.mail.history import History
    from bot.mail.mbox import Mbox

    settings = settings_told()
    with opened(settings, OSError, ValueError) as desk:
        history = History(settings, desk.database, desk.clock, Mbox(file))
        with _progress("Reading", file.stat().st_size) as tell:
            survey = history.survey(tell)
        foreseen = history.foresee(survey)
        typer.echo("\n".join(_surveyed(survey)))
        if days := settings.retain_closed_days:
            typer.echo(f"RETAIN_CLOSED_DAYS={days:g}: the words of threads that ended before go again within minutes.")
        if not apply:
            typer.echo(f"Would be stored: {_outcome(foreseen)}. Nothing was; say --apply to store it.")
            return
        with _progress("Storing", sum(map(len, survey.threads))) as tell:
            outcome = history.take_in(survey, operator(), tell)
    for refused in outcome.refused:
        typer.echo(f"The database refused {refused}", err=True)
    typer.echo(f"Stored: {_outcome(outcome)}.")


def _surveyed(survey: Survey) -> Iterator[str]:
    """Yield what is passed over, and each mail that can't be read."""
    machines, bounces = survey.passed["machine"], survey.passed["bounce"]
    yield f"Passed over: {machines} by machines, {bounces} bounces, {survey.without_customer} of the team alone."
    for broken in survey.broken:
        yield f"Can't be read: {broken}"


def _outcome(outcome: Outcome) -> str:
    opened = f"{outcome.opened} closed cases with {outcome.mails} mails"
    return f"{opened}, {outcome.joined} mails in cases there are; {outcome.known} are known already"


def _check_timelines(database: Database) -> None:
    from bot.cases.audit import Audit

    audit = Audit(database)
    broken = [str(breach) for breach in audit.breaches()]
    typer.echo("\n".join([*broken, f"timelines: events {audit.events} · cases {audit.cases} · broken {len(broken)}"]))
    if broken:
        typer.echo("They were broken before they were exported: the checksums hold.", err=True)


@contextmanager
def _progress(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """Show a bar to a person at a terminal, and nothing to anybody else."""
    if not sys.stderr.isatty():
        yield int
        return
    with typer.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update
