"""What a mail says and carries: text to read and attachments to list, with bounds on what a mail may cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.mail import attachments
from bot.mail.attachments import ENCLOSED, Attachment
from bot.mail.flowed import is_flowed, unflowed
from bot.mail.headers import Headers, decode_bytes, split, storable
from bot.mail.invitations import MAX_CALENDAR, invitation_text
from bot.mail.markup import text_of
from bot.mail.parts import Part, parts_of

MAX_TEXT = 1_000_000
MAX_REPORT = 200_000
# Lines that programs wrote for programs, and mails that came back, are kept as far as a reader may ask for them.
_MAX_ENCLOSED = 200_000

_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status", "message/feedback-report"})


@dataclass(slots=True)
class Body:
    """The readable text, the attachments, and the content type of every part met on the way.

    `reports` are the machine-readable parts of delivery and complaint reports, field by field as text; `enclosed` the
    headers of mails that are enclosed; `spare` what may stand for a text where there is none, as an invitation does.
    """

    text: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    enclosed: list[Headers] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)


def read_body(raw: bytes, offset: int, headers: Headers) -> Body:
    """Read what stands behind `offset`; raises UnreadableMail for a structure beyond the bounds."""
    body = Body()
    text = _read(parts_of(raw, offset, headers), body, wanted=True)
    # The HTML of a mail is not stored beside its text: the raw mail is, and any reader may be run over it again.
    body.text = _stored(text) or _stored("\n\n".join(body.spare))
    return body


def _stored(text: str) -> str:
    return storable(text[:MAX_TEXT]).strip().strip("\ufeff")


def _read(part: Part, body: Body, *, wanted: bool) -> str:
    """Return the part's text, or nothing if it is not `wanted`; attachments are listed in either case."""
    body.types.append(part.kind)
    if part.kind in _REPORTS:
        body.reports.append(_plain(part, MAX_REPORT))
    elif part.kind in ENCLOSED:
        body.enclosed.append(split(part.content(_MAX_ENCLOSED)[:_MAX_ENCLOSED])[0])
    if part.kind.startswith("message/") or attachments.is_attachment(part):
        body.attachments.extend(attachments.listed(part))
        body.spare.extend(_spare(part))
        return ""
    if part.kind.startswith("multipart/") and not part.children:
        # The parts cannot be told apart: better raw than nothing.
        return _text(part, "text/plain") if wanted else ""
    if part.kind == "multipart/alternative":
        return _best(part.children, body, wanted=wanted)
    if part.children:
        texts = [_read(child, body, wanted=wanted) for child in part.children]
        return "\n".join(text for text in texts if text.strip())
    return _text(part, part.kind) if wanted and (part.kind in {"text/plain", "text/html"} or not part.depth) else ""


def _best(children: list[Part], body: Body, *, wanted: bool) -> str:
    """Prefer the plain form; take the first other form with words in it if the plain one is missing or empty."""
    text = ""
    for child in sorted(children, key=lambda child: child.kind != "text/plain"):
        text = _read(child, body, wanted=wanted and not text.strip()) or text
    return text


def _spare(part: Part) -> Iterator[str]:
    """Yield what an attachment says that may be all of a mail."""
    if part.kind in {"text/calendar", "application/ics"}:
        yield invitation_text(_plain(part, MAX_CALENDAR))
    elif (container := attachments.container_of(part)) and (container.text or container.markup):
        yield container.text or text_of(container.markup)


def _text(part: Part, kind: str) -> str:
    text = decode_bytes(part.content(4 * MAX_TEXT)[: 4 * MAX_TEXT], _charset(part))
    if kind == "text/html":
        return text_of(text)
    lines = "\n".join(text.splitlines())
    return unflowed(lines, part.parameters) if is_flowed(part.parameters) else lines


def _plain(part: Part, limit: int) -> str:
    text = decode_bytes(part.content(limit)[:limit], _charset(part))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _charset(part: Part) -> str | None:
    words = part.parameters.get("charset", "").split()
    return words[0].strip("\"'") if words else None
