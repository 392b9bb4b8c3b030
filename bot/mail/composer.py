"""An answer to a customer as an RFC 5322 message: the same letter always gives the same bytes."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime

from bot.cases.models import Message
from bot.cases.queries import Letter
from bot.mail.identity import Identity, transportable
from bot.mail.robots import LOOP_HEADER
from bot.mail.wording import flowed, markup, plain, quoted, quoted_markup

MAX_SUBJECT = 250
MAX_NAME = 60
# First and latest of a conversation: readers' programs need no more, and servers refuse endless headers.
MAX_REFERENCES = 20
QUOTED_LINES, QUOTED_LETTERS = 12, 1_000

_REPLY = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|vs|odp|ynt|رد|回复|答复|回覆|返信)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：])+", re.I
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,490}>")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_TRANSPORT = policy.SMTP.clone(cte_type="7bit")
_SAFE_NAME = re.compile(r"[/\\\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class File:
    """Something that goes with an answer."""

    name: str
    content_type: str
    content: bytes


def compose(letter: Letter, files: Sequence[File], identity: Identity) -> bytes:
    """Return the answer as it goes over the wire, with CRLF.

    Its Message-ID is made of the letter's unguessable token and its date is the message's own, so that the same
    letter sent twice is one mail to the reader. Raises ValueError where a letter can't become a mail.
    """
    fields = "".join(_field(name, value) for name, value in _header(letter, identity))
    return fields.encode() + _body(letter, files).as_bytes(policy=_TRANSPORT)


def subject_of(letter: Letter) -> str:
    """Return the subject of the answer: the customer's, with one `Re:` before it."""
    theirs = (letter.answered.subject if letter.answered else "") or letter.case.subject
    bare = _one_line(_REPLY.sub("", _one_line(theirs, 2 * MAX_SUBJECT)), MAX_SUBJECT)
    return f"Re: {bare}" if bare else "Re: your message"


def _header(letter: Letter, identity: Identity) -> Iterator[tuple[str, str]]:
    message, customer = letter.message, transportable(letter.case.customer_identifier)
    name = letter.answered.sender_name if letter.answered else letter.case.customer_name
    yield "From", _mailbox(_signed(message.sender_name, identity), transportable(identity.address))
    yield "To", _mailbox("" if "@" in name else name, customer)
    yield "Reply-To", transportable(identity.reply_to)
    yield "Subject", _encoded(subject_of(letter))
    yield "Date", format_datetime(message.timestamp)
    yield "Message-ID", identity.message_id(letter.token)
    if chain := _chain(letter):
        yield "In-Reply-To", chain[-1]
        yield "References", "\r\n ".join(chain)
    yield LOOP_HEADER, transportable(identity.address)


def _field(name: str, value: str) -> str:
    return f"{name}: {value}\r\n"


def _chain(letter: Letter) -> list[str]:
    """Return the Message-IDs of the conversation, the answered one last."""
    answered = letter.answered.reference if letter.answered else ""
    named = (*(each for each in letter.earlier if each != answered), answered)
    chain = list(dict.fromkeys(each for each in named if _MESSAGE_ID.fullmatch(each)))
    return chain if len(chain) <= MAX_REFERENCES else [chain[0], *chain[1 - MAX_REFERENCES :]]


def _signed(name: str, identity: Identity) -> str:
    """Return who writes: the admin by name and for whom; never an address, which would be taken for the sender's."""
    person = "" if "@" in name else _one_line(name, MAX_NAME)
    if person and identity.name:
        return f"{person} via {_one_line(identity.name, MAX_NAME)}"
    return person or _one_line(identity.name, MAX_NAME)


def _mailbox(name: str, address: str) -> str:
    phrase = _one_line(name, 2 * MAX_NAME)
    if not phrase:
        return address
    if not phrase.isascii():
        return f"{_encoded(phrase)}\r\n <{address}>"
    if _PLAIN_PHRASE.fullmatch(phrase):
        return f"{phrase} <{address}>"
    escaped = re.sub(r'(["\\])', r"\\\1", phrase)
    return f'"{escaped}" <{address}>'


def _encoded(text: str) -> str:
    """Return a text in one line as a header value: folded, and beyond ASCII in encoded words (RFC 2047)."""
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=70).encode(linesep="\r\n")


def _one_line(text: str, limit: int) -> str:
    """Return a text without line breaks and other signs that nobody sees, so that no header can be slipped in."""
    bare = " ".join(_UNSEEN.sub(" ", text).split())
    return bare if len(bare) <= limit else f"{bare[: limit - 1].rstrip()}…"


def _body(letter: Letter, files: Sequence[File]) -> EmailMessage:
    heading, theirs = _quote(letter.answered)
    words = letter.message.body
    text = flowed(f"{plain(words)}\n\n{quoted(heading, theirs)}" if theirs else plain(words))
    page = f"<div>{markup(words)}</div>\n" + (f"<br>\n{quoted_markup(heading, theirs)}\n" if theirs else "")
    body = EmailMessage(policy=_TRANSPORT)
    body.set_content(text, params={"format": "flowed"})
    body.add_alternative(f"<!doctype html>\n<html><body>\n{page}</body></html>\n", subtype="html")
    for file in files:
        kind, _, subtype = _type_of(file).partition("/")
        body.add_attachment(file.content, maintype=kind, subtype=subtype, filename=_file_name(file.name))
    _name_seams(body, letter.token)
    return body


def _quote(answered: Message | None) -> tuple[str, str]:
    """Return the heading and the customer's last words, shortened, as his mail program would quote them."""
    if answered is None or answered.words_removed or not answered.body.strip():
        return "", ""
    who = _one_line(answered.sender_name or answered.sender, MAX_NAME).replace(":", "")
    at = answered.timestamp
    heading = f"On {at:%a}, {at.day} {at:%b %Y} at {at:%H:%M} UTC, {who} wrote:"
    lines = answered.body.strip()[:QUOTED_LETTERS].splitlines()
    is_whole = len(answered.body.strip()) <= QUOTED_LETTERS and len(lines) <= QUOTED_LINES
    return heading, "\n".join(lines if is_whole else [*lines[:QUOTED_LINES], "…"])


def _type_of(file: File) -> str:
    """Return what kind of content a file has: what is stated, else what its name says, else any bytes."""
    stated = file.content_type.partition(";")[0].strip().lower()
    guessed = mimetypes.guess_type(file.name)[0] or ""
    found = next((each for each in (stated, guessed) if _TYPE.fullmatch(each)), "")
    is_container = found.startswith(("multipart/", "message/"))
    return found if found and not is_container else "application/octet-stream"


def _file_name(name: str) -> str:
    return _one_line(_SAFE_NAME.sub("_", name), 150) or "attachment"


def _name_seams(body: EmailMessage, token: str) -> None:
    """Give the parts' boundaries names that depend on the letter alone."""
    containers = (part for part in body.walk() if part.is_multipart())
    for number, part in enumerate(containers, start=1):
        part.set_boundary(f"=_casebot_{number}_{token}")
