"""Checks of outgoing mail: TLS, login, and whether the server takes our sender; no mail is sent."""

from __future__ import annotations

import smtplib
import ssl
from email.utils import parseaddr

from bot.clock import Clock
from bot.doctor.finding import Finding, Trouble, skipped, well, wrong
from bot.doctor.patient import Patient
from bot.doctor.transport_layer import connected_smtp, judged, unreachable
from bot.mail.oauth import TokenRefused, tokens_of
from bot.mail.submission import give_password, show_token
from bot.settings import MailAuth, Security, Settings
from bot.tls import tls_context

_OFF = "no mail leaves: SMTP_SERVER is not set"
_NAMES = "SMTP_SERVER, SMTP_PORT and SMTP_SECURITY"


def tls(patient: Patient) -> Finding:
    """Look at the encryption of the way out."""
    settings = patient.settings
    if settings.smtp_server is None:
        return skipped(_OFF)
    if settings.smtp_security is Security.NONE:
        return well("clear text, which never leaves this machine (SMTP_SECURITY=none)")
    client = _connected(settings)
    if not isinstance(client.sock, ssl.SSLSocket):
        return wrong("the connection is not encrypted", f"Correct {_NAMES}.")
    return judged(client.sock, patient.clock.now())


def login(patient: Patient) -> Finding:
    """Log in at the server and let it accept our sender, which is taken back at once."""
    settings = patient.settings
    if settings.smtp_server is None:
        return skipped(_OFF)
    with open_smtp(settings, patient.clock) as client:
        code, answer = client.mail(sender_of(settings))
        client.rset()
    if code != 250:
        reason = answer.decode(errors="replace")
        return wrong(f"the server takes no mail from {sender_of(settings)} ({code} {reason})", "Correct SMTP_FROM.")
    who = settings.smtp_username or "nobody"
    return well(f"{who} is logged in at {settings.smtp_server}:{settings.smtp_port}, sending as {sender_of(settings)}")


def alarms(patient: Patient) -> Finding:
    """Look whether somebody hears of it when Slack, the mailbox or the clock is silent."""
    settings = patient.settings
    beat = "; a heartbeat is sent each minute" if settings.heartbeat_url else ""
    if not settings.alarm_emails:
        return skipped(f"nobody is mailed when Slack or the mailbox is silent: ALARM_EMAILS is not set{beat}")
    if settings.smtp_server is None:
        return wrong("alarms leave by mail, and SMTP_SERVER is not set", "Set SMTP_SERVER, or empty ALARM_EMAILS.")
    minutes = f"{settings.alarm_after_minutes:g} minutes"
    return well(f"after {minutes} of silence {', '.join(settings.alarm_emails)} are mailed{beat}")


def open_smtp(settings: Settings, clock: Clock) -> smtplib.SMTP:
    """Return the server, connected, encrypted and logged in, as a context manager; raises Trouble."""
    client = _connected(settings)
    try:
        client.ehlo_or_helo_if_needed()
        _log_in(client, settings, clock)
    except smtplib.SMTPAuthenticationError as error:
        client.close()
        said = error.smtp_error
        reason = said.decode(errors="replace") if isinstance(said, bytes) else said
        raise Trouble(
            f"the server refuses the login ({error.smtp_code} {reason})",
            "Correct SMTP_USERNAME and SMTP_PASSWORD; many providers want an app password (account → Security).",
        ) from error
    except OSError as error:
        client.close()
        raise unreachable(_place(settings), _NAMES, error) from error
    except TokenRefused as refused:
        client.close()
        raise Trouble(f"the mail provider gives no access token ({refused})", "Correct the OAUTH_… settings.") from None
    return client


def sender_of(settings: Settings) -> str:
    """Return the bare address that our mail is from."""
    return parseaddr(settings.smtp_from or settings.imap_email or "")[1]


def _connected(settings: Settings) -> smtplib.SMTP:
    try:
        return connected_smtp(settings.smtp_server or "", settings.smtp_port, settings.smtp_security)
    except OSError as error:
        raise unreachable(_place(settings), _NAMES, error) from error


def _place(settings: Settings) -> str:
    return f"{settings.smtp_server}:{settings.smtp_port}"


def _log_in(client: smtplib.SMTP, settings: Settings, clock: Clock) -> None:
    user = settings.smtp_username
    if settings.mail_auth is MailAuth.OAUTH2:
        tokens = tokens_of(settings, clock, tls_context())
        if tokens is not None and user:
            show_token(client, user, tokens.token())
    elif user and settings.smtp_password is not None:
        give_password(client, user, settings.smtp_password.get_secret_value())
