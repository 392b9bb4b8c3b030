"""How a mail server's TLS is: the handshake alone, without a login."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from datetime import UTC, datetime, timedelta

from bot.doctor.finding import Finding, Trouble, well, wrong
from bot.mail.trouble import one_line
from bot.settings import Security
from bot.tls import tls_context

CONNECT_SECONDS = 8.0
EXPIRES_SOON = timedelta(days=7)
_CERTIFICATE = "For a certificate of your own authority name its file: SSL_CERT_FILE=/path/to/authority.pem"


def imap_handshake(host: str, port: int, security: Security) -> ssl.SSLSocket:
    """Connect as the mailbox's reader does; raises OSError or imaplib's error."""
    if security is Security.SSL:
        return _secured(imaplib.IMAP4_SSL(host, port, ssl_context=tls_context(), timeout=CONNECT_SECONDS).sock)
    client = imaplib.IMAP4(host, port, timeout=CONNECT_SECONDS)
    try:
        client.starttls(tls_context())
    except (OSError, imaplib.IMAP4.error):
        client.shutdown()
        raise
    return _secured(client.sock)


def connected_smtp(host: str, port: int, security: Security) -> smtplib.SMTP:
    """Connect and encrypt as the settings say; nobody is logged in. Raises OSError (SMTPException is one)."""
    if security is Security.SSL:
        return smtplib.SMTP_SSL(host, port, timeout=CONNECT_SECONDS, context=tls_context())
    client = smtplib.SMTP(host, port, timeout=CONNECT_SECONDS)
    try:
        if security is Security.STARTTLS:
            client.starttls(context=tls_context())
    except OSError:
        client.close()
        raise
    return client


def judged(secured: ssl.SSLSocket, now: datetime) -> Finding:
    """Tell the protocol and how long the certificate is good for; the socket is closed."""
    with secured:
        certificate, protocol = secured.getpeercert() or {}, secured.version()
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    told = f"{protocol}, certificate good until {until:%Y-%m-%d}"
    if until - now < EXPIRES_SOON:
        return wrong(f"{told}: it expires soon", "Have the mail server's certificate renewed.")
    return well(told)


def unreachable(server: str, names: str, error: Exception) -> Trouble:
    """Return the trouble of a connection that failed; `names` are the settings to look at."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = f"{server}: its certificate is not trusted: {error.verify_message}"
        return Trouble(reason, f"Correct {names.partition(',')[0]}: the name must be the certificate's.", _CERTIFICATE)
    if isinstance(error, ssl.SSLError):
        return Trouble(f"{server} does not speak TLS like this ({one_line(error)})", f"Correct {names}.")
    if isinstance(error, socket.gaierror):
        return Trouble(f"there is no machine called {server}", f"Correct {names.partition(',')[0]}.")
    return Trouble(f"{server} can't be reached ({one_line(error)})", f"Correct {names}, or let the firewall pass it.")


def _secured(connection: object) -> ssl.SSLSocket:
    if not isinstance(connection, ssl.SSLSocket):
        raise ssl.SSLError("the connection is not encrypted")
    return connection
