"""The least a workspace and a mailbox need, and settings made of it."""

from bot.settings import Settings, load_settings

REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_APP_TOKEN": "xapp-1-abc",
    "SUPPORT_SLACK_CHANNEL": "#support",
    "ALERTING_SLACK_CHANNEL": "alerts",
    "LOGGING_SLACK_CHANNEL": "C0LOGS",
}
MAILBOX = {"IMAP_SERVER": "imap.example.com", "IMAP_EMAIL": "support@example.com", "IMAP_PASSWORD": "letmein"}


def settings(**given: str) -> Settings:
    """Load what is required and these, and nothing from this machine."""
    return load_settings(REQUIRED | given, env_file=None)
