"""One mailbox on an IMAP server, its folders opened for reading only. It belongs to the thread that opened it."""

from __future__ import annotations

import imaplib
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from imapclient import IMAPClient

from bot.mail.answers import fetch
from bot.mail.bell import Bell
from bot.mail.trouble import MailboxTrouble, lost, troubles

# What arrived between the search and IDLE may lie unseen in the reader's buffer: a short first round brings it out.
FIRST_ROUND_SECONDS = 1.0
# Far below the 29 minutes of RFC 2177, because nothing tells of a connection that died while it idles: with the
# wait for an answer to DONE it is found dead within a minute.
LONGEST_ROUND_SECONDS = 25.0
ANSWER_SECONDS = 20.0
# imaplib refuses answers of more than a million bytes.
SEARCH_WINDOW = 100_000
CHUNK_BYTES = 1_000_000
_NAMED = "HEADER.FIELDS (FROM SUBJECT)"


@dataclass(frozen=True, slots=True)
class Listing:
    """What the server says of one mail; `received_at` is its arrival in the mailbox (INTERNALDATE)."""

    uid: int
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A mail's sender and subject, as they stand in its header, and the first bytes of what follows it."""

    header: bytes
    text: bytes


class Mailbox:
    """A connection whose folders are opened with EXAMINE, so that nothing done here can mark a mail as read."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client
        self.folder = ""
        self.uid_validity = 0
        self.uid_next = 1
        with troubles():
            self.can_idle = bool(client.has_capability("IDLE"))
            self.can_move = bool(client.has_capability("MOVE"))
            self.can_expunge_some = bool(client.has_capability("UIDPLUS"))

    def open(self, folder: str) -> None:
        """Open a folder, or let the server tell what is new in the open one; a dead connection is noticed here."""
        if folder == self.folder:
            with troubles(), self._hurried():
                self._client.noop()
            return
        with troubles("mailbox not readable", f"check IMAP_FOLDER ({folder})"):
            self._select(folder, readonly=True)

    def reopen(self) -> None:
        """Look at the open folder's numbers afresh."""
        folder, self.folder = self.folder, ""
        self.open(folder)

    def uids_above(self, mark: int) -> list[int]:
        """Return the UIDs above the mark in order; `n:*` alone would always name the last mail."""
        return self._search(mark)

    def uids_since(self, moment: datetime) -> list[int]:
        """Return at least the UIDs that arrived since: the server compares days, in a time zone of its own."""
        return self._search(0, "SINCE", (moment - timedelta(days=2)).date())

    def uids_not_deleted(self) -> list[int]:
        """Return the UIDs that nobody marked as deleted."""
        return self._search(0, "UNDELETED")

    def listings(self, uids: Sequence[int], now: datetime) -> list[Listing]:
        """Return sizes and arrivals in the order of the UIDs; what has vanished is left out.

        A mail of which the server tells no arrival arrived `now`.
        """
        with troubles():
            answer = fetch(self._client, uids, ["RFC822.SIZE", "INTERNALDATE"])
        return [
            Listing(uid, _size(answer[uid].get(b"RFC822.SIZE")), _arrival(answer[uid].get(b"INTERNALDATE"), now))
            for uid in uids
            if uid in answer
        ]

    def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return whole mails; what has vanished or is refused is left out, without harm to the others."""
        return self._contents(uids, "BODY.PEEK[]", b"BODY[]")

    def chunks(self, listing: Listing) -> Iterator[bytes]:
        """Return one mail piece by piece, so that it is never in memory as a whole; nothing for a vanished one."""
        offset = 0
        while True:
            found = self._contents([listing.uid], f"BODY.PEEK[]<{offset}.{CHUNK_BYTES}>", b"BODY[]")
            chunk = found.get(listing.uid, b"")
            if not found and 0 < offset < listing.size:
                raise MailboxTrouble("mailbox busy", "the server does not hand over a whole mail", "look at its log")
            if chunk:
                yield chunk
            offset += len(chunk)
            # A server that knows no partial fetch hands over everything at once.
            if len(chunk) != CHUNK_BYTES:
                return

    def header(self, uid: int, limit: int) -> bytes:
        """Return the first `limit` bytes of a mail's header."""
        return self._contents([uid], f"BODY.PEEK[HEADER]<0.{limit}>", b"BODY[HEADER]").get(uid, b"")

    def glimpses(self, uids: Sequence[int], limit: int) -> dict[int, Glimpse]:
        """Return sender, subject and the first `limit` bytes of text; a server that refuses shows nothing."""
        try:
            answer = fetch(self._client, uids, [f"BODY.PEEK[{_NAMED}]", f"BODY.PEEK[TEXT]<0.{limit}>"])
        except imaplib.IMAP4.abort as error:
            raise lost(error) from error
        except (imaplib.IMAP4.error, ValueError):
            return {}
        except OSError as error:
            raise lost(error) from error
        header, text = f"BODY[{_NAMED}]".encode(), b"BODY[TEXT]<0>"
        return {uid: Glimpse(_bytes(parts.get(header)), _bytes(parts.get(text))) for uid, parts in answer.items()}

    def idle(self, seconds: float, bell: Bell) -> bool:
        """Wait for new mail (True) at most so long; the bell ends it early."""
        deadline = time.monotonic() + seconds
        longest = FIRST_ROUND_SECONDS
        while not bell.rung and (left := deadline - time.monotonic()) > 0:
            if self._idle_round(min(left, longest), bell):
                return True
            longest = LONGEST_ROUND_SECONDS
        return False

    @contextmanager
    def writing(self) -> Iterator[IMAPClient]:
        """Open the folder for changes, and for reading only again afterwards."""
        folder = self.folder
        with troubles():
            self._select(folder, readonly=False)
        try:
            yield self._client
        finally:
            with troubles():
                self._select(folder, readonly=True)

    def close(self) -> None:
        """Hang up without a word: a farewell could wait for a dead server."""
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()

    def cut(self) -> None:
        """End the connection under a thread that waits for the server: it fails there; only `close` may follow."""
        with suppress(OSError):
            # Not TLS's own: it would take the state of the connection away from who uses it.
            socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)

    def _select(self, folder: str, *, readonly: bool) -> None:
        self.folder = ""
        opened = self._client.select_folder(folder, readonly=readonly)
        self.uid_validity = int(opened[b"UIDVALIDITY"])
        self.uid_next = int(opened.get(b"UIDNEXT", 0))
        self.folder = folder

    def _search(self, mark: int, *criteria: object) -> list[int]:
        found: set[int] = set()
        start = mark + 1
        with troubles():
            while self.uid_next - start > SEARCH_WINDOW:
                found.update(self._client.search([*criteria, "UID", f"{start}:{start + SEARCH_WINDOW - 1}"]))
                start += SEARCH_WINDOW
            found.update(self._client.search([*criteria, "UID", f"{start}:*"]))
        return sorted(uid for uid in found if uid > mark)

    def _contents(self, uids: Sequence[int], item: str, key: bytes) -> dict[int, bytes]:
        try:
            answer = fetch(self._client, uids, [item])
        except imaplib.IMAP4.abort as error:
            raise lost(error) from error
        except (imaplib.IMAP4.error, ValueError) as error:
            if len(uids) == 1:
                return {}
            found: dict[int, bytes] = {}
            for uid in uids:
                found |= self._contents([uid], item, key)
            if not found:
                raise lost(error) from error
            return found
        except OSError as error:
            raise lost(error) from error
        named = ((uid, name, content) for uid, parts in answer.items() for name, content in parts.items())
        return {uid: content for uid, name, content in named if name.startswith(key) and isinstance(content, bytes)}

    def _idle_round(self, seconds: float, bell: Bell) -> bool:
        end = time.monotonic() + seconds
        heard: list[tuple[object, ...]] = []
        with troubles(), self._hurried():
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

    @contextmanager
    def _hurried(self) -> Iterator[None]:
        """Wait less long for an answer that costs the server nothing: a dead one is to be noticed soon."""
        connection = self._client.socket()
        patience = connection.gettimeout()
        connection.settimeout(ANSWER_SECONDS)
        yield
        connection.settimeout(patience)


def _tells_of_mail(lines: Iterable[tuple[object, ...]]) -> bool:
    return any(b"EXISTS" in line or b"RECENT" in line for line in lines)


def _bytes(found: object) -> bytes:
    return found if isinstance(found, bytes) else b""


def _size(stated: object) -> int:
    return stated if isinstance(stated, int) else 0


def _arrival(stated: object, now: datetime) -> datetime:
    return stated.astimezone(UTC) if isinstance(stated, datetime) and stated.tzinfo is not None else now
