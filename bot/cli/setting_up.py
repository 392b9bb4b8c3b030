"""The command that sets an installation up: `casebot init`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.refusals import undisturbed
from bot.clock import SystemClock
from bot.settings import SETTING_NAMES, sketch_settings

if TYPE_CHECKING:
    from bot.setup.visit import Visit

_WELCOME = """Casebot is set up step by step. Enter keeps the value in brackets, - skips a step.
Ctrl-C stops; every answer that worked is in {file} by then, and casebot init goes on from there."""
_DONE = """
Everything is in {file}. Now:
  casebot doctor    checks it all, at any time
  casebot run       starts the desk"""
_BOT_TOKEN = "xoxb-…; better: SLACK_BOT_TOKEN in the environment."  # noqa: S105 - a help text
_APP_TOKEN = "xapp-…; better: SLACK_APP_TOKEN in the environment."  # noqa: S105 - a help text
_HTTP = "Slack calls you at this address (https://…) instead of your dialling out: SLACK_MODE=http."
_STEPS = "Leave a step out (repeatable): app, bot-token, app-token, admins, channels, mailbox, smtp, card, mail."


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(init)


def init(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take flags, environment and .env.")] = False,
    manifest: Annotated[bool, typer.Option("--manifest", help="Print the manifest and its link, and end.")] = False,
    http: Annotated[str, typer.Option("--http", metavar="URL", help=_HTTP)] = "",
    env_file: Annotated[Path, typer.Option(help="Where the settings are kept.")] = Path(".env"),
    skip: Annotated[list[str] | None, typer.Option(help=_STEPS)] = None,
    bot_token: Annotated[str, typer.Option(help=_BOT_TOKEN)] = "",
    app_token: Annotated[str, typer.Option(help=_APP_TOKEN)] = "",
    admin: Annotated[str, typer.Option(help="Who may act: mail addresses or member ids, with commas.")] = "",
    support: Annotated[str, typer.Option(help="Channel where each case has its card.")] = "",
    alerting: Annotated[str, typer.Option(help="Channel where escalations are told.")] = "",
    logging: Annotated[str, typer.Option(help="Channel where closures are logged.")] = "",
    given: Annotated[list[str] | None, typer.Option("--set", help="Any setting, NAME=VALUE (repeatable).")] = None,
) -> None:
    """Set Casebot up: tokens, admins, channels and mail, each tried at once and kept in .env."""
    if http and not http.startswith("https://"):
        _refuse("--http wants the address where Slack calls you, https://…")
    if manifest:
        _print_manifest(http)
        return
    flags = {
        "SLACK_BOT_TOKEN": bot_token,
        "SLACK_APP_TOKEN": app_token,
        "ADMIN_SLACK_USERS": admin,
        "SUPPORT_SLACK_CHANNEL": support,
        "ALERTING_SLACK_CHANNEL": alerting,
        "LOGGING_SLACK_CHANNEL": logging,
    }
    assigned = dict(_assignments(given or ())) | ({"SLACK_MODE": "http"} if http else {})
    flags = {name: value for name, value in flags.items() if value} | assigned
    _set_up(_visit(flags, env_file, http, attended=not yes), env_file, _steps(skip or ()), assigned)


def _visit(flags: Mapping[str, str], env_file: Path, address: str, *, attended: bool) -> Visit:
    from bot.setup.dialogue import Terminal, Unattended
    from bot.setup.visit import Visit

    sketch = sketch_settings(env_file=env_file)
    for obstacle in sketch.obstacles:
        _refuse(obstacle)
    return Visit({**sketch.values, **flags}, Terminal() if attended else Unattended(), SystemClock(), env_file, address)


def _set_up(visit: Visit, env_file: Path, left_out: Sequence[str], assigned: Mapping[str, str]) -> None:
    from bot.setup.wizard import set_up

    if visit.dialogue.attended:
        visit.dialogue.tell(_WELCOME.format(file=env_file))
    with undisturbed(value for name, value in visit.values.items() if name.endswith(("TOKEN", "PASSWORD", "SECRET"))):
        failed = set_up(visit, left_out, assigned)
    if failed:
        kept = "What worked is kept; casebot init goes on from there."
        typer.echo(f"\nNot right yet: {', '.join(failed)}. {kept}", err=True)
        raise typer.Exit(1)
    visit.dialogue.tell(_DONE.format(file=env_file))


def _print_manifest(address: str) -> None:
    from bot.doctor.manifest import NoManifest
    from bot.setup.slack_steps import how_to_make_the_app, manifest_for

    try:
        typer.echo(manifest_for(address))
    except NoManifest as missing:
        _refuse(str(missing))
    typer.echo("\n".join(how_to_make_the_app(address)))


def _steps(names: Sequence[str]) -> Sequence[str]:
    from bot.setup.wizard import STEP_NAMES

    for name in names:
        if name not in STEP_NAMES:
            _refuse(f"There is no step {name}; the steps are {', '.join(STEP_NAMES)}.")
    return names


def _assignments(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    for assignment in given:
        name, equals, value = assignment.partition("=")
        if not equals or name not in SETTING_NAMES:
            _refuse(f"--set wants NAME=VALUE with a name of .env.example, not {name}.")
        yield name, value


def _refuse(why: str) -> None:
    typer.echo(why, err=True)
    raise typer.Exit(2)
