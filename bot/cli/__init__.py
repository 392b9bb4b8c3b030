"""The command line: `casebot …`. Each module adds a group of commands, in the order of the help."""

import typer

from bot.cli import audit, customers, desk, mailroom, moving, outbox, playing, running, setting_up, upkeep

app = typer.Typer(
    help="Casebot: a customer case desk that lives in Slack.", no_args_is_help=True, pretty_exceptions_enable=False
)
running.add_to(app)
setting_up.add_to(app)
upkeep.add_to(app)
moving.add_to(app)
customers.add_to(app)
playing.add_to(app)
desk.add_to(app)
outbox.add_to(app)
mailroom.add_to(app)
audit.add_to(app)
