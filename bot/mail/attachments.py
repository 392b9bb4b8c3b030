"""What a mail carries besides its text: listed by safe names, sizes and places, its content left where it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.cases.files import withheld
from bot.cases.programs import is_program
from bot.mail.headers import decode_bytes, decode_words, storable
from bot.mail.parts import Part
from bot.mail.seals import PGP_CONTROL
from bot.mail.tnef import Container, NotTnef, read_container

LONGEST_NAME = 150
MEGABYTE = 1_000_000
ENCLOSED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})
# Text that programs read: invitations and visiting cards.
LISTED_TEXTS = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rfc822-headers"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
# Made by and for programs: signatures (RFC 3156, RFC 8551) and the resource forks of old Macintosh files.
_FOR_PROGRAMS = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "application/applefile", PGP_CONTROL,
})  # fmt: skip
# What these are called where their sender gave no name; Outlook's own format is known by this one.
_NAMES = {
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/ics": "invitation.ics",
    "application/pdf": "document.pdf",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "image/gif": "image.gif",
    "image/jpeg": "image.jpg",
    "image/png": "image.png",
    "message/delivery-status": "delivery-status.txt",
    "message/rfc822": "mail.eml",
    "text/calendar": "invitation.ics",
    "text/rfc822-headers": "headers.txt",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
}

# Control characters, and marks that turn the direction of writing: `invoice\u202efdp.exe` looks like a PDF.
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
# Where the subject of an enclosed mail is looked for.
_FIRST_LINES = 8_000
_SUBJECT = re.compile(rb"^subject:((?:[^\r\n]|\r?\n[ \t])*+)", re.IGNORECASE | re.MULTILINE)
_UNSAFE = re.compile(r"[/\\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One thing a mail carries. `part` names its place: the part's number, and after a dot its place in a winmail.dat.

    `filename` is safe to show and to save; it may be empty. `size` is in bytes after decoding, to within a few bytes.
    `is_inline` tells of what stands in the text (`content_id` is how it is named there); `is_program` of what would
    run when somebody opens it, by its name, its type or its first bytes.
    """

    filename: str
    content_type: str
    size: int
    part: str
    content_id: str = ""
    is_inline: bool = False
    is_program: bool = False

    def withheld(self, largest: int) -> str:
        """Return in words why this is listed but never posted, or nothing; `largest` is in bytes."""
        return withheld(self.size, largest, executable=self.is_program)


def is_attachment(part: Part) -> bool:
    """Tell an attachment from text to read; what holds other parts is neither."""
    if part.children or part.kind.startswith("multipart/"):
        return False
    if part.disposition == "attachment" or not part.kind.startswith("text/") or part.kind in LISTED_TEXTS:
        return True
    return part.disposition == "inline" and bool(_stated_name(part))


def listed(part: Part, container: Container | None) -> Iterator[Attachment]:
    """List what one part carries: itself, or the files of the Outlook container that it is, or nothing for people."""
    if part.kind in _FOR_PROGRAMS:
        return
    for place, file in enumerate(container.files if container else ()):
        yield Attachment(
            filename=safe_name(file.name),
            content_type=file.content_type,
            size=len(file.content),
            part=f"{part.number}.{place}",
            content_id=file.content_id.strip("<> "),
            is_inline=bool(file.content_id),
            is_program=is_program(safe_name(file.name), file.content_type, bytes(file.content[:8])),
        )
    if container is None or container.has_more:
        yield _itself(part)


def armoured(part: Part) -> Attachment:
    """Return a text with an encrypted passage in it as the file that somebody with the key can open."""
    return Attachment(filename="encrypted.asc", content_type="text/plain", size=part.size, part=str(part.number))


def is_container(part: Part) -> bool:
    """Tell Outlook's container by its type or its name."""
    return part.kind in _TNEF or (
        part.kind == "application/octet-stream" and _stated_name(part).lower() == "winmail.dat"
    )


def container_of(part: Part) -> Container | None:
    """Return what an Outlook container holds, or None where this is none that can be read."""
    if not is_container(part):
        return None
    try:
        return read_container(b"".join(part.pieces()))
    except NotTnef:
        return None


def safe_name(name: str) -> str:
    """Return a name that hides nothing and leads nowhere: no folders, no invisible marks; its ending survives a cut."""
    readable = _UNSAFE.sub("_", " ".join(storable(name).split()))
    bare = _INVISIBLE.sub("", readable).strip(". ")
    if len(bare) <= LONGEST_NAME:
        return bare
    stem, dot, ending = bare.rpartition(".")
    if not dot or len(ending) > 20:
        return bare[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _itself(part: Part) -> Attachment:
    stated = _stated_name(part)
    name = safe_name(stated) or _name_of(part)
    content_id = part.headers.first("content-id").strip().strip("<>")[:200]
    return Attachment(
        filename=name,
        content_type=part.kind,
        size=part.size,
        part=str(part.number),
        content_id=content_id,
        is_inline=part.disposition == "inline" or (bool(content_id) and part.disposition != "attachment"),
        is_program=is_program(name, part.kind, part.content(8)),
    )


def _stated_name(part: Part) -> str:
    return decode_words(part.name[:2_000])


def _name_of(part: Part) -> str:
    """Name what has no name: an enclosed mail by its subject, an invitation by what it is."""
    if part.kind == "message/rfc822" and (subject := _SUBJECT.search(part.content(_FIRST_LINES)[:_FIRST_LINES])):
        title = safe_name(decode_words(decode_bytes(subject[1], None)))
        return f"{title[: LONGEST_NAME - 4] or 'mail'}.eml"
    return _NAMES.get(part.kind, "")
