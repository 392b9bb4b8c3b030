"""The command line: `casebot …`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.exc import OperationalError

from bot.clock import SystemClock
from bot.log import configure
from bot.migrations.migrate import SchemaTooNew
from bot.settings import Settings, SettingsError, load_settings
from bot.settings.coming import unavailable, unused

if TYPE_CHECKING:
    from bot.mail.quarantine import Quarantine
    from bot.wiring import Desk

app = typer.Typer(
    help="Casebot: a customer case desk that lives in Slack.", no_args_is_help=True, pretty_exceptions_enable=False
)


@app.command()
def run() -> None:
    """Run the bot with the settings of the environment and of .env, until SIGTERM or Ctrl-C."""
    from bot.runtime import Runtime
    from bot.slack.connection import TokenRefused
    from bot.web.server import PortTaken
    from bot.wiring import build_bot

    settings = _settings()
    lacking = list(unavailable(settings))
    if lacking:
        typer.echo("\n".join(lacking), err=True)
        raise typer.Exit(2)
    with _clear_refusals(TokenRefused, PortTaken):
        Runtime(build_bot(settings, SystemClock())).run()


@app.command()
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
    with _clear_refusals(OSError, Unreadable):
        play.demo(
            typer.echo,
            port or play.PORT,
            open_page=open_page,
            stop=_stopped_by_signals(),
            history=play.History(seed, story),
            data=data,
        )


@app.command()
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
    with _clear_refusals(OSError, MailPortTaken):
        alone.serve(
            typer.echo,
            port or play.PORT,
            stop=_stopped_by_signals(),
            imap_port=imap_port,
            smtp_port=smtp_port,
            env_file=env_file,
        )


@app.command()
def tour() -> None:
    """Tell and check the desk's story on the console; exit 0 only if every step was seen."""
    with _sandbox_installed():
        from bot.demo.tour import tour as story

    configure("ERROR", "console")
    raise typer.Exit(0 if story(typer.echo) else 1)


@app.command()
def migrate() -> None:
    """Bring the database to today's schema."""
    with _opened(_settings()):
        pass
    typer.echo("The database has today's schema.")


@app.command()
def sweep() -> None:
    """Escalate by hand what has waited too long; the running bot tells it."""
    with _opened(_settings()) as desk:
        escalated = desk.sweep.sweep()
    typer.echo(f"{escalated} {'case' if escalated == 1 else 'cases'} escalated.")


@app.command()
def ingest(files: Annotated[list[Path], typer.Argument(help="Mails as files (.eml).")]) -> None:
    """Take mails from files, as if they had arrived in the mailbox now."""
    from bot.mail.ingest import ingest as take_in
    from bot.mail.parser import UnreadableMail

    settings = _settings()
    with _opened(settings, OSError, UnreadableMail) as desk:
        for file in files:
            ended = take_in(file.read_bytes(), settings, desk.database, desk.intake, received_at=desk.clock.now())
            case = f" ({ended.case_id})" if ended.case_id else ""
            typer.echo(f"{file.name}: {ended.state}{case}{ended.reason and f', {ended.reason}'}")


@app.command()
def outbox() -> None:
    """Show what is still to be said, and what was refused for good and why."""
    from bot.outbox.queries import overview

    with _opened(_settings()) as desk:
        for line in overview(desk.database):
            typer.echo(line)


@app.command()
def reconcile() -> None:
    """Count the mailbox against the ledger; exit 0 only if every mail is accounted for. The bot may run meanwhile."""
    from bot.mail.reconcile import reconcile as accounts_of
    from bot.mail.trouble import MailboxTrouble

    settings = _mail_settings()
    with _opened(settings, MailboxTrouble) as desk:
        accounts = accounts_of(settings, desk.database, desk.clock)
    for account in accounts:
        typer.echo("\n".join(account.lines()))
    raise typer.Exit(0 if all(account.balanced for account in accounts) else 1)


@app.command()
def replay(since: Annotated[str, typer.Option(help="24h, 2d, a date, or all.")] = "all") -> None:
    """Show which stored mails today's parser would read otherwise; nothing is changed."""
    from bot.mail.replay import Replay
    from bot.settings import ImapStart

    settings = _settings()
    with _clear_refusals(ValueError):
        start = ImapStart.parse(since)
    with _opened(settings) as desk:
        read = differing = 0
        for mail in Replay(settings, desk.database).replay(start.since(desk.clock.now())):
            read += 1
            if mail.differences:
                differing += 1
                typer.echo("\n".join(mail.lines()))
    typer.echo(f"{read} mails read again, {differing} would differ.")


quarantine = typer.Typer(help="Mails that could not be taken in.", no_args_is_help=True)
app.add_typer(quarantine, name="quarantine")
_Key = Annotated[str, typer.Argument(help="The mail's name, as `casebot quarantine list` shows it.")]


@quarantine.command("list")
def quarantine_list() -> None:
    """Show what waits."""
    with _quarantine() as waiting:
        for mail in waiting.waiting():
            part = "" if mail.whole else ", only its header is kept"
            typer.echo(f"{mail.key}  {mail.since:%Y-%m-%d %H:%M}  {mail.sender}  “{mail.subject}”: {mail.reason}{part}")


@quarantine.command("retry")
def quarantine_retry(key: _Key) -> None:
    """Read a mail again with today's parser; exit 1 if it still can't be taken in."""
    from bot.mail.ledger import EntryKey

    with _quarantine() as waiting:
        ended = waiting.retry(EntryKey.read(key))
    typer.echo(f"{key}: {ended.state} {ended.case_id or ''} {ended.reason}".rstrip())
    raise typer.Exit(1 if ended.state == "quarantined" else 0)


@quarantine.command("open")
def quarantine_open(key: _Key) -> None:
    """Open a case of a mail's sender, subject and whatever text can be salvaged."""
    from bot.cases.inbound import Author
    from bot.mail.ledger import EntryKey

    with _quarantine() as waiting:
        ended = waiting.open_as_case(EntryKey.read(key), Author("console", "the console"))
    typer.echo(f"{key}: {ended.state} {ended.case_id or ''}".rstrip())


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"casebot {installed_version('casebot')} on Python {sys.version.split()[0]}")


def _stopped_by_signals() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _settings() -> Settings:
    try:
        settings = load_settings()
        configure(settings.log_level, settings.log_format, settings.log_file, settings.secret_values)
    except (SettingsError, OSError) as faults:
        typer.echo(str(faults), err=True)
        raise typer.Exit(2) from None
    for warning in (*settings.warnings, *unused(settings)):
        typer.echo(f"warning: {warning}", err=True)
    return settings


def _mail_settings() -> Settings:
    settings = _settings()
    if not settings.mail_enabled:
        typer.echo("Mail is off: set IMAP_SERVER.", err=True)
        raise typer.Exit(2)
    return settings


@contextmanager
def _quarantine() -> Iterator[Quarantine]:
    from bot.cases.errors import CaseError
    from bot.mail.quarantine import Quarantine
    from bot.mail.trouble import MailboxTrouble

    settings = _settings()
    with _opened(settings, CaseError, MailboxTrouble, ValueError) as desk:
        yield Quarantine(settings, desk.database, desk.clock, desk.intake)


@contextmanager
def _opened(settings: Settings, *refusals: type[Exception]) -> Iterator[Desk]:
    """Open the desk for one command; what the user can mend ends it with one clear line."""
    from bot.wiring import open_desk

    with _clear_refusals(*refusals):
        desk = open_desk(settings, SystemClock())
        try:
            yield desk
        finally:
            desk.database.close()


@contextmanager
def _clear_refusals(*kinds: type[Exception]) -> Iterator[None]:
    """End with one clear line instead of a traceback for what the user can mend."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        typer.echo(f"The database can't be used ({reason}). Check DATABASE_URL and that the server runs.", err=True)
        raise typer.Exit(2) from None
    except Exception as refused:
        if not isinstance(refused, (SchemaTooNew, *kinds)):
            raise
        typer.echo(str(refused), err=True)
        raise typer.Exit(2) from None


@contextmanager
def _sandbox_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("bot"):
            raise
        typer.echo(f"The demo needs {missing.name}: pip install 'casebot[sandbox]'", err=True)
        raise typer.Exit(2) from None
