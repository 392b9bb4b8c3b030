"""Attachments out of the mails that were kept: found again by the name that the intake was given for them."""

from __future__ import annotations

import re

from bot.db import Database
from bot.mail import attachments
from bot.mail.archive import Archive, MailGone
from bot.mail.headers import UnreadableMail, split
from bot.mail.models import RawMail
from bot.mail.parts import Part, parts_of

_HELD = re.compile(r"mail:([0-9]{1,18}):([0-9]{1,5})(?:\.([0-9]{1,5}))?", re.ASCII)


# What the names of attachments of mails begin with.
SHELF = "mail"


class AttachmentGone(LookupError):
    """The attachment of this name can't be had: the mail that held it is no longer kept, or never was."""


class MailAttachments:
    """Reads attachments of kept mails again. Reads only; safe in any thread."""

    def __init__(self, database: Database, archive: Archive) -> None:
        self._database = database
        self._archive = archive

    def read(self, held: str) -> bytes:
        """Return the content of an attachment, named `mail:<raw mail>:<part>`; raises AttachmentGone."""
        name = _HELD.fullmatch(held)
        if name is None:
            raise AttachmentGone(f"{held!r} names no attachment of a mail")
        part = self._part(int(name[1]), int(name[2]))
        if name[3] is None:
            return b"".join(part.pieces())
        container, place = attachments.container_of(part), int(name[3])
        if container is None or place >= len(container.files):
            raise AttachmentGone(f"there is no file {held}")
        return bytes(container.files[place].content)

    def _part(self, raw_mail_id: int, number: int) -> Part:
        with self._database.readers.begin() as session:
            mail = session.get(RawMail, raw_mail_id)
        if mail is None:
            raise AttachmentGone(f"mail {raw_mail_id} is no longer kept")
        try:
            raw = self._archive.read(mail)
            headers, offset = split(raw)
            parts = parts_of(raw, offset, headers).walk()
        except (MailGone, UnreadableMail) as error:
            raise AttachmentGone(f"mail {raw_mail_id} can't be read: {error}") from error
        part = next((part for part in parts if part.number == number), None)
        if part is None:
            raise AttachmentGone(f"mail {raw_mail_id} has no part {number}")
        return part


def held_name(raw_mail_id: int, part: str) -> str:
    """Return the name by which the content of an attachment can be had again."""
    return f"{SHELF}:{raw_mail_id}:{part}"
