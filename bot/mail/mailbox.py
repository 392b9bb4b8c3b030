"""One folder on an IMAP server, opened for reading only. It belongs to the thread that opened it."""

from __future__ import annotations

import imaplib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient import IMAPClient, SocketTimeout

from bot.mail.bell import Bell
from bot.settings import MailAuth, Security, Settings, is_loopback

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
# What arrived between the search and IDLE may lie unseen in the reader's buffer: a short first round brings it out.
FIRST_ROUND_SECONDS = 1.0
LONGEST_ROUND_SECONDS = 240.0
# imaplib refuses answers of more than a million bytes.
SEARCH_WINDOW = 100_000

_CONNECTION = "check IMAP_SERVER, IMAP_PORT and IMAP_SECURITY"


class MailboxTrouble(Exception):
    """The mailbox can't be read now. `advice` says what to look at."""

    def __init__(self, kind: str, reason: str, advice: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Listing:
    """What the server says of one mail; `received_at` is its arrival in the mailbox (INTERNALDATE)."""

    uid: int
    size: int
    received_at: datetime


class Mailbox:
    """A folder opened with EXAMINE, so that nothing done here can mark a mail as read."""

    def __init__(self, client: IMAPClient, folder: str) -> None:
        self._client = client
        self._uid_next = 1
        self.uid_validity = 0
        with _troubles("mailbox not readable", f"check IMAP_FOLDER ({folder})"):
            opened = client.select_folder(folder, readonly=True)
            self.uid_validity = int(opened[b"UIDVALIDITY"])
            self._uid_next = int(opened.get(b"UIDNEXT", 1))
            self.can_idle = bool(client.has_capability("IDLE"))

    def refresh(self) -> None:
        """Let the server tell what is new; a dead connection is noticed here."""
        with _troubles():
            self._client.noop()

    def uids_above(self, mark: int) -> list[int]:
        """Return the UIDs above the mark in order; `n:*` alone would always name the last mail."""
        found: set[int] = set()
        with _troubles():
            start = mark + 1
            while self._uid_next - start > SEARCH_WINDOW:
                found.update(self._client.search(["UID", f"{start}:{start + SEARCH_WINDOW - 1}"]))
                start += SEARCH_WINDOW
            found.update(self._client.search(["UID", f"{start}:*"]))
        return sorted(uid for uid in found if uid > mark)

    def listings(self, uids: Sequence[int], now: datetime) -> list[Listing]:
        """Return sizes and arrivals in the order of the UIDs; what has vanished is left out.

        A mail of which the server tells no arrival arrived `now`.
        """
        with _troubles():
            answer = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return [
            Listing(uid, int(answer[uid].get(b"RFC822.SIZE") or 0), _arrival(answer[uid].get(b"INTERNALDATE"), now))
            for uid in uids
            if uid in answer
        ]

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return whole mails; what has vanished or is refused is left out, without harm to the others."""
        return self._contents(uids, "BODY.PEEK[]", b"BODY[]")

    def header(self, uid: int, limit: int) -> bytes:
        """Return the first `limit` bytes of a mail's header."""
        return self._contents([uid], f"BODY.PEEK[HEADER]<0.{limit}>", b"BODY[HEADER]").get(uid, b"")

    def idle(self, seconds: float, bell: Bell) -> bool:
        """Wait for new mail (True) at most so long; the bell ends it early."""
        deadline = time.monotonic() + seconds
        longest = FIRST_ROUND_SECONDS
        while not bell.rung and (left := deadline - time.monotonic()) > 0:
            if self._idle_round(min(left, longest), bell):
                return True
            longest = LONGEST_ROUND_SECONDS
        return False

    def close(self) -> None:
        """Hang up without a word: a farewell could wait for a dead server."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    def _contents(self, uids: Sequence[int], item: str, key: bytes) -> dict[int, bytes]:
        try:
            answer = self._client.fetch(uids, [item])
        except imaplib.IMAP4.abort as error:
            raise _lost(error) from error
        except (imaplib.IMAP4.error, ValueError) as error:
            if len(uids) == 1:
                return {}
            found: dict[int, bytes] = {}
            for uid in uids:
                found |= self._contents([uid], item, key)
            if not found:
                raise _lost(error) from error
            return found
        except OSError as error:
            raise _lost(error) from error
        named = ((uid, name, content) for uid, parts in answer.items() for name, content in parts.items())
        return {uid: content for uid, name, content in named if name.startswith(key) and isinstance(content, bytes)}

    def _idle_round(self, seconds: float, bell: Bell) -> bool:
        end = time.monotonic() + seconds
        heard: list[tuple[object, ...]] = []
        with _troubles():
            self._client.idle()
            while not bell.rung and (left := end - time.monotonic()) > 0:
                if not bell.wait(left, self._client.socket()):
                    continue
                lines = self._client.idle_check(timeout=0)
                heard.extend(lines)
                # Readable, but no line: the connection has ended, as the next command will find.
                if not lines or _tells_of_mail(lines):
                    break
            if bell.stopped:
                return False
            heard.extend(self._client.idle_done()[1])
        return _tells_of_mail(heard)


def open_mailbox(settings: Settings) -> Mailbox:
    """Connect, log in and open the folder; raises MailboxTrouble."""
    server = settings.imap_server or ""
    if settings.imap_security is Security.NONE and not is_loopback(server):
        raise MailboxTrouble("mailbox refused", "clear text to another machine", "set IMAP_SECURITY=ssl or starttls")
    if settings.mail_auth is not MailAuth.PASSWORD or settings.imap_password is None:
        raise MailboxTrouble("mailbox refused", "only passwords are spoken", "set MAIL_AUTH=password, IMAP_PASSWORD")
    context = ssl.create_default_context()
    client = _connected(settings, server, context)
    try:
        _prepare(client, settings, context)
        _log_in(client, settings.imap_email or "", settings.imap_password.get_secret_value())
        # What STARTTLS made it remember is what the server could do before the login.
        client._cached_capabilities = None
        return Mailbox(client, settings.imap_folder)
    except BaseException:
        with suppress(OSError, imaplib.IMAP4.error):
            client.shutdown()
        raise


def _connected(settings: Settings, server: str, context: ssl.SSLContext) -> IMAPClient:
    implicit = settings.imap_security is Security.SSL
    with _troubles("mailbox unreachable", _CONNECTION):
        return IMAPClient(
            server,
            port=settings.imap_port,
            ssl=implicit,
            ssl_context=context if implicit else None,
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        )


def _prepare(client: IMAPClient, settings: Settings, context: ssl.SSLContext) -> None:
    # IMAPClient sets 5: every response formatted for a log line nobody sees, the password among the last ones kept.
    client._imap.debug = 0
    client.normalise_times = False
    with _troubles("mailbox unreachable", _CONNECTION):
        client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if settings.imap_security is Security.STARTTLS:
            client.starttls(context)


def _log_in(client: IMAPClient, user: str, password: str) -> None:
    try:
        if (user + password).isascii():
            client.login(user, password)
        else:
            # LOGIN knows ASCII alone; AUTHENTICATE PLAIN is UTF-8 (RFC 4616).
            client.plain_login(user, password)
    except (OSError, imaplib.IMAP4.error) as error:
        reason = _one_line(error)
        if "socket error" in reason or isinstance(error, OSError):
            raise _lost(error) from error
        raise MailboxTrouble("mailbox login refused", reason, "check IMAP_EMAIL and IMAP_PASSWORD") from error


@contextmanager
def _troubles(kind: str = "mailbox connection lost", advice: str = "check IMAP_SERVER") -> Iterator[None]:
    """Turn whatever the connection or the library raises into MailboxTrouble."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error, ValueError, KeyError, AssertionError) as error:
        raise MailboxTrouble(kind, _one_line(error), advice) from error


def _lost(error: Exception) -> MailboxTrouble:
    return MailboxTrouble("mailbox connection lost", _one_line(error), "check IMAP_SERVER")


def _one_line(error: Exception) -> str:
    words = str(error).splitlines() or [type(error).__name__]
    return words[0].removeprefix("b'").removesuffix("'")[:200]


def _tells_of_mail(lines: Iterable[tuple[object, ...]]) -> bool:
    return any(b"EXISTS" in line or b"RECENT" in line for line in lines)


def _arrival(stated: datetime | None, now: datetime) -> datetime:
    return now if stated is None or stated.tzinfo is None else stated.astimezone(UTC)
