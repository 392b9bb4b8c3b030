"""The way out: one mail handed to the SMTP server, encrypted and logged in, and what its answers mean."""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
import time
from contextlib import suppress

from bot.mail.identity import Identity, transportable
from bot.mail.oauth import TokenRefused, Tokens
from bot.mail.reasons import in_one_line
from bot.mail.trouble import one_line
from bot.outbox.sending import Refused, Unsure
from bot.settings import MailAuth, Security, Settings, is_loopback
from bot.tls import tls_context

# The postman's lease is 15 seconds: by then everything must have ended.
CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 13.0
_LEAST_SECONDS = 0.5

_CONNECTION = "check SMTP_SERVER, SMTP_PORT and SMTP_SECURITY"
_CERTIFICATE = "check SMTP_SERVER; for a certificate of your own authority, name its file in SSL_CERT_FILE"
_PASSWORD = "check SMTP_USERNAME and SMTP_PASSWORD"  # noqa: S105 - advice, not a password
_OAUTH = "check SMTP_USERNAME, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, OAUTH_TENANT and OAUTH_REFRESH_TOKEN"
# The server wants a login, or a better one (RFC 4954, section 6): the mail itself is not at fault.
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_CLOSING = 421
_GO_AHEAD = 354


class SubmissionTrouble(Exception):
    """The SMTP server can't be used now, whatever the mail, which it certainly did not take. Its text gives advice."""

    def __init__(self, kind: str, reason: str, advice: str) -> None:
        super().__init__(f"{kind}: {reason} ({advice})")


class PutOff(Exception):
    """The server took everything but this mail, and says that a later try may succeed (4xx)."""


class Submission:
    """Hands mails to the configured server, each over a connection of its own."""

    def __init__(self, settings: Settings, identity: Identity, tokens: Tokens | None = None) -> None:
        self._settings = settings
        self._identity = identity
        self._tokens = tokens

    def submit(self, recipient: str, raw: bytes) -> None:
        """Hand over one mail, as bytes with CRLF; returns once the server is answerable for it.

        Raises SubmissionTrouble, PutOff, Refused (5xx), or Unsure where the last answer never came.
        """
        ends = time.monotonic() + WHOLE_SECONDS
        client = self._connected()
        try:
            self._prepare(client, ends)
            _transfer(client, ends, transportable(self._identity.address), transportable(recipient), raw)
            with suppress(OSError):
                # It is taken; a slow farewell keeps nobody.
                _hurry(client, 0)
                client.quit()
        finally:
            client.close()

    def _connected(self) -> smtplib.SMTP:
        settings, server = self._settings, self._settings.smtp_server or ""
        if settings.smtp_security is Security.NONE and not is_loopback(server):
            raise SubmissionTrouble(
                "SMTP server refused", "clear text to another machine", "set SMTP_SECURITY=ssl or starttls"
            )
        name = transportable(self._identity.address).rpartition("@")[2] or "localhost"
        try:
            if settings.smtp_security is Security.SSL:
                return smtplib.SMTP_SSL(
                    server, settings.smtp_port, name, timeout=CONNECT_SECONDS, context=tls_context()
                )
            return smtplib.SMTP(server, settings.smtp_port, name, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise _unreachable(error) from error

    def _prepare(self, client: smtplib.SMTP, ends: float) -> None:
        """Encrypt and log in."""
        try:
            _hurry(client, ends)
            client.ehlo_or_helo_if_needed()
            if self._settings.smtp_security is Security.STARTTLS:
                _hurry(client, ends)
                client.starttls(context=tls_context())
                _hurry(client, ends)
                client.ehlo()
        except (OSError, ValueError) as error:
            raise _unreachable(error) from error
        if self._settings.smtp_username:
            _hurry(client, ends)
            self._log_in(client, self._settings.smtp_username)

    def _log_in(self, client: smtplib.SMTP, user: str) -> None:
        by_token = self._settings.mail_auth is MailAuth.OAUTH2
        try:
            if by_token:
                self._show_token(client, user)
            else:
                password = self._settings.smtp_password
                give_password(client, user, password.get_secret_value() if password else "")
        except smtplib.SMTPAuthenticationError as error:
            if by_token and self._tokens is not None:
                self._tokens.forget()
            raise _login_refused(_said(error), _OAUTH if by_token else _PASSWORD) from error
        except (OSError, ValueError) as error:
            raise _unreachable(error) from error

    def _show_token(self, client: smtplib.SMTP, user: str) -> None:
        if self._tokens is None:
            raise _login_refused("nobody gives out access tokens", "set MAIL_AUTH=password")
        try:
            token = self._tokens.token()
        except TokenRefused as refused:
            raise _login_refused(str(refused), _OAUTH) from refused
        except OSError as error:
            raise SubmissionTrouble(
                "mail provider unreachable", one_line(error), "check the way to it (proxy?)"
            ) from error
        show_token(client, user, token)


def show_token(client: smtplib.SMTP, user: str, token: str) -> None:
    """Log in with an access token; raises SMTPAuthenticationError."""
    shown = f"user={user}\1auth=Bearer {token}\1\1"
    # What was wrong comes as a challenge, which wants an empty answer before the refusal itself.
    client.auth("XOAUTH2", lambda challenge=None: shown if challenge is None else "")


def give_password(client: smtplib.SMTP, user: str, password: str) -> None:
    """Log in with a password of any letters; raises SMTPAuthenticationError."""
    if (user + password).isascii():
        client.login(user, password)
        return
    # smtplib's own methods know ASCII alone; PLAIN is UTF-8 (RFC 4616).
    shown = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, reply = client.docmd("AUTH", f"PLAIN {shown}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, reply)


def _transfer(client: smtplib.SMTP, ends: float, sender: str, recipient: str, raw: bytes) -> None:
    try:
        _hurry(client, ends)
        _expect(client.mail(sender, _options(client, sender, recipient, raw)), 250)
        _hurry(client, ends)
        _expect(client.rcpt(recipient), 250, 251)
        _hurry(client, ends)
        _expect(client.docmd("DATA"), _GO_AHEAD)
        _hurry(client, ends)
        client.send(re.sub(rb"^\.", b"..", raw, flags=re.MULTILINE) + b".\r\n")
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("our mail server takes no addresses with letters beyond ASCII") from error
    except (OSError, ValueError) as error:
        raise _unreachable(error) from error
    try:
        _hurry(client, ends)
        answer = client.getreply()
    except OSError as error:
        raise Unsure(
            f"the connection broke before the server said whether it took the mail: {one_line(error)}"
        ) from error
    _expect(answer, 250)


def _options(client: smtplib.SMTP, sender: str, recipient: str, raw: bytes) -> list[str]:
    options = [f"SIZE={len(raw)}"] if client.has_extn("size") else []
    if not (raw.isascii() and sender.isascii() and recipient.isascii()):
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    return options


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    """Raise what an unwanted answer means."""
    code, reply = answer
    if code in wanted:
        return
    said = in_one_line(f"{code} {reply.decode('utf-8', 'replace')}")
    if code in _LOGIN_CODES:
        raise _login_refused(said, _PASSWORD)
    if 500 <= code <= 599:
        raise Refused(said)
    if 400 <= code <= 499 and code != _CLOSING:
        raise PutOff(said)
    raise SubmissionTrouble("SMTP server not ready", said, _CONNECTION)


def _hurry(client: smtplib.SMTP, ends: float) -> None:
    """Let no answer be waited for beyond the end."""
    if client.sock is not None:
        client.sock.settimeout(max(ends - time.monotonic(), _LEAST_SECONDS))


def _unreachable(error: Exception) -> SubmissionTrouble:
    if isinstance(error, ssl.SSLCertVerificationError):
        return SubmissionTrouble("SMTP server not trusted", f"its certificate: {error.verify_message}", _CERTIFICATE)
    said = _said(error) if isinstance(error, smtplib.SMTPResponseException) else one_line(error)
    return SubmissionTrouble("SMTP server unreachable", said, _CONNECTION)


def _login_refused(reason: str, advice: str) -> SubmissionTrouble:
    return SubmissionTrouble("SMTP login refused", reason, advice)


def _said(error: smtplib.SMTPResponseException) -> str:
    reply = error.smtp_error
    return in_one_line(f"{error.smtp_code} {reply.decode('utf-8', 'replace') if isinstance(reply, bytes) else reply}")
