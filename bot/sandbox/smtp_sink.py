"""The mailbox's SMTP side: takes every mail, sends none on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Taker = Callable[[list[str], bytes], Awaitable[None]]
Judge = Callable[[str], str]
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own use of a deprecated attribute


class SmtpSink:
    """A server on loopback that hands each accepted mail, with its recipients, to `take`.

    `judge` says what a recipient is answered with: an SMTP reply such as `550 5.1.1 No such user`, or nothing, which
    accepts him.
    """

    def __init__(self, user: str, password: str, take: Taker, judge: Judge, port: int = 0) -> None:
        self._user, self._password, self._take, self._judge = user, password, take, judge
        self._server: asyncio.Server | None = None
        self._talks: set[SMTP] = set()
        self.port = port

    def change_password(self, password: str) -> None:
        """Let nobody log in by another one from now on."""
        self._password = password

    async def start(self) -> None:
        """Listen; a second start takes the port of the first."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(partial(self._talk, loop), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._server is None:
            return
        self._server.close()
        for talk in self._talks:
            if talk.transport is not None:
                talk.transport.close()
        self._talks.clear()
        await self._server.wait_closed()
        self._server = None

    def _talk(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        self._talks = {talk for talk in self._talks if talk.transport is not None}
        talk = SMTP(
            self,
            hostname="mx.sandbox.test",
            ident="Sandbox",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=self._authenticate,
            loop=loop,
        )
        self._talks.add(talk)
        return talk

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: object
    ) -> AuthResult:
        expected = LoginPassword(self._user.encode(), self._password.encode())
        return AuthResult(success=login == expected, handled=False)

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept or refuse a recipient; the name is aiosmtpd's."""
        refusal = self._judge(address)
        if not refusal:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return refusal or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name is aiosmtpd's
        """Take one mail; the name is aiosmtpd's."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode()
        await self._take([str(address) for address in envelope.rcpt_tos], raw)
        return "250 OK"
