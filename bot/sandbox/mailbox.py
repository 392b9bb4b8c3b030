"""The desk's mailbox and everybody else's: mail put in, mail sent out, on IMAP and SMTP at loopback."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TypeVar, Unpack

from bot.sandbox import letters, snapshot
from bot.sandbox.changes import Changes
from bot.sandbox.clock import SandboxClock
from bot.sandbox.imap_server import ImapServer
from bot.sandbox.shapes import Json
from bot.sandbox.smtp_sink import SmtpSink

T = TypeVar("T")
LONGEST_WAIT = 30.0


class Mailbox:
    """What reaches support@desk.test lies in its IMAP folder; what is sent to others lies in their `inbox`.

    The blocking methods may be called from any thread but the sandbox's own loop.
    """

    address = letters.SUPPORT_ADDRESS
    authserv_id = letters.AUTHSERV_ID

    def __init__(self, clock: SandboxClock, changes: Changes, imap_port: int = 0, smtp_port: int = 0) -> None:
        self.password = secrets.token_urlsafe(12)
        self._clock, self._changes = clock, changes
        self._imap = ImapServer(self.address, self.password, imap_port)
        self._smtp = SmtpSink(self.address, self.password, self._take, self._refusal_of, smtp_port)
        self._inboxes: dict[str, list[EmailMessage]] = defaultdict(list)
        self._refusals: dict[str, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_away = False

    @property
    def imap_port(self) -> int:
        """Where the mailbox is read."""
        return self._imap.port

    @property
    def smtp_port(self) -> int:
        """Where mail is sent."""
        return self._smtp.port

    async def start(self) -> None:
        """Open both ports, the same as before if they were open once; runs in the sandbox's loop."""
        self._loop = asyncio.get_running_loop()
        await self._imap.start()
        try:
            await self._smtp.start()
        except OSError:
            await self._imap.stop()
            raise
        self.is_away = False

    async def stop(self) -> None:
        """Close both ports and their connections; the mail stays."""
        self.is_away = True
        await self._imap.stop()
        await self._smtp.stop()

    def compose(self, sender: str, subject: str, text: str, **extras: Unpack[letters.Extras]) -> EmailMessage:
        """Return a mail that was not delivered yet; the arguments are those of `letters.compose`."""
        return letters.compose(self._clock, sender, subject, text, **extras)

    def deliver(self, mail: EmailMessage | bytes, folder: str = "INBOX", arrived: datetime | None = None) -> int:
        """Put a mail into the desk's mailbox as it is and return its UID; it arrived now unless said otherwise."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=policy.SMTP)
        return self._wait(self._deliver(raw, folder, arrived))

    def send(self, sender: str, subject: str, text: str, **extras: Unpack[letters.Extras]) -> EmailMessage:
        """Compose a mail and deliver it."""
        mail = self.compose(sender, subject, text, **extras)
        self.deliver(mail)
        return mail

    def refuse(self, address: str, answer: str = "550 5.1.1 No such user here") -> None:
        """Answer mail to this person with an SMTP refusal from now on; an empty answer lets it through again."""
        with self._changes.writing():
            self._refusals[address.casefold()] = answer

    def change_password(self, password: str) -> None:
        """Ask for another password from now on, at both servers, as when the account's owner changed it."""
        self.password = password
        self._imap.change_password(password)
        self._smtp.change_password(password)

    def inbox(self, address: str) -> list[EmailMessage]:
        """Return what was sent to this person by SMTP, oldest first."""
        with self._changes.reading():
            return list(self._inboxes.get(address.casefold(), []))

    def inboxes(self) -> dict[str, list[EmailMessage]]:
        """Return everybody's inbox, by address."""
        with self._changes.reading():
            return {address: list(mails) for address, mails in self._inboxes.items()}

    def stored(self, folder: str = "INBOX") -> list[tuple[int, bytes]]:
        """Return UID and bytes of each mail in the desk's mailbox."""
        return self._wait(self._imap.stored(folder))

    def kept(self) -> Json:
        """Return all mail as JSON, every folder of it, for a snapshot."""
        return snapshot.mail_as_json(self, self._wait(self._imap.kept()))

    def put_back(self, kept: Json) -> None:
        """Take back what `kept` returned."""
        for folder in snapshot.folders_of(kept):
            self._wait(self._imap.put_back(folder))
        with self._changes.writing():
            self._inboxes.update(snapshot.inboxes_of(kept))

    def wait_for(self, look: Callable[[], T], timeout: float = 10) -> T:
        """Return the first truthy answer of `look`, asked again after each change of the sandbox."""
        return self._changes.wait_for(look, timeout, self.describe)

    def describe(self) -> str:
        """Return who has how much mail, for error messages."""
        return "\n".join(f"{address}: {len(mails)} mails" for address, mails in self.inboxes().items())

    def _refusal_of(self, recipient: str) -> str:
        with self._changes.reading():
            return self._refusals.get(parseaddr(recipient)[1].casefold(), "")

    async def _deliver(self, raw: bytes, folder: str = "INBOX", arrived: datetime | None = None) -> int:
        uid = await self._imap.append(raw, arrived or self._clock.now(), folder)
        with self._changes.writing():
            return uid

    async def _take(self, recipients: list[str], raw: bytes) -> None:
        for recipient in recipients:
            address = parseaddr(recipient)[1].casefold()
            if address == self.address:
                await self._deliver(raw)
            else:
                with self._changes.writing():
                    self._inboxes[address].append(message_from_bytes(raw, policy=policy.default))

    def _wait(self, work: Coroutine[None, None, T]) -> T:
        if self._loop is None:
            work.close()
            raise RuntimeError("the mailbox is not running: use it inside `with Sandbox() as sandbox`")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST_WAIT)
