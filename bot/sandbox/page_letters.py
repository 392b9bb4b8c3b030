"""Mail as the page shows it: read leniently, and gathered into conversations."""

import email.policy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256

LONGEST_MAIL = 20_000_000
LONGEST_HEADER = 2_000
LONGEST_TEXT = 20_000
MOST_PARTS = 50
REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail; `at` is empty where its date can't be read, `attachments` are names with sizes in bytes."""

    sender: str
    address: str
    to: str
    subject: str
    text: str
    message_id: str
    references: tuple[str, ...]
    verified: bool
    at: datetime | None
    attachments: tuple[tuple[str, int], ...] = ()
    key: str = ""
    """What tells this mail's bytes from all others."""

    @property
    def name(self) -> str:
        """Who wrote it, as people call them."""
        return parseaddr(self.sender)[0] or self.address or self.sender or "?"

    @property
    def topic(self) -> str:
        """The subject without its Re: and Fwd:."""
        subject = self.subject.strip()
        while (bare := _without_reply_mark(subject)) != subject:
            subject = bare
        return subject


@dataclass(frozen=True, slots=True)
class Conversation:
    """Mails that belong together, oldest first."""

    letters: tuple[Letter, ...]

    @property
    def newest(self) -> Letter:
        """The last word."""
        return self.letters[-1]

    @property
    def key(self) -> str:
        """What tells this conversation from others for as long as the page lives."""
        return self.letters[0].message_id or self.letters[0].topic

    @property
    def names(self) -> str:
        """Who takes part, in order of appearance."""
        return ", ".join(dict.fromkeys(letter.name for letter in self.letters))


def conversations(letters: Iterable[Letter]) -> list[Conversation]:
    """Gather mails by what they answer, the conversation with the newest word first.

    A mail that answers nothing known starts a conversation of its own; subjects join nothing.
    """
    groups: list[list[Letter]] = []
    place: dict[str, list[Letter]] = {}
    for letter in sorted(letters, key=_when):
        group = next((place[known] for known in letter.references if known in place), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(letter)
        for known in (letter.message_id, *letter.references):
            if known:
                place.setdefault(known, group)
    groups.sort(key=lambda group: _when(group[-1]), reverse=True)
    return [Conversation(tuple(group)) for group in groups]


@lru_cache(maxsize=REMEMBERED)
def read_letter(raw: bytes) -> Letter:
    """Read a mail for showing; what can't be read is shown as it is."""
    try:
        return replace(_letter(_read(raw)), key=key_of(raw))
    except Exception:  # noqa: BLE001  (odd mail makes the parser raise anything, RecursionError too)
        text = raw[:LONGEST_TEXT].decode("latin-1")
        return Letter("?", "", "", "(a mail that can’t be read)", text, "", (), verified=False, at=None)


def key_of(raw: bytes) -> str:
    """Return the key of a mail's bytes."""
    return sha256(raw).hexdigest()[:32]


def attachment_of(raw: bytes, number: int) -> tuple[str, str, bytes] | None:
    """Return name, type and bytes of a mail's attachment by its number in `Letter.attachments`."""
    try:
        attached = [(name, part) for part in _parts(_read(raw)) if (name := part.get_filename())]
    except Exception:  # noqa: BLE001  (as in `read_letter`)
        return None
    if number >= len(attached):
        return None
    name, part = attached[number]
    return name, part.get_content_type(), _content(part)


def _read(raw: bytes) -> Message:
    return message_from_bytes(raw[:LONGEST_MAIL], policy=email.policy.compat32)


def _letter(mail: Message) -> Letter:
    parts = list(_parts(mail))
    sender = _header(mail, "From")
    words = _header(mail, "References").split() + _header(mail, "In-Reply-To").split()
    return Letter(
        sender=sender,
        address=parseaddr(sender)[1].casefold(),
        to=_header(mail, "To"),
        subject=_header(mail, "Subject") or "(no subject)",
        text=_text(parts),
        message_id=_header(mail, "Message-ID"),
        references=tuple(reversed(words)),
        verified="dmarc=pass" in _header(mail, "Authentication-Results"),
        at=_date(_header(mail, "Date")),
        attachments=tuple((name, len(_content(part))) for part in parts if (name := part.get_filename())),
    )


def _parts(mail: Message) -> Iterator[Message]:
    for number, part in enumerate(mail.walk()):
        if number >= MOST_PARTS:
            return
        if not part.is_multipart():
            yield part


def _text(parts: list[Message]) -> str:
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not part.get_filename():
                return _decoded(_content(part), part.get_content_charset("utf-8"))[:LONGEST_TEXT]
    return ""


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, errors="replace")
    except LookupError:
        return content.decode("latin-1")


def _header(mail: Message, name: str) -> str:
    raw = str(mail[name] or "")[:LONGEST_HEADER]
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except (LookupError, ValueError, HeaderParseError):
        return " ".join(raw.split())


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _when(letter: Letter) -> datetime:
    return letter.at or datetime.min.replace(tzinfo=UTC)


def _without_reply_mark(subject: str) -> str:
    mark, colon, rest = subject.partition(":")
    return rest.strip() if colon and mark.strip().casefold() in {"re", "fwd", "fw", "aw"} else subject
