"""The mailbox's IMAP side: pymap's server and its backend in memory, in the sandbox's own loop."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Login
from pymap.backend.dict.mailbox import MailboxData, Message
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement, Flag
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext


@dataclass(frozen=True)
class KeptMail:
    """A mail of a folder with what IMAP promises never to change."""

    uid: int
    arrived: datetime
    raw: bytes
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeptFolder:
    """A folder: its UIDVALIDITY, the highest UID it ever gave, its mails."""

    name: str
    validity: int
    highest: int
    mails: tuple[KeptMail, ...]


class QuietConfig(Config):
    """A config that asks no name server for this machine's name, as pymap's greeting would."""

    @property
    def greeting(self) -> bytes:
        """The first words of each connection."""
        return b"Sandbox mailbox ready"


def _config(user: str, password: str) -> Config:
    return QuietConfig(
        Namespace(passlib_cfg=None, proxy_protocol=None),
        host="127.0.0.1",
        port=0,
        demo_data=False,
        demo_user=user,
        demo_password=password,
        hash_context=Cleartext(),
        cpu_subsystem=Subsystem.for_asyncio(),
        invalid_user_sleep=0.0,
        tls_enabled=False,
    )


class WholeResponses(asyncio.StreamWriter):
    """Sends what was written only when it is drained: whole responses.

    pymap writes a response in many small pieces; a client that looks at an idle connection between two of them would
    find half a line, which real servers never show it.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        transport = writer.transport
        super().__init__(transport, transport.get_protocol(), reader, asyncio.get_running_loop())
        self._unsent = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep a piece until `drain`."""
        self._unsent += data

    async def drain(self) -> None:
        """Send what was kept, in one piece."""
        self._send()
        await super().drain()

    def close(self) -> None:
        """Send what is left and close."""
        self._send()
        super().close()

    def _send(self) -> None:
        if self._unsent:
            super().write(bytes(self._unsent))
            self._unsent.clear()


class ImapServer:
    """One account; folders come into being when a mail is put into them. Everything runs in one loop."""

    def __init__(self, user: str, password: str, port: int = 0) -> None:
        self._config = _config(user, password)
        self._login = Login(self._config)
        self._user = user
        self.change_password(password)
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self.port = port

    def change_password(self, password: str) -> None:
        """Let nobody log in by another one from now on; who is logged in stays."""
        self._login.users_dict[self._user] = UserMetadata(self._config, self._user, password=password)

    async def start(self) -> None:
        """Listen on loopback; a second start takes the port of the first."""
        self._config.apply_context()
        serve = IMAPServer(self._login, self._config)

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is None:
                return
            self._talks.add(task)
            try:
                whole = WholeResponses(reader, writer)
                await serve(reader, whole, SocketInfoLocal(whole, unique_id=uuid4().bytes))
            except (ConnectionError, EOFError):
                writer.close()
            finally:
                self._talks.discard(task)

        self._server = await asyncio.start_server(talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and every connection; the mail stays."""
        if self._server is None:
            return
        self._server.close()
        talks = list(self._talks)
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    @asynccontextmanager
    async def _folder(self, name: str) -> AsyncIterator[MailboxData]:
        async with self._login.demo_user_identity.new_session() as session:
            try:
                folder = await session.mailbox_set.get_mailbox(name)
            except KeyError:
                await session.mailbox_set.add_mailbox(name)
                folder = await session.mailbox_set.get_mailbox(name)
            yield folder

    async def append(self, raw: bytes, arrived: datetime, folder: str) -> int:
        """Put a mail into a folder and return its UID; whoever idles there is told."""
        async with self._folder(folder) as mailbox:
            message = await mailbox.append(AppendMessage(raw, arrived, frozenset()), recent=True)
            return int(message.uid)

    async def stored(self, folder: str) -> list[tuple[int, bytes]]:
        """Return UID and bytes of every mail in a folder."""
        async with self._folder(folder) as mailbox:
            return [(m.uid, await _raw(m)) async for m in mailbox.messages()]

    async def kept(self) -> list[KeptFolder]:
        """Return every folder with all that IMAP promises to keep."""
        async with self._login.demo_user_identity.new_session() as session:
            tree = await session.mailbox_set.list_mailboxes()
        return [await self._kept(entry.name) for entry in tree.list() if entry.exists]

    async def _kept(self, name: str) -> KeptFolder:
        async with self._folder(name) as mailbox:
            mails = [
                KeptMail(m.uid, m.internal_date, await _raw(m), tuple(sorted(str(flag) for flag in m.permanent_flags)))
                async for m in mailbox.messages()
            ]
            return KeptFolder(name, mailbox.uid_validity, mailbox._max_uid, tuple(mails))

    async def put_back(self, folder: KeptFolder) -> None:
        """Make a folder what it was, UIDVALIDITY and UIDs included; pymap has no public way to say so."""
        async with self._folder(folder.name) as mailbox:
            mailbox._uid_validity = folder.validity
            for mail in folder.mails:
                mailbox._max_uid = mail.uid - 1
                flags = frozenset(Flag(flag.encode()) for flag in mail.flags)
                await mailbox.append(AppendMessage(mail.raw, mail.arrived, flags), recent=False)
            mailbox._max_uid = folder.highest


async def _raw(message: Message) -> bytes:
    loaded = await message.load_content(FetchRequirement.CONTENT)
    return bytes(loaded.get_body(binary=True))
