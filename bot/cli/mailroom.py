"""The commands of the mail room: `casebot reconcile`, `replay` and `quarantine …`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.refusals import clear_refusals, opened, settings_told
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.mail.quarantine import Quarantine

_Key = Annotated[str, typer.Argument(help="The mail's name, as `casebot quarantine list` shows it.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (reconcile, replay):
        app.command()(command)
    group = typer.Typer(help="Mails that could not be taken in.", no_args_is_help=True)
    group.command("list")(quarantine_list)
    group.command("retry")(quarantine_retry)
    group.command("open")(quarantine_open)
    app.add_typer(group, name="quarantine")


def reconcile() -> None:
    """Count the mailbox against the ledger; exit 0 only if every mail is accounted for. The bot may run meanwhile."""
    from bot.mail.reconcile import reconcile as accounts_of
    from bot.mail.trouble import MailboxTrouble

    settings = _mail_settings()
    with opened(settings, MailboxTrouble) as desk:
        accounts = accounts_of(settings, desk.database, desk.clock)
    for account in accounts:
        typer.echo("\n".join(account.lines()))
    raise typer.Exit(0 if all(account.balanced for account in accounts) else 1)


def replay(since: Annotated[str, typer.Option(help="24h, 2d, a date, or all.")] = "all") -> None:
    """Show which stored mails today's parser would read otherwise; nothing is changed."""
    from bot.mail.replay import Replay
    from bot.settings import ImapStart

    settings = settings_told()
    with clear_refusals(ValueError):
        start = ImapStart.parse(since)
    with opened(settings) as desk:
        read = differing = 0
        for mail in Replay(settings, desk.database).replay(start.since(desk.clock.now())):
            read += 1
            if mail.differences:
                differing += 1
                typer.echo("\n".join(mail.lines()))
    typer.echo(f"{read} mails read again, {differing} would differ.")


def quarantine_list() -> None:
    """Show what waits."""
    with _quarantine() as waiting:
        for mail in waiting.waiting():
            part = "" if mail.whole else ", only its header is kept"
            typer.echo(f"{mail.key}  {mail.since:%Y-%m-%d %H:%M}  {mail.sender}  “{mail.subject}”: {mail.reason}{part}")


def quarantine_retry(key: _Key) -> None:
    """Read a mail again with today's parser; exit 1 if it still can't be taken in."""
    from bot.mail.ledger import EntryKey

    with _quarantine() as waiting:
        ended = waiting.retry(EntryKey.read(key))
    typer.echo(f"{key}: {ended.state} {ended.case_id or ''} {ended.reason}".rstrip())
    raise typer.Exit(1 if ended.state == "quarantined" else 0)


def quarantine_open(key: _Key) -> None:
    """Open a case of a mail's sender, subject and whatever text can be salvaged."""
    from bot.cases.inbound import Author
    from bot.mail.ledger import EntryKey

    with _quarantine() as waiting:
        ended = waiting.open_as_case(EntryKey.read(key), Author("console", "the console"))
    typer.echo(f"{key}: {ended.state} {ended.case_id or ''}".rstrip())


def _mail_settings() -> Settings:
    settings = settings_told()
    if not settings.mail_enabled:
        typer.echo("Mail is off: set IMAP_SERVER.", err=True)
        raise typer.Exit(2)
    return settings


@contextmanager
def _quarantine() -> Iterator[Quarantine]:
    from bot.cases.errors import CaseError
    from bot.mail.quarantine import Quarantine
    from bot.mail.trouble import MailboxTrouble

    settings = settings_told()
    with opened(settings, CaseError, MailboxTrouble, ValueError) as desk:
        yield Quarantine(settings, desk.database, desk.clock, desk.intake)
