"""The way to a mailbox: connected, encrypted, logged in."""

from __future__ import annotations

import imaplib
import socket
import ssl
from contextlib import suppress

from imapclient import IMAPClient, SocketTimeout

from bot.mail.mailbox import Mailbox
from bot.mail.oauth import TokenRefused, Tokens
from bot.mail.trouble import MailboxTrouble, lost, one_line
from bot.settings import MailAuth, Security, Settings, is_loopback
from bot.tls import tls_context

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0

_CONNECTION = "check IMAP_SERVER, IMAP_PORT and IMAP_SECURITY"
_CERTIFICATE = "check IMAP_SERVER; for a certificate of your own authority, name its file in SSL_CERT_FILE"
_OAUTH = "check IMAP_EMAIL, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, OAUTH_TENANT and OAUTH_REFRESH_TOKEN"


def open_mailbox(settings: Settings, tokens: Tokens | None = None) -> Mailbox:
    """Connect and log in; no folder is open yet. Raises MailboxTrouble.

    `tokens` is asked for an access token when MAIL_AUTH=oauth2.
    """
    server = settings.imap_server or ""
    if settings.imap_security is Security.NONE and not is_loopback(server):
        raise MailboxTrouble("mailbox refused", "clear text to another machine", "set IMAP_SECURITY=ssl or starttls")
    client = _connected(settings, server)
    try:
        _prepare(client, settings)
        _log_in(client, settings, tokens)
        # What STARTTLS made it remember is what the server could do before the login.
        client._cached_capabilities = None
        return Mailbox(client)
    except BaseException:
        with suppress(OSError, imaplib.IMAP4.error):
            client.shutdown()
        raise


def _connected(settings: Settings, server: str) -> IMAPClient:
    implicit = settings.imap_security is Security.SSL
    try:
        return IMAPClient(
            server,
            port=settings.imap_port,
            ssl=implicit,
            ssl_context=tls_context() if implicit else None,
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        )
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise _unreachable(error) from error


def _prepare(client: IMAPClient, settings: Settings) -> None:
    # IMAPClient sets 5: every response formatted for a log line nobody sees, the password among the last ones kept.
    client._imap.debug = 0
    client.normalise_times = False
    try:
        client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if settings.imap_security is Security.STARTTLS:
            client.starttls(tls_context())
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        raise _unreachable(error) from error


def _unreachable(error: Exception) -> MailboxTrouble:
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailboxTrouble("mailbox not trusted", f"its certificate: {error.verify_message}", _CERTIFICATE)
    return MailboxTrouble("mailbox unreachable", one_line(error), _CONNECTION)


def _log_in(client: IMAPClient, settings: Settings, tokens: Tokens | None) -> None:
    user = settings.imap_email or ""
    if settings.mail_auth is MailAuth.OAUTH2:
        _show_token(client, user, tokens)
    elif settings.imap_password is None:
        raise MailboxTrouble("mailbox refused", "there is no password", "set IMAP_PASSWORD")
    else:
        _give_password(client, user, settings.imap_password.get_secret_value())


def _show_token(client: IMAPClient, user: str, tokens: Tokens | None) -> None:
    if tokens is None:
        raise MailboxTrouble("mailbox refused", "nobody gives out access tokens", "set MAIL_AUTH=password")
    try:
        token = tokens.token()
    except TokenRefused as refused:
        raise MailboxTrouble("mailbox login refused", str(refused), _OAUTH) from refused
    except OSError as error:
        raise MailboxTrouble("mail provider unreachable", one_line(error), "check the way to it (proxy?)") from error
    try:
        client.oauth2_login(user, token)
    except (OSError, imaplib.IMAP4.error) as error:
        tokens.forget()
        raise _login_refused(error, _OAUTH) from error


def _give_password(client: IMAPClient, user: str, password: str) -> None:
    try:
        if (user + password).isascii():
            client.login(user, password)
        else:
            # LOGIN knows ASCII alone; AUTHENTICATE PLAIN is UTF-8 (RFC 4616).
            client.plain_login(user, password)
    except (OSError, imaplib.IMAP4.error) as error:
        raise _login_refused(error, "check IMAP_EMAIL and IMAP_PASSWORD") from error


def _login_refused(error: Exception, advice: str) -> MailboxTrouble:
    reason = one_line(error)
    if "socket error" in reason or isinstance(error, OSError):
        return lost(error)
    return MailboxTrouble("mailbox login refused", reason, advice)
