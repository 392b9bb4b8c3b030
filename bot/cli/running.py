"""`casebot run` and `casebot version`."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version

import typer

from bot.cli.refusals import clear_refusals, settings_told
from bot.clock import SystemClock


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (run, version):
        app.command()(command)


def run() -> None:
    """Run the bot with the settings of the environment and of .env, until SIGTERM or Ctrl-C."""
    from bot.run_lock import AlreadyRunning, alone_on
    from bot.runtime import Runtime
    from bot.slack.connection import TokenRefused
    from bot.tracing.collector import NoTracer
    from bot.web.server import PortTaken
    from bot.wiring import build_bot

    settings = settings_told()
    # The lock before all else: a second start must not even migrate under the first.
    with (
        clear_refusals(TokenRefused, PortTaken, AlreadyRunning, NoTracer),
        alone_on(settings.database_url.get_secret_value()),
    ):
        Runtime(build_bot(settings, SystemClock())).run()


def version() -> None:
    """Print the version, and the schema it keeps its database in."""
    from bot.migrations.migrate import head

    typer.echo(f"casebot {installed_version('casebot')} (schema {head()}) on Python {sys.version.split()[0]}")
