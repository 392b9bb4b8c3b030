"""How commands begin and end: settings read, the desk opened, and one clear line for what the user can mend."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from sqlalchemy.exc import OperationalError

from bot.clock import SystemClock
from bot.log import configure
from bot.migrations.migrate import SchemaTooNew
from bot.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from bot.wiring import Desk


def settings_told() -> Settings:
    """Read the settings and set the log up; what is wrong with them ends the command with exit code 2."""
    try:
        settings = load_settings()
        configure(settings.log_level, settings.log_format, settings.log_file, settings.secret_values)
    except (SettingsError, OSError) as faults:
        typer.echo(str(faults), err=True)
        raise typer.Exit(2) from None
    for warning in settings.warnings:
        typer.echo(f"warning: {warning}", err=True)
    return settings


@contextmanager
def opened(settings: Settings, *refusals: type[Exception]) -> Iterator[Desk]:
    """Open the desk for one command; what the user can mend ends it with one clear line."""
    from bot.wiring import open_desk

    with clear_refusals(*refusals):
        desk = open_desk(settings, SystemClock())
        try:
            yield desk
        finally:
            desk.database.close()


@contextmanager
def clear_refusals(*kinds: type[Exception]) -> Iterator[None]:
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
def undisturbed(known_secrets: Iterable[str]) -> Iterator[None]:
    """Keep the log away from what a command shows to a person: he is told every fault in better words."""
    configure("CRITICAL", "console", known_secrets=known_secrets)
    chatty = logging.getLogger("slack_sdk")
    before = chatty.level
    chatty.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        chatty.setLevel(before)


def stopped_by_signals() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
