"""The parts of a mail: text to read and attachments to list, with bounds on what a mail may cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32

from bot.mail.headers import Headers, UnreadableMail, decode_bytes, decode_words, split, storable
from bot.mail.markup import text_of

MAX_PARTS = 1_000
MAX_DEPTH = 50
MAX_TEXT = 1_000_000
MAX_REPORT = 200_000
# Python's parser holds every line against every boundary that is open around it.
MAX_COMPARISONS = 3_000_000
# Far beyond any honest Content-Type; get_boundary() is quadratic in the number of semicolons.
MAX_PART_HEADER = 2_000

_BOUNDARY = re.compile(rb"boundary\*?[01]?\*?[ \t]*=[ \t\r\n]*\"?([^\";\r\n]{1,200})", re.IGNORECASE)
_NESTED_MAIL = re.compile(rb"^content-type:[ \t]*message/", re.IGNORECASE | re.MULTILINE)
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status", "message/feedback-report"})
# Text that programs read: invitations and visiting cards.
_LISTED = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rfc822-headers"})
# What these are called where their sender gave no name; Outlook's own format is known by this one.
_NAMES = {"application/ms-tnef": "winmail.dat", "text/calendar": "invitation.ics", "text/vcard": "contact.vcf"}
_CONTENT = ("content-type", "content-transfer-encoding", "content-disposition", "mime-version")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a mail carries besides its text; `size` is in bytes after decoding, to within a few bytes."""

    filename: str
    content_type: str
    size: int


@dataclass(slots=True)
class Body:
    """The readable text, the attachments, and the content type of every part met on the way.

    `reports` are the machine-readable parts of delivery and complaint reports, field by field as text; `enclosed` the
    headers of mails that are enclosed.
    """

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    enclosed: list[Headers] = field(default_factory=list)


class _Bounded(Compat32):
    """compat32 whose header values are short and always text."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_PART_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the policy's signature
        return decode_bytes(value.encode("utf-8", "surrogateescape"), None)


def read_body(raw: bytes, offset: int, headers: Headers) -> Body:
    """Read what stands behind `offset`; raises UnreadableMail for a structure beyond the bounds."""
    _check(raw)
    try:
        body = Body()
        text = _read(_parsed(raw, offset, headers), body, 0, wanted=True)
    except RecursionError:
        raise UnreadableMail("its parts are nested too deeply") from None
    body.text = storable(text[:MAX_TEXT]).strip().strip("\ufeff")
    return body


def _check(raw: bytes) -> None:
    boundaries = set(_BOUNDARY.findall(raw))
    levels = len(boundaries) + len(_NESTED_MAIL.findall(raw))
    if levels > MAX_PARTS or (levels > MAX_DEPTH and levels * raw.count(b"\n") > MAX_COMPARISONS):
        raise UnreadableMail(f"its parts are nested too deeply ({levels} levels)")
    parts = sum(raw.count(b"--" + boundary) for boundary in boundaries)
    if parts > MAX_PARTS + levels:
        raise UnreadableMail(f"it has more than {MAX_PARTS} parts")


def _parsed(raw: bytes, offset: int, headers: Headers) -> Message:
    parser = BytesFeedParser(policy=_Bounded())
    for name in _CONTENT:
        if value := headers.first(name)[:MAX_PART_HEADER]:
            parser.feed(f"{name}: {value}\r\n".encode())
    parser.feed(b"\r\n")
    parser.feed(raw[offset:])
    return parser.close()


def _read(part: Message, body: Body, depth: int, *, wanted: bool) -> str:
    """Return the part's text, or nothing if it is not `wanted`; attachments are listed in either case."""
    if depth > MAX_DEPTH:
        raise UnreadableMail("its parts are nested too deeply")
    kind = part.get_content_type()
    body.types.append(kind)
    children = _children(part)
    if kind in _REPORTS:
        body.reports.append(_report(part, children))
    elif kind in {"message/rfc822", "message/global", "text/rfc822-headers"}:
        body.enclosed.extend(_enclosed(part, children))
    if kind.startswith("message/") or _attached(part, kind, children):
        body.attachments.append(Attachment(_filename(part) or _name_of(kind, children), kind, _size(part)))
        return ""
    if kind.startswith("multipart/") and not children:
        # The parts cannot be told apart, as where a line of the header lost its indent: better raw than nothing.
        return _text(part, "text/plain") if wanted else ""
    if kind == "multipart/alternative":
        return _best(children, body, depth, wanted=wanted)
    if children:
        texts = [_read(child, body, depth + 1, wanted=wanted) for child in children]
        return "\n".join(text for text in texts if text.strip())
    return _text(part, kind) if wanted and (kind in {"text/plain", "text/html"} or depth == 0) else ""


def _report(part: Message, children: list[Message]) -> str:
    if str(part.get("content-transfer-encoding", "")).strip().lower() in {"base64", "quoted-printable"}:
        encoded = "\n".join(str(child.get_payload()) for child in children) if children else str(part.get_payload())
        part.set_payload(encoded)
        return decode_bytes(_content(part), _charset(part))[:MAX_REPORT]
    if not children:
        return decode_bytes(_content(part), None)[:MAX_REPORT]
    blocks = ("\n".join(f"{name}: {value}" for name, value in child.items()) for child in children[:MAX_PARTS])
    return "\n\n".join(blocks)[:MAX_REPORT]


def _enclosed(part: Message, children: list[Message]) -> Iterator[Headers]:
    if children:
        yield Headers(tuple((name.lower(), str(value)) for name, value in children[0].items()))
    else:
        yield split(_content(part)[:MAX_REPORT])[0]


def _best(children: list[Message], body: Body, depth: int, *, wanted: bool) -> str:
    """Prefer the plain form; take the first other form with words in it if the plain one is missing or empty."""
    text = ""
    for child in sorted(children, key=lambda child: child.get_content_type() != "text/plain"):
        text = _read(child, body, depth + 1, wanted=wanted and not text.strip()) or text
    return text


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _attached(part: Message, kind: str, children: list[Message]) -> bool:
    if children or kind.startswith("multipart/"):
        return False
    disposition = str(part.get("content-disposition", "")).split(";")[0].strip().lower()
    if disposition == "attachment" or not kind.startswith("text/") or kind in _LISTED:
        return True
    return disposition == "inline" and bool(_filename(part))


def _text(part: Message, kind: str) -> str:
    content = _content(part)[: 4 * MAX_TEXT]
    text = decode_bytes(content, _charset(part))
    return text_of(text) if kind == "text/html" else "\n".join(text.splitlines())


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - the decoders of the standard library raise whatever the content provokes
        content = None
    if isinstance(content, bytes):
        return content
    payload = part.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except Exception:  # noqa: BLE001 - RFC 2231 values can make this raise in several ways
        return None


def _filename(part: Message) -> str:
    try:
        name = part.get_filename("")
    except Exception:  # noqa: BLE001 - RFC 2231 values can make this raise in several ways
        return ""
    readable = " ".join(decode_words(name).replace("/", "_").replace("\\", "_").split())
    return storable(readable)[:200]


def _name_of(kind: str, children: list[Message]) -> str:
    """Name what has no name: an enclosed mail by its subject."""
    if kind == "message/rfc822" and children:
        subject = " ".join(decode_words(str(children[0].get("subject", ""))[:MAX_PART_HEADER]).split())
        return storable(subject.replace("/", "_").replace("\\", "_") or "mail")[:190] + ".eml"
    return _NAMES.get(kind, "")


def _size(part: Message) -> int:
    total = 0
    for leaf in _leaves(part):
        payload = leaf.get_payload()
        if isinstance(payload, str):
            encoded = len(payload) - payload.count("\n") - payload.count("\r")
            is_base64 = str(leaf.get("content-transfer-encoding", "")).strip().lower() == "base64"
            total += encoded * 3 // 4 if is_base64 else len(payload)
    return total


def _leaves(part: Message) -> Iterator[Message]:
    waiting = [part]
    while waiting:
        leaf = waiting.pop()
        children = _children(leaf)
        waiting.extend(children)
        if not children:
            yield leaf
