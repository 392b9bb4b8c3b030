"""The commands for a customer's rights: `casebot erase` and `casebot customer export`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.refusals import opened, settings_told

if TYPE_CHECKING:
    from bot.cases.traces import Trace

_Customer = Annotated[str, typer.Argument(help="His mail address, Slack user id (U…), or a case of his (CASE-42).")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(erase)
    group = typer.Typer(help="What is kept of one customer.", no_args_is_help=True)
    group.callback()(_customer)
    group.command("export")(customer_export)
    app.add_typer(group, name="customer")


def _customer() -> None:
    """What is kept of one customer."""


def erase(
    customer: _Customer,
    *,
    yes: Annotated[str, typer.Option("--yes", help="Don't ask: the customer once more, spelled out.")] = "",
    close: Annotated[bool, typer.Option("--close", help="Close a case that is still open first.")] = False,
) -> None:
    """Erase a customer for good: words, name, addresses, mails, files. Shows what would go, and asks first."""
    from bot.cases.errors import CaseError
    from bot.cli.operator import operator

    with opened(settings_told(), CaseError) as desk:
        trace = desk.erasure.preview(customer)
        typer.echo("\n".join(_preview(trace, close=close)))
        if trace.open and not close:
            raise typer.Exit(2)
        question = f"Type {trace.customer} to erase it, anything else to stop"
        typed = yes or typer.prompt(question, default="", show_default=False)
        if typed.strip().lower() != trace.customer.lower():
            typer.echo("That is not the customer's name. Nothing was erased.", err=True)
            raise typer.Exit(1)
        erased = desk.erasure.erase(trace.customer, operator(), close=close)
        desk.discard_files()
    typer.echo(f"Erased: {_counts(erased)}. The timelines tell that it was done, when and by whom, and of whom not.")


def customer_export(
    customer: _Customer,
    file: Annotated[Path, typer.Argument(help="Where it goes: a zip.")],
    *,
    notes: Annotated[bool, typer.Option("--notes", help="With the team's internal notes too.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
) -> None:
    """Write what is kept of a customer into a zip: a readable text, JSON, and his mails as they came."""
    from bot.cases.errors import CaseError
    from bot.cli.operator import operator
    from bot.moving.dossier import Dossier
    from bot.moving.drafts import MovingRefused

    with opened(settings_told(), CaseError, MovingRefused) as desk:
        trace = desk.erasure.preview(customer)
        Dossier(desk.database, desk.clock).write(trace, file, operator(), notes=notes, force=force)
    without = "" if notes else ", without what only the team reads (--notes)"
    typer.echo(f"Exported {trace.customer} to {file}{without}. The timelines of {_some(trace.cases)} tell of it.")


def _preview(trace: Trace, *, close: bool) -> Iterator[str]:
    who = trace.customer if trace.name == trace.customer else f"{trace.name} ({trace.customer})"
    yield f"Of {who} would go, for good:"
    yield f"  {_counts(trace)}"
    yield f"  cases: {_some(trace.cases)}"
    if trace.others:
        yield f"  his words in cases of others: {_some(trace.others)}"
    yield "It stays: how many, when and why (escalations, closing), and what the team did, without words and names."
    yield "Not in Casebot's hands: the mailbox, backups and exports made before, and Slack, where"
    posted = f" and {_many(trace.posted, 'file')} that Casebot posted" if trace.posted else ""
    yield f"  what people wrote there{posted} stays until somebody deletes it; Casebot's own cards, alerts and thread"
    yield "  posts are drawn again without the words. If he writes again, he is a new customer."
    if trace.open:
        fate = "It will be closed first." if close else "Close it first, or say --close. Nothing was erased."
        yield f"{_some(trace.open)} is still open. {fate}"


def _counts(trace: Trace) -> str:
    counted = (
        (len(trace.cases), "case"),
        (trace.messages, "message"),
        (trace.files, "file"),
        (len(trace.mails), "kept mail"),
    )
    return " · ".join(_many(number, noun) for number, noun in counted)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _some(cases: Sequence[str], shown: int = 20) -> str:
    more = f" and {len(cases) - shown} more" if len(cases) > shown else ""
    return (", ".join(cases[:shown]) or "none") + more
