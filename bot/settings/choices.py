"""The settings that choose one word out of a few."""

from enum import StrEnum


class AdminEmailTrust(StrEnum):
    """When an admin's mail counts as an admin's: authenticated, or merely listed (closed networks only)."""

    VERIFIED = "verified"
    LISTED = "listed"


class ThreadReplies(StrEnum):
    """Whether what the team writes in a case's thread stays inside or goes to the customer."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class SlackMode(StrEnum):
    """How Slack reaches us: we dial out (socket) or it calls us (http)."""

    SOCKET = "socket"
    HTTP = "http"


class Security(StrEnum):
    """TLS from the first byte, TLS after STARTTLS, or clear text (this machine only)."""

    SSL = "ssl"
    STARTTLS = "starttls"
    NONE = "none"


class MailAuth(StrEnum):
    """How we log in at the mail servers; oauth2 is SASL XOAUTH2."""

    PASSWORD = "password"  # noqa: S105 - the name of a method, not a password
    OAUTH2 = "oauth2"


class LogFormat(StrEnum):
    """For people, or one JSON object a line for machines."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The names of the standard library's levels."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"
