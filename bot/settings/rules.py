"""What settings must hold against each other, judged also while some of them are wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.settings.addresses import is_loopback, is_mail_address
from bot.settings.choices import MailAuth, Security, SlackMode
from bot.settings.model import Settings

Problem = tuple[str, str]
_PLACES = ("SUPPORT_SLACK_CHANNEL", "ALERTING_SLACK_CHANNEL", "LOGGING_SLACK_CHANNEL")
_MISSING = "is missing"


class Draft(Settings, frozen=False, validate_assignment=True):
    """Settings while they are filled in: each assignment is judged alone, so one fault hides no other."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A draft, the texts it was filled from, and the names whose text was refused."""

    draft: Draft
    texts: Mapping[str, str]
    refused: frozenset[str]

    def given(self, *names: str) -> bool:
        """Whether all of these are set, rightly or wrongly."""
        return all(name in self.texts for name in names)

    def doubtful(self, name: str) -> bool:
        """Whether its text was refused, so that nothing can be concluded from it."""
        return name in self.refused

    def missing(self, names: Iterable[str], because: str = "") -> Iterator[Problem]:
        """Report which of these are not set."""
        return ((name, _MISSING + because) for name in names if name not in self.texts)


def _required(filled: Filled) -> Iterator[Problem]:
    names = (name.upper() for name, field in Settings.model_fields.items() if field.is_required())
    return filled.missing(names)


def _slack_mode(filled: Filled) -> Iterator[Problem]:
    if filled.doubtful("SLACK_MODE"):
        return
    if filled.draft.slack_mode is SlackMode.HTTP:
        yield from filled.missing(["SLACK_SIGNING_SECRET"], " (SLACK_MODE=http needs it)")
    else:
        yield from filled.missing(["SLACK_APP_TOKEN"])


def _customer_channels(filled: Filled) -> Iterator[Problem]:
    """Names are compared with names and ids with ids; Slack alone knows which name an id has."""
    for name in _PLACES:
        if name in filled.texts and name not in filled.refused:
            channel = getattr(filled.draft, name.lower())
            if channel in filled.draft.customer_slack_channels:
                yield "CUSTOMER_SLACK_CHANNELS", f"contains the channel of {name}, which is the team's own"


def _mail_login(filled: Filled) -> Iterator[Problem]:
    logs_in = filled.given("IMAP_SERVER") or filled.given("SMTP_USERNAME")
    if filled.given("IMAP_SERVER"):
        yield from filled.missing(["IMAP_EMAIL"], " (IMAP_SERVER is set)")
    if not logs_in or filled.doubtful("MAIL_AUTH"):
        return
    if filled.draft.mail_auth is MailAuth.OAUTH2:
        yield from _oauth(filled)
    elif filled.given("IMAP_SERVER"):
        yield from filled.missing(["IMAP_PASSWORD"], " (IMAP_SERVER is set)")


def _oauth(filled: Filled) -> Iterator[Problem]:
    """A refresh token, or the client credentials flow, which needs the app's secret and its directory."""
    because = " (MAIL_AUTH=oauth2 needs it)"
    yield from filled.missing(["OAUTH_CLIENT_ID"], because)
    if filled.given("OAUTH_REFRESH_TOKEN") or filled.given("OAUTH_CLIENT_SECRET", "OAUTH_TENANT"):
        return
    if filled.given("OAUTH_CLIENT_SECRET") or filled.given("OAUTH_TENANT"):
        because = " (MAIL_AUTH=oauth2 needs OAUTH_REFRESH_TOKEN, or OAUTH_CLIENT_SECRET with OAUTH_TENANT)"
        yield from filled.missing(["OAUTH_CLIENT_SECRET", "OAUTH_TENANT"], because)
    else:
        yield "OAUTH_REFRESH_TOKEN", "is missing (or set OAUTH_CLIENT_SECRET and OAUTH_TENANT instead)"


def _smtp_login(filled: Filled) -> Iterator[Problem]:
    if filled.doubtful("MAIL_AUTH") or filled.draft.mail_auth is MailAuth.OAUTH2:
        return
    if filled.given("SMTP_USERNAME"):
        yield from filled.missing(["SMTP_PASSWORD"], " (SMTP_USERNAME is set)")
    if filled.given("SMTP_PASSWORD"):
        yield from filled.missing(["SMTP_USERNAME"], " (SMTP_PASSWORD is set)")


def _sender(filled: Filled) -> Iterator[Problem]:
    if not filled.given("SMTP_SERVER") or filled.given("SMTP_FROM"):
        return
    if not filled.doubtful("IMAP_EMAIL") and not is_mail_address(filled.draft.imap_email or ""):
        yield "SMTP_FROM", "is missing (SMTP_SERVER is set, and IMAP_EMAIL is no address to send from)"


def _clear_text(filled: Filled) -> Iterator[Problem]:
    draft = filled.draft
    servers = (
        ("IMAP_SECURITY", draft.imap_security, draft.imap_server),
        ("SMTP_SECURITY", draft.smtp_security, draft.smtp_server),
    )
    for name, security, server in servers:
        if security is Security.NONE and server is not None and not is_loopback(server):
            yield name, "must be ssl or starttls; clear text is only for a server on this machine"


def _processed_folder(filled: Filled) -> Iterator[Problem]:
    draft = filled.draft
    if not draft.imap_folders:
        yield "IMAP_FOLDER", "names no folder"
    if draft.imap_processed_folder in draft.imap_folders:
        yield "IMAP_PROCESSED_FOLDER", "must be another folder than those of IMAP_FOLDER, which are read"


def _alarm(filled: Filled) -> Iterator[Problem]:
    if filled.given("ALARM_EMAILS"):
        yield from filled.missing(["SMTP_SERVER"], " (ALARM_EMAILS is set, and alarms leave by mail)")


RULES: tuple[Callable[[Filled], Iterator[Problem]], ...] = (
    _required,
    _slack_mode,
    _customer_channels,
    _mail_login,
    _smtp_login,
    _sender,
    _clear_text,
    _processed_folder,
    _alarm,
)


def oddities(settings: Settings) -> Iterator[str]:
    """Tell what is allowed but seldom meant: a port that speaks the other kind of TLS."""
    if settings.smtp_enabled and settings.smtp_port == 465 and settings.smtp_security is Security.STARTTLS:
        yield "SMTP_PORT 465 mostly speaks TLS at once: set SMTP_SECURITY=ssl."
    if settings.smtp_enabled and settings.smtp_port == 587 and settings.smtp_security is Security.SSL:
        yield "SMTP_PORT 587 mostly speaks STARTTLS: set SMTP_SECURITY=starttls."
    if settings.mail_enabled and settings.imap_port == 143 and settings.imap_security is Security.SSL:
        yield "IMAP_PORT 143 mostly speaks STARTTLS: set IMAP_SECURITY=starttls."
    if settings.mail_enabled and settings.imap_port == 993 and settings.imap_security is Security.STARTTLS:
        yield "IMAP_PORT 993 mostly speaks TLS at once: set IMAP_SECURITY=ssl."
