"""Where the right value of a variable is found; told beside its fault."""

_CHANNEL = "Write the channel's #name or its id (channel name → View channel details → at the bottom)."
_ADMIN_CONSOLE = "Your mail provider's console shows it where you registered the app."

WHERE_TO_GET: dict[str, str] = {
    "DATABASE_URL": "For example sqlite:///./case_management.db or postgresql+psycopg://user:password@host/name.",
    "SLACK_BOT_TOKEN": "It starts with xoxb-; find it under your app → OAuth & Permissions → Bot User OAuth Token.",
    "SLACK_APP_TOKEN": (
        "It starts with xapp-; make one under your app → Basic Information → App-Level Tokens, "
        "with the scope connections:write."
    ),
    "SLACK_SIGNING_SECRET": "Find it under your app → Basic Information → App Credentials → Signing Secret.",
    "SLACK_API_URL": "Leave it empty for slack.com.",
    "SUPPORT_SLACK_CHANNEL": _CHANNEL,
    "ALERTING_SLACK_CHANNEL": _CHANNEL,
    "LOGGING_SLACK_CHANNEL": _CHANNEL,
    "CUSTOMER_SLACK_CHANNELS": _CHANNEL,
    "ADMIN_SLACK_USERS": "In Slack open the person's profile → ⋮ → Copy member ID.",
    "ADMIN_SLACK_USERGROUPS": "In Slack open People → User groups → the group → ⋮ → Copy group ID.",
    "IMAP_EMAIL": "It is the name you log in to the mailbox with, mostly its address.",
    "IMAP_PASSWORD": "Many providers want an app password: look under your account → Security → App passwords.",
    "SMTP_FROM": "It is the address customers see, e.g. support@example.com.",
    "OAUTH_CLIENT_ID": _ADMIN_CONSOLE,
    "OAUTH_CLIENT_SECRET": _ADMIN_CONSOLE,
    "OAUTH_TENANT": _ADMIN_CONSOLE,
    "WEB_TOKEN": "Make one up, e.g. with openssl rand -hex 24, and give it to Prometheus.",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "It is the collector's base address, e.g. http://localhost:4318.",
    "HEARTBEAT_URL": "Your monitoring service shows it where you made the check.",
}


def with_hint(name: str, problem: str) -> str:
    """Make one sentence of a variable and its problem, and a second of where to get it."""
    sentences = (f"{name} {problem}.", WHERE_TO_GET.get(name, ""))
    return " ".join(filter(None, sentences))
