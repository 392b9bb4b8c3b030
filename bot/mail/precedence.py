"""Which of many waiting mails are read first: those with a keyword in them, each behind its sender's earlier ones."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence

from bot.mail.addresses import lone_mailbox
from bot.mail.headers import Headers, UnreadableMail, split
from bot.mail.mailbox import Glimpse, Mailbox

# With fewer mails before it, an urgent one waits for half a second, and the look would cost as much.
MANY = 200
LOOKED_AT_ONCE = 500
# Of each mail's text; who is in a hurry says so early on.
GLIMPSE_BYTES = 2_048
_BASE64_LINES = re.compile(rb"(?:^[A-Za-z0-9+/]{40,}={0,2}\r?\n?)+", re.MULTILINE)


class Precedence:
    """A first look at the mails of a long pass, and at what comes meanwhile: senders, subjects and first words.

    It decides nothing but the order of reading. A keyword that it overlooks is found when the mail's turn comes; one
    that it sees where the rules see none (in quoted text) only brings a mail forward. A sender's mails stay in order.
    """

    def __init__(self, keywords: Sequence[str]) -> None:
        words = [re.escape(keyword.lower()) for keyword in keywords]
        # Held against lower-cased words, and what stands before a keyword is looked at last: many times as fast.
        self._keywords = re.compile("|".join(f"{word}(?<![^\\W_]{word})" for word in words)) if words else None
        self._waiting: dict[str, list[int]] = {}
        self._seen_to = 0
        self._looks = False

    def begin(self, after: int, waiting: int) -> None:
        """Begin a pass over so many mails, of which those after this UID may press; while they are few, none does."""
        self._waiting.clear()
        self._seen_to = after
        self._looks = self._keywords is not None and waiting >= MANY

    def pressing(self, mailbox: Mailbox) -> list[int]:
        """Look at what was not looked at yet; return which mails are to be read before all others, in this order."""
        if not self._looks:
            return []
        mailbox.open(mailbox.folder)  # asked for anything else, a server need not look for new mail
        new = mailbox.uids_above(self._seen_to)
        if not new:
            return []
        self._seen_to = new[-1]
        looks = (new[start : start + LOOKED_AT_ONCE] for start in range(0, len(new), LOOKED_AT_ONCE))
        return [uid for uids in looks for uid in self._look(mailbox, uids)]

    def _look(self, mailbox: Mailbox, uids: Sequence[int]) -> Iterator[int]:
        glimpses = mailbox.glimpses(uids, GLIMPSE_BYTES)
        for uid in uids:
            if uid not in glimpses:
                continue
            headers = _headers(glimpses[uid])
            sender = lone_mailbox(headers.all("from"))
            before = self._waiting.setdefault(sender.address if sender else f"mail {uid}", [])
            before.append(uid)
            if self._presses(headers, glimpses[uid].text):
                yield from before
                before.clear()

    def _presses(self, headers: Headers, text: bytes) -> bool:
        words = (headers.decoded("subject"), *(part.decode("utf-8", "ignore") for part in _readings(text)))
        return self._keywords is not None and any(self._keywords.search(some.lower()) for some in words)


def _headers(glimpse: Glimpse) -> Headers:
    try:
        return split(glimpse.header)[0]
    except UnreadableMail:
        return Headers(())


def _readings(text: bytes) -> Iterator[bytes]:
    """Yield the beginning of a mail in each way in which it may be written."""
    yield text
    if b"=" in text:
        yield binascii.a2b_qp(text)
    for lines in _BASE64_LINES.findall(text):
        whole = b"".join(lines.split())
        try:
            yield binascii.a2b_base64(whole[: len(whole) // 4 * 4])
        except binascii.Error:
            continue
