"""Access tokens of the mail provider (OAuth 2.0, RFC 6749), for servers that take no passwords any more."""

from __future__ import annotations

import json
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote

import structlog

from bot.clock import Clock
from bot.settings import MailAuth, Settings

log = structlog.get_logger(__name__)

GOOGLE = "https://oauth2.googleapis.com/token"
MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
ANSWER_SECONDS = 10.0
LARGEST_ANSWER = 1_000_000
# A token is not used in its last minutes: the mail server's clock may be ahead.
SPARE = timedelta(minutes=5)
DEFAULT_LIFE_SECONDS = 3600

_GOOGLE_SERVERS = ("gmail.com", "googlemail.com", "google.com")
_OUTLOOK = "https://outlook.office.com"
_CONSENT = f"{_OUTLOOK}/IMAP.AccessAsUser.All {_OUTLOOK}/SMTP.Send offline_access"
_APPLICATION = "https://outlook.office365.com/.default"


class TokenRefused(Exception):
    """The provider gives no access token; its text is the provider's reason."""


class Tokens(Protocol):
    """Who gives out access tokens."""

    def token(self) -> str:
        """Return one that is good now; raises TokenRefused, or OSError where the provider can't be reached."""
        ...

    def forget(self) -> None:
        """Drop the one in hand: the mail server did not take it."""
        ...


class ProviderTokens:
    """Fetches access tokens from the provider and keeps each until shortly before it expires; any thread may ask.

    A refresh token that the provider replaces is used from then on, in this process alone.
    """

    def __init__(self, settings: Settings, clock: Clock, context: ssl.SSLContext, endpoint: str = "") -> None:
        self._settings = settings
        self._clock = clock
        self._context = context
        self._endpoint = endpoint or endpoint_of(settings)
        self._refresh_token = settings.oauth_refresh_token.get_secret_value() if settings.oauth_refresh_token else ""
        self._lock = threading.Lock()
        self._token = ""
        self._good_until: datetime | None = None

    def token(self) -> str:
        """Return an access token that is good for some minutes more; raises TokenRefused or OSError."""
        with self._lock:
            now = self._clock.now()
            if not self._token or self._good_until is None or now >= self._good_until:
                self._fetch(now)
            return self._token

    def forget(self) -> None:
        """Drop the token in hand, so that the next one is fetched anew."""
        with self._lock:
            self._token = ""

    def _fetch(self, now: datetime) -> None:
        answer = _asked(self._endpoint, self._question(), self._context)
        token, life = answer.get("access_token"), answer.get("expires_in", DEFAULT_LIFE_SECONDS)
        if not isinstance(token, str) or not token:
            raise TokenRefused("the provider's answer holds no access token")
        seconds = int(str(life)) if str(life).isdigit() else DEFAULT_LIFE_SECONDS
        self._token = token
        self._good_until = now + max(timedelta(seconds=seconds) - SPARE, timedelta(seconds=seconds) / 2)
        replaced = answer.get("refresh_token")
        if isinstance(replaced, str) and replaced:
            self._refresh_token = replaced
        log.info("access token fetched", good_for=f"{seconds} s")

    def _question(self) -> dict[str, str]:
        secret = self._settings.oauth_client_secret
        question = {"client_id": self._settings.oauth_client_id or ""}
        if secret is not None:
            question["client_secret"] = secret.get_secret_value()
        if self._refresh_token:
            question |= {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
            return question if self._endpoint == GOOGLE else question | {"scope": _CONSENT}
        return question | {"grant_type": "client_credentials", "scope": _APPLICATION}


def tokens_of(settings: Settings, clock: Clock, context: ssl.SSLContext) -> ProviderTokens | None:
    """Return who gives out this mailbox's tokens, or None where a password is used."""
    return ProviderTokens(settings, clock, context) if settings.mail_auth is MailAuth.OAUTH2 else None


def endpoint_of(settings: Settings) -> str:
    """Return the provider's token endpoint: Google's for its own servers, else Microsoft's for the tenant."""
    servers = ((settings.imap_server or "").lower(), (settings.smtp_server or "").lower())
    if not settings.oauth_tenant and any(
        f".{server}".endswith(f".{name}") for server in servers for name in _GOOGLE_SERVERS
    ):
        return GOOGLE
    return MICROSOFT.format(tenant=quote(settings.oauth_tenant or "common", safe=""))


def _asked(endpoint: str, question: dict[str, str], context: ssl.SSLContext) -> dict[str, object]:
    """Post a question to the endpoint. The proxy of the environment is used, as for all web requests."""
    body = urllib.parse.urlencode(question).encode()
    request = urllib.request.Request(endpoint, body, {"Accept": "application/json"})  # noqa: S310 - ours, no user's
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS, context=context) as answer:  # noqa: S310 - ours, no user's
            return _read(answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, _read(error.read(LARGEST_ANSWER))) from error


def _refusal(status: int, answer: dict[str, object]) -> Exception:
    if status >= 500 or status == 429:
        return OSError(f"the mail provider answered HTTP {status}")
    said = str(answer.get("error_description") or answer.get("error") or f"HTTP {status}")
    return TokenRefused((said.splitlines() or [f"HTTP {status}"])[0][:200])


def _read(body: bytes) -> dict[str, object]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
