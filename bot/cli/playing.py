"""The commands that need no account: `casebot demo`, `tour`, `sandbox` and `chaos`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.refusals import clear_refusals, stopped_by_signals
from bot.log import configure


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (demo, sandbox, tour, chaos):
        app.command()(command)


def demo(
    port: Annotated[int, typer.Option(help="First port to try for the page.")] = 0,
    *,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    seed: Annotated[int, typer.Option(min=0, max=5000, help="Begin with a history of so many cases.")] = 0,
    story: Annotated[int, typer.Option(help="Which history: the same number tells the same one.")] = 1,
    data: Annotated[Path | None, typer.Option(help="Keep everything in this directory and go on from it.")] = None,
) -> None:
    """Try the whole desk without any account: a small Slack and a mailbox in the browser, and the real bot."""
    with _sandbox_installed():
        from bot.demo import play
        from bot.demo.keeping import Unreadable

    configure("WARNING", "console")
    with clear_refusals(OSError, Unreadable):
        play.demo(
            typer.echo,
            port or play.PORT,
            open_page=open_page,
            stop=stopped_by_signals(),
            history=play.History(seed, story),
            data=data,
        )


def sandbox(
    port: Annotated[int, typer.Option(help="First port to try for the page and the Web API.")] = 0,
    imap_port: Annotated[int, typer.Option(help="Port of the mailbox; 0 takes a free one.")] = 0,
    smtp_port: Annotated[int, typer.Option(help="Port for outgoing mail; 0 takes a free one.")] = 0,
    env_file: Annotated[Path | None, typer.Option(help="Write the variables here instead of printing them.")] = None,
) -> None:
    """Serve the small Slack and the mailbox alone, for building and testing any Slack app without a workspace."""
    with _sandbox_installed():
        from bot.demo import alone, play
        from bot.sandbox.server import MailPortTaken

    configure("WARNING", "console")
    with clear_refusals(OSError, MailPortTaken):
        alone.serve(
            typer.echo,
            port or play.PORT,
            stop=stopped_by_signals(),
            imap_port=imap_port,
            smtp_port=smtp_port,
            env_file=env_file,
        )


def tour() -> None:
    """Tell and check the desk's story on the console; exit 0 only if every step was seen."""
    with _sandbox_installed():
        from bot.demo.tour import tour as story

    configure("ERROR", "console")
    raise typer.Exit(0 if story(typer.echo) else 1)


def chaos(
    seed: Annotated[int, typer.Option(help="The same number makes the same storm.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="So often people write and things go wrong.")] = 12,
    deaths: Annotated[int, typer.Option(min=0, help="First die at so many commits, each at a point of its own.")] = 6,
    only: Annotated[str, typer.Option(help="Only on this database: sqlite or postgresql.")] = "",
    logs: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="Keep the bots' logs here.")] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where a server is not installed.")] = False,
) -> None:
    """Kill, cut and starve the desk while people write; exit 0 only if nothing was lost, doubled or left unsaid."""
    with _sandbox_installed():
        from bot.chaos.play import Ground, Missing
        from bot.chaos.play import chaos as ordeal
        from bot.demo.process import NotReady

    try:
        grounds = [Ground(only)] if only else list(Ground)
    except ValueError:
        raise typer.BadParameter(f"choose one of: {', '.join(Ground)}", param_hint="--only") from None
    configure("ERROR", "console")
    with clear_refusals(OSError, Missing, NotReady):
        right = ordeal(typer.echo, seed, rounds, grounds, strict=strict, deaths=deaths, logs=logs)
    raise typer.Exit(0 if right else 1)


@contextmanager
def _sandbox_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("bot"):
            raise
        typer.echo(f"The demo needs {missing.name}: pip install 'casebot[sandbox]'", err=True)
        raise typer.Exit(2) from None
