"""An SMTP server on loopback that takes mail, or answers as a test tells it to."""

import base64
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.services.certificates import Certificates
from tests.services.process import LOOPBACK, free_port

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd tells of every connection that a test breaks
USER, PASSWORD, TOKEN = "support@desk.test", "s3cret", "access-1"


class MailServer:
    """What it took stands in `taken`; `answers` are its words instead, by command: {"RCPT": "550 5.1.1 No such user"}.

    `hangs_up_after`: the command after whose arrival it closes the connection without a word; after DATA it has taken
    the mail.
    """

    def __init__(self, password: str, *, login: bool) -> None:
        self.taken: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, list[str], list[str]]] = []
        self.logins: list[object] = []
        self.answers: dict[str, str] = {}
        self.hangs_up_after = ""
        self.port = free_port()
        self._password, self._wants_login = password, login

    async def handle_MAIL(  # noqa: N802 - these names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from, envelope.mail_options = address, [*options]
        if self._wants_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        return self._answer("MAIL", server)

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name is aiosmtpd's
        answer = self._answer("DATA", server)
        if answer.startswith("250"):
            content = envelope.content
            raw = content if isinstance(content, bytes) else str(content or "").encode()
            self.raw.append(raw)
            self.taken.append(message_from_bytes(raw, policy=policy.default))
            recipients = [str(address) for address in envelope.rcpt_tos]
            self.envelopes.append((str(envelope.mail_from), recipients, list(envelope.mail_options)))
        return answer

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - the name is aiosmtpd's
        shown = base64.b64decode(args[1]).decode()
        self.logins.append(shown)
        if shown == f"user={USER}\1auth=Bearer {TOKEN}\1\1":
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"400"}')
        return AuthResult(success=False, handled=False)

    def check(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: object
    ) -> AuthResult:
        """Judge a password."""
        self.logins.append(login)
        return AuthResult(success=login == LoginPassword(USER.encode(), self._password.encode()), handled=False)

    def _answer(self, command: str, server: SMTP) -> str:
        if self.hangs_up_after == command and server.transport is not None:
            server.transport.close()
        return self.answers.get(command, "250 2.0.0 OK")


@contextmanager
def mail_server(
    certificates: Certificates | None = None, *, implicit: bool = False, login: bool = False, password: str = PASSWORD
) -> Iterator[MailServer]:
    """Run one; with certificates it speaks TLS at once (`implicit`) or after STARTTLS; `login` makes it ask for one."""
    server = MailServer(password, login=login)
    context = _context(certificates) if certificates else None
    running = Controller(
        server,
        hostname=LOOPBACK,
        port=server.port,
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
        require_starttls=context is not None and not implicit,
        auth_require_tls=context is not None and not implicit,
        authenticator=server.check,
        enable_SMTPUTF8=True,
        server_hostname="mx.sandbox.test",
    )
    running.start()
    try:
        yield server
    finally:
        running.stop()


def _context(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.server, certificates.key)
    return context
