"""The second path: alarms as mails, handed to the SMTP server directly, past outbox and Slack."""

from __future__ import annotations

from collections.abc import Iterable
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

import structlog

from bot.clock import Clock
from bot.mail.identity import identity_of, transportable
from bot.mail.oauth import Tokens
from bot.mail.robots import LOOP_HEADER
from bot.mail.submission import PutOff, Submission, SubmissionTrouble
from bot.outbox.sending import Refused, Unsure
from bot.settings import Settings

log = structlog.get_logger(__name__)

_SHORTEST_SECRET = 4
_TRANSPORT = policy.SMTP.clone(cte_type="7bit")


class AlarmMail:
    """Writes to everybody in ALARM_EMAILS. A text never holds a secret of ours, whatever a server's words repeat."""

    def __init__(self, settings: Settings, clock: Clock, tokens: Tokens | None = None) -> None:
        self._recipients = settings.alarm_emails
        self._secrets = settings.secret_values
        self._identity = identity_of(settings)
        self._submission = Submission(settings, self._identity, tokens)
        self._clock = clock

    def send(self, subject: str, text: str, token: str) -> bool:
        """Hand one mail to the server for each address; returns whether it took at least one of them.

        The same token gives the same Message-ID, so that a mail that is sent twice is one to its reader.
        """
        taken = [self._is_taken(address, subject, text, token) for address in self._recipients]
        return any(taken)

    def _is_taken(self, recipient: str, subject: str, text: str, token: str) -> bool:
        try:
            self._submission.submit(recipient, self._composed(recipient, subject, text, token))
        except (SubmissionTrouble, PutOff, Refused, Unsure, ValueError) as trouble:
            log.error("alarm not mailed", recipient=recipient, reason=str(trouble))
            return False
        return True

    def _composed(self, recipient: str, subject: str, text: str, token: str) -> bytes:
        mail = EmailMessage(policy=_TRANSPORT)
        mail["From"] = formataddr((self._identity.name or "Casebot", transportable(self._identity.address)))
        mail["To"] = transportable(recipient)
        mail["Subject"] = _without(self._secrets, " ".join(subject.split()))
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = self._identity.message_id(token)
        # A machine's mail, which no machine answers (RFC 3834), and which this desk knows as its own.
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail[LOOP_HEADER] = transportable(self._identity.address)
        mail.set_content(_without(self._secrets, text))
        return mail.as_bytes()


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "[secret]")
    return text
