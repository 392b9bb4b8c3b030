"""The commands of the outbox: `casebot outbox list`, `retry` and `drop`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from bot.cases.inbound import Author
from bot.cli.refusals import opened, settings_told

_Number = Annotated[int | None, typer.Argument(help="The delivery's number, as `casebot outbox list` shows it.")]
_CONSOLE = Author("console", "the console", is_admin=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line; `outbox` alone is `outbox list`."""
    group = typer.Typer(help="What is still to be said, and what was refused.", invoke_without_command=True)
    group.callback()(outbox)
    group.command("list")(outbox_list)
    group.command("retry")(outbox_retry)
    group.command("drop")(outbox_drop)
    app.add_typer(group, name="outbox")


def outbox(context: typer.Context) -> None:
    """Show what is still to be said and what was refused; say it after all, or drop it."""
    if context.invoked_subcommand is None:
        outbox_list()


def outbox_list() -> None:
    """Show what is still to be said, and what was refused for good and why."""
    from bot.outbox.queries import overview

    with opened(settings_told()) as desk:
        for line in overview(desk.database):
            typer.echo(line)


def outbox_retry(
    number: _Number = None,
    *,
    all_refused: Annotated[bool, typer.Option("--all", help="Everything that was refused.")] = False,
) -> None:
    """Say what was refused after all, once its cause is mended; the running bot says it."""
    from bot.cases.errors import CaseError
    from bot.cases.parked import ParkedDeliveries

    if (number is None) == (not all_refused):
        typer.echo("Name one delivery by its number, or all with --all.", err=True)
        raise typer.Exit(2)
    with opened(settings_told()) as desk:
        parked = ParkedDeliveries(desk.database, desk.clock)
        faults = []
        for each in _numbers(number, parked.refused()):
            try:
                delivery = parked.retry(each, _CONSOLE)
            except CaseError as refusal:
                faults.append(str(refusal))
                continue
            typer.echo(f"{each}: {delivery.kind} of {delivery.case_id or delivery.subject} is due again.")
    _told(faults)


def outbox_drop(
    number: Annotated[int, typer.Argument(help="The delivery's number, as `casebot outbox list` shows it.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Never say a delivery: one that was refused, or waits."""
    from bot.cases.errors import CaseError
    from bot.cases.parked import ParkedDeliveries

    if not yes:
        typer.confirm(f"Delivery {number} will never be said. Drop it?", abort=True)
    with opened(settings_told(), CaseError) as desk:
        delivery = ParkedDeliveries(desk.database, desk.clock).drop(number, _CONSOLE)
    typer.echo(f"{number}: {delivery.kind} of {delivery.case_id or delivery.subject} is dropped.")


def _numbers(number: int | None, refused: Iterable[int]) -> Iterable[int]:
    return refused if number is None else [number]


def _told(faults: list[str]) -> None:
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)
