"""`python -m bot …`: the same as `casebot …`."""

from bot.cli import app

app()
