"""What a mail says and carries: text to read and attachments to list, with bounds on what a mail may cost."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.mail import attachments
from bot.mail.attachments import ENCLOSED, Attachment
from bot.mail.flowed import is_flowed, unflowed
from bot.mail.headers import Headers, UnreadableMail, decode_bytes, split, storable
from bot.mail.invitations import MAX_CALENDAR, invitation_text
from bot.mail.markup import MAX_MARKUP, text_of
from bot.mail.parts import Part, parts_of
from bot.mail.rich_text import words_of
from bot.mail.seals import ENCRYPTED, PGP_CONTROL, is_enveloped, without_armour
from bot.mail.tnef import Container

MAX_TEXT = 1_000_000
MAX_REPORT = 200_000
MAX_REPORTS = 20
MAX_LISTED = 1_000
# Of an enclosed mail whose words are read, and of each line that tells of it.
MAX_FORWARDED = 1_000_000
MAX_HEADING = 300
_FORWARDED = "---------- Forwarded message ----------"
# A mail of Outlook's has one; one that it forwards may be another.
MAX_CONTAINERS = 3
# In which S/MIME says what it is.
_FIRST_BYTES = 100

_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status", "message/feedback-report"})


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


def read_body(raw: bytes, offset: int, headers: Headers) -> Body:
    """Read what stands behind `offset`; raises UnreadableMail for a structure beyond the bounds."""
    reader = _Reader()
    text = reader.read(parts_of(raw, offset, headers), wanted=True)
    # The HTML of a mail is not stored beside its text: the raw mail is, and any reader may be run over it again.
    reader.body.text = _stored(text) or _stored("\n\n".join(reader.spare()))
    return reader.body


def _stored(text: str) -> str:
    return storable(text[:MAX_TEXT]).strip().strip("\ufeff")


class _Reader:
    """Reads part after part into a body, until the mail as a whole cost enough; what is beyond is only listed."""

    def __init__(self) -> None:
        self.body = Body()
        # What may stand for a text where there is none, as an invitation does; read only then.
        self._spare: list[Callable[[], str]] = []
        self._containers = 0
        self._bytes_left = 4 * MAX_TEXT
        self._markup_left = MAX_MARKUP

    def read(self, part: Part, *, wanted: bool) -> str:
        """Return the part's text, or nothing if it is not `wanted`; attachments are listed in either case."""
        self.body.types.append(part.kind)
        if part.kind.startswith("message/") or attachments.is_attachment(part):
            self._list(part)
            return ENCRYPTED if wanted and _is_encrypted(part) else ""
        if part.kind.startswith("multipart/") and not part.children:
            # The parts cannot be told apart: better raw than nothing.
            return self._text(part, "text/plain") if wanted else ""
        if part.kind == "multipart/alternative":
            return self._best(part.children, wanted=wanted)
        if part.children:
            texts = [self.read(child, wanted=wanted) for child in part.children]
            return "\n".join(text for text in texts if text.strip())
        is_text = part.kind in {"text/plain", "text/html"} or part.depth == 0
        return self._text(part, part.kind) if wanted and is_text else ""

    def _best(self, children: list[Part], *, wanted: bool) -> str:
        """Prefer the plain form; take the first other form with words in it if the plain one is missing or empty."""
        text = ""
        for child in sorted(children, key=lambda child: child.kind != "text/plain"):
            text = self.read(child, wanted=wanted and not text.strip()) or text
        return text

    def _list(self, part: Part) -> None:
        self._containers += attachments.is_container(part)
        container = attachments.container_of(part) if self._containers <= MAX_CONTAINERS else None
        room = MAX_LISTED - len(self.body.attachments)
        self.body.attachments.extend(itertools.islice(attachments.listed(part, container), room))
        if part.kind in _REPORTS and len(self.body.reports) < MAX_REPORTS:
            self.body.reports.append(_plain(part, MAX_REPORT))
        elif part.kind in ENCLOSED and len(self.body.enclosed) < MAX_REPORTS:
            self.body.enclosed.append(split(part.content(MAX_REPORT)[:MAX_REPORT])[0])
        elif len(self._spare) < MAX_REPORTS and part.kind in {"text/calendar", "application/ics"}:
            self._spare.append(lambda: invitation_text(_plain(part, MAX_CALENDAR)))
        elif container:
            self._spare.append(lambda: self._words(container))
        if part.kind == "message/rfc822" and len(self.body.enclosed) == 1 and not self._spare:
            self._spare.append(lambda: self._forwarded(part))

    def spare(self) -> Iterator[str]:
        """Yield what may stand for a text."""
        return (words() for words in self._spare)

    def _forwarded(self, part: Part) -> str:
        """Return the words of the first mail that is enclosed, unless it is one that a mail server returns."""
        if "multipart/report" in self.body.types:
            return ""
        raw = part.content(MAX_FORWARDED)[:MAX_FORWARDED]
        within = _Reader()
        within._bytes_left, within._markup_left = self._bytes_left, self._markup_left
        try:
            headers, offset = split(raw)
            text = within.read(parts_of(raw, offset, headers), wanted=True)
        except UnreadableMail:
            return ""
        stated = ((name, headers.decoded(name)[:MAX_HEADING]) for name in ("from", "date", "subject"))
        head = (f"{name.capitalize()}: {value}" for name, value in stated if value)
        return "\n".join((_FORWARDED, *head, "", text)) if text.strip() else ""

    def _words(self, container: Container) -> str:
        if container.text.strip() or container.markup:
            return container.text if container.text.strip() else self._rendered(container.markup)
        rich = words_of(container.rich)
        return self._rendered(rich.markup) if rich.markup else rich.text

    def _text(self, part: Part, kind: str) -> str:
        content = part.content(self._bytes_left)[: self._bytes_left] if self._bytes_left else b""
        self._bytes_left -= len(content)
        text = decode_bytes(content, _charset(part))
        shown = self._rendered(text) if kind == "text/html" else "\n".join(text.splitlines())
        lines, is_encrypted = without_armour(shown)
        if is_encrypted and len(self.body.attachments) < MAX_LISTED:
            self.body.attachments.append(attachments.armoured(part))
        is_filled = kind != "text/html" and is_flowed(part.parameters)
        return unflowed(lines, part.parameters) if is_filled else lines

    def _rendered(self, markup: str) -> str:
        taken = markup[: self._markup_left]
        self._markup_left -= len(taken)
        return text_of(taken)


def _is_encrypted(part: Part) -> bool:
    stated = part.parameters.get("smime-type", "").lower()
    is_sealed = part.is_sealed and (is_enveloped(part.content(_FIRST_BYTES)) or stated.endswith("enveloped-data"))
    return part.kind == PGP_CONTROL or is_sealed


def _plain(part: Part, limit: int) -> str:
    text = decode_bytes(part.content(limit)[:limit], _charset(part))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _charset(part: Part) -> str | None:
    words = part.parameters.get("charset", "").split()
    return words[0].strip("\"'") if words else None
