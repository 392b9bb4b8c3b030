"""What names somebody or something elsewhere: hosts, URLs, mail addresses, Slack's ids and tokens."""

import ipaddress
import re
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.settings.values import each, from_text

SLACK_PATH = "/slack/events"
"""Where Slack's calls come in with SLACK_MODE=http, below our web server's or the proxy's address."""
_HOST_NAME = re.compile(r"[^\W_]([\w.-]*\w)?\.?")
_MAIL_ADDRESS = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")
_CHANNEL_NAME = re.compile(r"#?([^\W][\w-]{0,79})")
_MEMBER_ID = re.compile(r"[UW][A-Z0-9]+")
_USER_GROUP = re.compile(r"S[A-Z0-9]+|@[\w.-]+")
_TOKEN_TAIL = re.compile(r"[A-Za-z0-9._-]+")
_SLACK_TOKEN = re.compile(r"xox[a-z][-.]|xapp-")
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its name alone; nothing is looked up."""
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def holds_slack_token(text: str) -> bool:
    """Tell whether a text looks as if a Slack token had been pasted into it."""
    return _SLACK_TOKEN.search(text) is not None


def _host(text: str) -> str:
    bare = text.removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        if _HOST_NAME.fullmatch(text):
            return text
    raise ValueError("must be a host name or an address alone, without scheme, port or path")


def _split(text: str) -> SplitResult:
    wanted = "must be a web address that starts with https:// or http://"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"\s", text):
        raise ValueError(wanted) from None
    return parts


def _api_url(text: str) -> str:
    parts = _split(text)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("must be a plain address without user, query or fragment")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("must start with https:// (plain http only when the server is this machine)")
    return text.rstrip("/") + "/"


def _heartbeat(text: str) -> str:
    _split(text)
    return text


def _endpoint(text: str) -> str:
    if _split(text).username is not None:
        raise ValueError("must be an address without a user; keys go into OTEL_EXPORTER_OTLP_HEADERS")
    return text.rstrip("/")


def _origin(text: str) -> str:
    if text == "*":
        return text
    parts = _split(text)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be an origin: scheme, host and port alone")
    return text.rstrip("/").lower()


def _mail_address(text: str) -> str:
    if not _MAIL_ADDRESS.fullmatch(text):
        raise ValueError("is not a mail address")
    return text.lower()


def _mailbox(text: str) -> str:
    if not _MAIL_ADDRESS.fullmatch(parseaddr(text)[1]):
        raise ValueError("must be a mail address, e.g. support@example.com or Support <support@example.com>")
    return text


def is_mail_address(text: str) -> bool:
    """Tell whether a login name can stand in a From header as it is."""
    return _MAIL_ADDRESS.fullmatch(text) is not None


def _channel(text: str) -> str:
    if _CHANNEL_ID.fullmatch(text):
        return text
    if found := _CHANNEL_NAME.fullmatch(text):
        return "#" + found[1].lower()
    raise ValueError("is not a channel: write #its-name, or its id, which starts with C or G")


def _member(text: str) -> str:
    if not _MEMBER_ID.fullmatch(text):
        raise ValueError("is not a Slack user id, which starts with U or W")
    return text


def _user_group(text: str) -> str:
    if not _USER_GROUP.fullmatch(text):
        raise ValueError("is neither a user group's id, which starts with S, nor its @handle")
    return text


def _mention(text: str) -> str:
    if not _MEMBER_ID.fullmatch(text) and not _USER_GROUP.fullmatch(text):
        raise ValueError("must be a user's id (U…), a user group's id (S…) or an @handle")
    return text


def _bot_token(text: str) -> str:
    if text.startswith("xapp-"):
        raise ValueError("holds an app-level token (xapp-…), which belongs in SLACK_APP_TOKEN")
    if text.startswith("xoxp-"):
        raise ValueError("holds a user token (xoxp-…); the bot's own token is needed")
    if text.startswith("xoxe"):
        raise ValueError("holds a token that expires; switch token rotation off for the app and copy it again")
    if not text.startswith("xoxb-") or not _TOKEN_TAIL.fullmatch(text[5:]):
        raise ValueError("is not a bot token")
    return text


def _app_token(text: str) -> str:
    if text.startswith("xox"):
        raise ValueError(
            "holds a bot's or user's token (xox…), which is not for this; xoxb-… belongs in SLACK_BOT_TOKEN"
        )
    if not text.startswith("xapp-") or not _TOKEN_TAIL.fullmatch(text[5:]):
        raise ValueError("is not an app-level token")
    return text


def _database(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator or scheme.lower() not in _DRIVERS:
        raise ValueError(
            "must start with sqlite:/// or postgresql+psycopg://; other databases and drivers are not spoken"
        )
    url = f"{_DRIVERS[scheme.lower()]}://{rest}"
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError("is not a database address; write @ : / in its password as %40 %3A %2F") from None
    return url


Host = Annotated[str, from_text(_host)]
ApiUrl = Annotated[str, from_text(_api_url)]
Heartbeat = Annotated[SecretStr, from_text(_heartbeat)]
Endpoint = Annotated[str, from_text(_endpoint)]
Origins = Annotated[tuple[str, ...], each(_origin)]
Addresses = Annotated[tuple[str, ...], each(_mail_address)]
Mailbox = Annotated[str, from_text(_mailbox)]
Channel = Annotated[str, from_text(_channel)]
Channels = Annotated[tuple[str, ...], each(_channel)]
Members = Annotated[tuple[str, ...], each(_member)]
UserGroups = Annotated[tuple[str, ...], each(_user_group)]
Mention = Annotated[str, from_text(_mention)]
BotToken = Annotated[SecretStr, from_text(_bot_token)]
AppToken = Annotated[SecretStr, from_text(_app_token)]
DatabaseUrl = Annotated[SecretStr, from_text(_database)]
