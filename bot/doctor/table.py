"""The checks in their order: what each is called, which settings and which earlier checks it leans on."""

from __future__ import annotations

from bot.doctor import machine, mailroom, posting, storage, workspace
from bot.doctor.examination import SETTINGS, Check

_BOT = ("SLACK_BOT_TOKEN", "SLACK_API_URL")
_TEAM = ("SUPPORT_SLACK_CHANNEL", "ALERTING_SLACK_CHANNEL", "LOGGING_SLACK_CHANNEL")
_APP = ("SLACK_APP_TOKEN", "SLACK_MODE")
_CALLS = ("SLACK_MODE", "SLACK_SIGNING_SECRET")
_IMAP = ("IMAP_SERVER", "IMAP_PORT", "IMAP_SECURITY")
_IMAP_LOGIN = (
    "IMAP_EMAIL", "IMAP_PASSWORD", "MAIL_AUTH",
    "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_TENANT", "OAUTH_REFRESH_TOKEN",
)  # fmt: skip
_SMTP = ("SMTP_SERVER", "SMTP_PORT", "SMTP_SECURITY")
_SMTP_LOGIN = ("SMTP_USERNAME", "SMTP_PASSWORD", "SMTP_FROM", "MAIL_AUTH")
_TRUST = ("ADMIN_EMAILS", "ADMIN_EMAIL_TRUST", "TRUSTED_AUTHSERV_IDS")

CHECKS = (
    Check("Python", machine.python),
    Check("packages", machine.packages),
    Check(SETTINGS, machine.settings),
    Check("time zones", machine.time_zones),
    Check("disk", machine.disk, uses=("DATABASE_URL", "LOG_FILE")),
    Check("process", machine.process, uses=("HOST", "PORT")),
    Check("web pages", machine.web_pages, uses=("HOST", "WEB_TOKEN", "SLACK_MODE")),
    Check("database", storage.reachable, uses=("DATABASE_URL",)),
    Check("schema", storage.schema, after=("database",)),
    Check("integrity", storage.integrity, after=("schema",)),
    Check("outbox", storage.outbox, uses=("HOST", "PORT"), after=("schema",)),
    Check("bot token", workspace.bot_token, uses=_BOT),
    Check("scopes", workspace.scopes, after=("bot token",)),
    Check("Slack's clock", workspace.clock, after=("bot token",)),
    Check("app token", workspace.app_token, uses=(*_BOT, *_APP)),
    Check("socket", workspace.socket, uses=("HOST", "PORT"), after=("bot token", "app token")),
    Check("signing secret", workspace.signing_secret, uses=_CALLS),
    Check("Slack's calls", workspace.calls, uses=("HOST", "PORT"), after=("signing secret",)),
    Check("channels", workspace.channels, uses=(*_TEAM, "CUSTOMER_SLACK_CHANNELS"), after=("bot token",)),
    Check("customers", workspace.customer_channels, uses=(*_TEAM, "CUSTOMER_SLACK_CHANNELS"), after=("bot token",)),
    Check("admins", workspace.admins, uses=("ADMIN_SLACK_USERS", "ADMIN_SLACK_USERGROUPS"), after=("bot token",)),
    Check("IMAP TLS", mailroom.tls, uses=_IMAP),
    Check("mailbox", mailroom.login, uses=_IMAP_LOGIN, after=("IMAP TLS",)),
    Check("folders", mailroom.folders, uses=("IMAP_FOLDER",), after=("mailbox",)),
    Check("IDLE", mailroom.idle, after=("mailbox",)),
    Check("ledger", mailroom.books, uses=("HOST", "PORT"), after=("schema", "folders")),
    Check("senders", mailroom.verdicts, uses=_TRUST, after=("schema",)),
    Check("mail's clock", mailroom.clock, after=("schema",)),
    Check("SMTP TLS", posting.tls, uses=_SMTP),
    Check("SMTP", posting.login, uses=_SMTP_LOGIN, after=("SMTP TLS",)),
    Check("alarms", posting.alarms, uses=("ALARM_EMAILS", "ALARM_AFTER_MINUTES", "HEARTBEAT_URL", "SMTP_SERVER")),
)
