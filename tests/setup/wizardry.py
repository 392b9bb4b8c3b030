"""Somebody who sets a desk up: what he types, what he reads, and what stands in his `.env`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import SETTING_NAMES, load_settings
from tests.doctor.ward import Ward

ENTER = ""


class Newcomer:
    """An administrator in an empty folder, with the desk's accounts at hand."""

    def __init__(self, desk: Ward, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.variables = desk.variables
        self.folder = folder
        self.env_file = folder / ".env"
        for name in SETTING_NAMES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("SLACK_API_URL", self.variables["SLACK_API_URL"])
        monkeypatch.setenv("PORT", self.variables["PORT"])
        monkeypatch.chdir(folder)

    @property
    def given(self) -> dict[str, str]:
        """The accounts, as a container would hand them over."""
        return {name: text for name, text in self.variables.items() if name.startswith(("SLACK_", "IMAP_", "SMTP_"))}

    def types(self, *answers: str, skipping: tuple[str, ...] = (), http: str = "") -> Result:
        """Run the wizard and answer it, a line each."""
        words = ["init", *(word for step in skipping for word in ("--skip", step)), *(("--http", http) if http else ())]
        return CliRunner().invoke(app, words, input="".join(f"{line}\n" for line in answers), catch_exceptions=False)

    def runs(self, *words: str, **variables: str) -> Result:
        """Run a command with these variables in the environment."""
        return CliRunner().invoke(app, words, env=variables, catch_exceptions=False)

    def mailbox_answers(self) -> list[str]:
        return [self.variables[f"IMAP_{part}"] for part in ("SERVER", "PORT", "SECURITY", "EMAIL", "PASSWORD")]

    def smtp_answers(self) -> list[str]:
        """Login, password and sender are the mailbox's: Enter takes them."""
        return [*(self.variables[f"SMTP_{part}"] for part in ("SERVER", "PORT", "SECURITY")), ENTER, ENTER, ENTER]

    def kept(self) -> dict[str, str]:
        """What `.env` gives to a start without any environment."""
        settings = load_settings({}, self.env_file)
        return {
            "bot": settings.slack_bot_token.get_secret_value(),
            "app": settings.slack_app_token.get_secret_value() if settings.slack_app_token else "",
            "support": settings.support_slack_channel,
            "admins": ",".join(settings.admin_slack_users),
            "mail": settings.imap_email or "",
            "smtp": settings.smtp_username or "",
        }
