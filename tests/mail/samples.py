"""Mails for the tests: the shared samples, and small ones written on the spot."""

from datetime import UTC, datetime
from pathlib import Path

from bot.settings import Settings, load_settings

SAMPLES = Path(__file__).parents[2] / "fixtures" / "mail"
ARRIVED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PHRASE = "I'm closing this case."
TRUSTED = "mx.sandbox.test"

_MAILBOX = {
    "SLACK_BOT_TOKEN": "xoxb-1-test",
    "SLACK_APP_TOKEN": "xapp-1-test",
    "SUPPORT_SLACK_CHANNEL": "#support",
    "ALERTING_SLACK_CHANNEL": "#alerts",
    "LOGGING_SLACK_CHANNEL": "#log",
    "IMAP_SERVER": "127.0.0.1",
    "IMAP_SECURITY": "none",
    "IMAP_EMAIL": "support@desk.test",
    "IMAP_PASSWORD": "unused",
    "ADMIN_EMAILS": "ada@desk.test, amos@desk.test",
    "TRUSTED_AUTHSERV_IDS": TRUSTED,
    "EMAIL_POLL_INTERVAL": "20",
}


def sample(name: str) -> bytes:
    """One of the mails in fixtures/mail."""
    return (SAMPLES / f"{name}.eml").read_bytes()


def environment(**variables: str) -> dict[str, str]:
    """The variables of a desk that reads support@desk.test; more by their names."""
    return _MAILBOX | variables


def settings(**variables: str) -> Settings:
    """Settings of a desk that reads support@desk.test; more variables by their names."""
    return load_settings(environment(**variables), None)


def letter(
    text: str = "Hello, I need help.",
    *,
    sender: str = "Carla <carla@example.com>",
    message_id: str = "<m1@example.com>",
    headers: str = "",
) -> bytes:
    """A small plain mail; `headers` are whole lines ending in a line break."""
    return (
        f"{headers}From: {sender}\r\nTo: support@desk.test\r\nSubject: Question\r\nMessage-ID: {message_id}\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()
