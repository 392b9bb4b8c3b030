"""The environment variables that connect a bot to a sandbox."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

HOST = "127.0.0.1"


def environment_of(sandbox: "Sandbox") -> dict[str, str]:
    """Return them by name; with a signing secret instead of the app-level token where Slack calls the bot."""
    workspace, mailbox = sandbox.workspace, sandbox.mailbox
    admins = [workspace.person("ada"), workspace.person("amos")]
    by_http = {"SLACK_MODE": "http", "SLACK_SIGNING_SECRET": workspace.signing_secret}
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        **(by_http if sandbox.calls else {"SLACK_APP_TOKEN": workspace.app_token}),
        "SLACK_API_URL": sandbox.api_url,
        "SUPPORT_SLACK_CHANNEL": "#support",
        "ALERTING_SLACK_CHANNEL": "#alerting",
        "LOGGING_SLACK_CHANNEL": "#logging",
        "ADMIN_SLACK_USERS": ",".join(person.id for person in admins),
        "ADMIN_EMAILS": ",".join(person.email for person in admins),
        "TRUSTED_AUTHSERV_IDS": mailbox.authserv_id,
        "IMAP_SERVER": HOST,
        "IMAP_PORT": str(sandbox.imap_port),
        "IMAP_SECURITY": "none",
        "IMAP_EMAIL": mailbox.address,
        "IMAP_PASSWORD": mailbox.password,
        "SMTP_SERVER": HOST,
        "SMTP_PORT": str(sandbox.smtp_port),
        "SMTP_SECURITY": "none",
        "SMTP_USERNAME": mailbox.address,
        "SMTP_PASSWORD": mailbox.password,
        "SMTP_FROM": mailbox.address,
        "EMAIL_POLL_INTERVAL": "2",
    }
