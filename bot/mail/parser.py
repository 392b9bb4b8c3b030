"""A mail's bytes to what it says: sender, subject, references, text; whatever the bytes are, in bounded time."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.mail import robots
from bot.mail.addresses import Mailbox, mailboxes
from bot.mail.attachments import Attachment
from bot.mail.bounces import Bounce, bounces, is_bounce, is_complaint
from bot.mail.headers import Headers, UnreadableMail, split
from bot.mail.structure import Body, read_body

# What a unique index of PostgreSQL can hold, with room beside it.
MAX_MESSAGE_ID = 500
MAX_REFERENCES = 100
MAX_SUBJECT = 1_000
_HASHED_AT_ONCE = 1_000_000
_BLANKS_AT_ONCE = 1_000

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,490})>")

_PASTED_ID = re.compile(
    r"^[ \t>]{0,20}(?:message-id|x-original-message-id)[ \t]*:\s{0,3}(<[^<>\s]{1,490}>)", re.IGNORECASE | re.MULTILINE
)

__all__ = ["Attachment", "Bounce", "Mailbox", "ParsedMail", "UnreadableMail", "parse", "parse_header"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """One mail, read. Addresses are lower-cased; Message-IDs keep their angle brackets.

    `content_hash` names the content: the same over every route by which the mail may come. `date` is the sender's
    claim and orders nothing. `is_auto_reply` includes complaint reports, which are `is_feedback_report` besides. Of a
    bounce, `bounces` are the recipients it did not reach and `returned_ids` the Message-IDs of what it returns.
    `headers` holds every field as it came, for trust and for robots.
    """

    headers: Headers
    sender: Mailbox | None
    reply_to: tuple[str, ...]
    on_behalf: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    text: str
    attachments: tuple[Attachment, ...]
    is_auto_reply: bool
    is_bounce: bool
    is_feedback_report: bool
    bounces: tuple[Bounce, ...]
    returned_ids: tuple[str, ...]
    content_hash: str

    @property
    def from_values(self) -> tuple[str, ...]:
        """Every From field, undecoded: more than one is a reason for distrust."""
        return self.headers.all("from")

    @property
    def authentication_results(self) -> tuple[str, ...]:
        """Every Authentication-Results field, topmost first, unfolded but otherwise untouched."""
        return self.headers.all("authentication-results")


def parse(raw: bytes) -> ParsedMail:
    """Read a whole mail; raises UnreadableMail, and nothing else, for what cannot be read safely."""
    try:
        headers, offset = split(raw)
        return _parsed(headers, read_body(raw, offset, headers), _content_hash(headers, raw, offset))
    except UnreadableMail:
        raise
    except Exception as error:
        # Python's email package raises in ordinary calls on real mails; one of them must not stop the others.
        raise UnreadableMail(f"it cannot be parsed ({type(error).__name__})") from error


def parse_header(raw: bytes) -> Headers:
    """Read as much of the header section as there is, for a notice about a mail that cannot be read."""
    try:
        return split(raw)[0]
    except UnreadableMail:
        return split(raw[:65_536])[0]


def _parsed(headers: Headers, body: Body, content_hash: str) -> ParsedMail:
    bounced = is_bounce(headers, body.types, body.text)
    complains = is_complaint(headers, body.types, body.text)
    return ParsedMail(
        headers=headers,
        sender=next(iter(mailboxes(headers.first("from"))), None),
        reply_to=_addresses(headers, "reply-to"),
        on_behalf=next(iter(_addresses(headers, "sender")), ""),
        to=_addresses(headers, "to"),
        cc=_addresses(headers, "cc"),
        subject=headers.decoded("subject")[:MAX_SUBJECT],
        message_id=_message_id(headers.first("message-id")),
        in_reply_to=_message_ids(headers, "in-reply-to"),
        references=_message_ids(headers, "references"),
        date=_date(headers.first("date")),
        text=body.text,
        attachments=tuple(body.attachments),
        is_auto_reply=complains or robots.is_auto_reply(headers),
        is_bounce=bounced and not complains,
        is_feedback_report=complains,
        bounces=bounces(headers, body.reports, body.enclosed, body.text) if bounced and not complains else (),
        returned_ids=_returned_ids(body) if bounced or complains else (),
        content_hash=content_hash,
    )


def _addresses(headers: Headers, name: str) -> tuple[str, ...]:
    found = (box.address for value in headers.all(name) for box in mailboxes(value))
    return tuple(dict.fromkeys(found))


def _message_id(value: str) -> str:
    found = _MESSAGE_ID.search(value)
    if found:
        return found[0]
    bare = "".join(value.split())
    return bare if len(bare) <= MAX_MESSAGE_ID else ""


def _returned_ids(body: Body) -> tuple[str, ...]:
    """Return the Message-IDs of the returned mail: of its header, or of the text that it was pasted into."""
    enclosed = [match[0] for kept in body.enclosed for match in _MESSAGE_ID.finditer(kept.first("message-id"))]
    pasted = [found[1] for found in _PASTED_ID.finditer("\n".join((body.text, *body.reports)))]
    return tuple(dict.fromkeys((*enclosed, *pasted)))[:MAX_REFERENCES]


def _message_ids(headers: Headers, name: str) -> tuple[str, ...]:
    """Return the ids, the latest last; of an endless chain the latest are kept."""
    found = (match[0] for value in headers.all(name) for match in _MESSAGE_ID.finditer(value))
    return tuple(dict.fromkeys(found))[-MAX_REFERENCES:]


def _date(value: str) -> datetime | None:
    try:
        stated = parsedate_to_datetime(value[:200])
        return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _content_hash(headers: Headers, raw: bytes, offset: int) -> str:
    """Hash what no relay changes; line ends and the mail's last blank lines differ between routes."""
    digest = hashlib.sha256()
    for name in ("from", "date", "subject"):
        digest.update(" ".join(headers.first(name).split()).encode() + b"\n")
    end = _end_of_words(raw, offset)
    while offset < end:
        until = min(offset + _HASHED_AT_ONCE, end)
        # A line end must not be cut in two.
        until += raw[until - 1 : until + 1] == b"\r\n"
        digest.update(raw[offset:until].replace(b"\r\n", b"\n"))
        offset = until
    return digest.hexdigest()


def _end_of_words(raw: bytes, start: int) -> int:
    """Return where the white space at the end of the mail begins."""
    end = len(raw)
    while end > start:
        begin = max(start, end - _BLANKS_AT_ONCE)
        if kept := len(raw[begin:end].rstrip()):
            return begin + kept
        end = begin
    return start
