"""`casebot init --http`: the same desk, which Slack calls."""

from bot.settings import load_settings
from tests.setup.wizardry import ENTER, Newcomer

ADDRESS = "https://desk.example.com"
SECRET = "0123456789abcdef" * 2


def test_the_manifest_names_the_address_where_slack_calls(newcomer: Newcomer) -> None:
    said = newcomer.runs("init", "--manifest", "--http", ADDRESS)

    assert said.exit_code == 0
    assert f"request_url: {ADDRESS}/slack/events" in said.output
    assert "socket_mode_enabled: false" in said.output
    assert "Event Subscriptions → Retry" in said.output


def test_the_signing_secret_is_asked_for_and_no_app_token(newcomer: Newcomer) -> None:
    bot_token = newcomer.variables["SLACK_BOT_TOKEN"]
    answers = [ENTER, bot_token, "8f7422", ENTER, SECRET, ENTER, ENTER, ENTER, ENTER]

    said = newcomer.types(*answers, skipping=("mailbox", "smtp", "mail"), http=ADDRESS)

    assert said.exit_code == 0, said.output
    assert "does not look like one: 32 characters" in said.output
    assert "Slack calls the running desk: start casebot run" in said.output
    kept = load_settings({}, newcomer.env_file)
    assert kept.calls_come_in
    assert kept.slack_app_token is None
    assert kept.slack_signing_secret is not None
    assert kept.slack_signing_secret.get_secret_value() == SECRET


def test_an_address_that_is_none_is_refused(newcomer: Newcomer) -> None:
    said = newcomer.runs("init", "--yes", "--http", "desk.example.com")

    assert said.exit_code == 2
    assert "--http wants the address where Slack calls you" in said.output
