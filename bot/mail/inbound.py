"""A parsed mail to an Inbound: whose words these are, under which name they are known, and which of them are new."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from bot.cases.inbound import Attached, Author, Inbound, Source
from bot.mail.identity import identity_of
from bot.mail.kept_attachments import held_name
from bot.mail.parser import Mailbox, ParsedMail, UnreadableMail
from bot.mail.quoting import new_text
from bot.mail.trust import Verdict, trusted_ids, verdict
from bot.mail.writers import writer_of
from bot.settings import AdminEmailTrust, Settings

# The remaining 240 bits of the hash tell nothing more about mails that share a Message-ID.
_HASH_DIGITS = 16
# What comes beyond is listed: a case's thread is no file store.
MOST_POSTED = 50
_ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:]{1,64}@[^\s@<>()\[\]\"',;:]{1,255}")
_FORWARDED = re.compile(r"\s*(fwd?|wg|tr|rv|i|vs|vb|doorst|enc|pd)\s*:", re.IGNORECASE)


def judge(mail: ParsedMail, settings: Settings) -> Verdict:
    """Return what our own mail server says about the sender."""
    trusted = trusted_ids(settings.imap_server or "", settings.imap_port, settings.trusted_authserv_ids)
    return verdict(mail.from_values, mail.authentication_results, trusted)


def to_inbound(
    mail: ParsedMail,
    settings: Settings,
    judged: Verdict,
    *,
    mailbox: str,
    received_at: datetime,
    raw_mail_id: int | None = None,
) -> Inbound:
    """Translate a mail; `received_at` is its arrival in the mailbox, as the Date field is anybody's claim.

    Raises UnreadableMail for a mail that names no sender: nobody could be answered.
    """
    us = identity_of(settings)
    writer = writer_of(mail, us)
    if writer is None or mail.sender is None:
        raise UnreadableMail("it names no sender")
    if writer.address != mail.sender.address:
        judged = Verdict(verified=False, reason=f"{mail.sender.address} names {writer.address} as the writer")
    author = _author(writer, settings, judged)
    listed = author.is_admin or author.claims_admin
    new = new_text(mail.text)
    # A customer who only forwards something means it; an admin's quoted words must have no effect.
    text = new if new or listed or _answers(mail) else mail.text
    return Inbound(
        source=Source.EMAIL,
        place=mailbox,
        external_id=external_id(mail),
        author=author,
        text=text,
        full_text=mail.text if mail.text != text else "",
        at=received_at,
        subject=mail.subject,
        reference=mail.message_id,
        references=tuple(dict.fromkeys((*mail.references, *mail.in_reply_to))),
        readers=us.without_own((*mail.to, *mail.cc)),
        raw_mail_id=raw_mail_id,
        verdict=f"{'verified' if judged.verified else 'not verified'}: {judged.reason}",
        attachments=tuple(_attached(mail, raw_mail_id, settings.max_attachment_size)),
    )


def external_id(mail: ParsedMail) -> str:
    """Name a mail for ever: the same Message-ID with other content is another mail."""
    digits = mail.content_hash[:_HASH_DIGITS]
    return f"{mail.message_id}#{digits}" if mail.message_id else digits


def _attached(mail: ParsedMail, raw_mail_id: int | None, largest: int) -> Iterator[Attached]:
    """Name the mail's attachments for whoever posts them; a mail of no raw row can't hand them out."""
    for place, one in enumerate(mail.attachments):
        withheld = "the mail itself was not kept" if raw_mail_id is None else one.withheld(largest)
        yield Attached(
            name=one.filename or "unnamed",
            content_type=one.content_type,
            size=one.size,
            held=held_name(raw_mail_id, one.part) if raw_mail_id is not None else "",
            withheld=withheld or ("one of very many" if place >= MOST_POSTED else ""),
        )


def _answers(mail: ParsedMail) -> bool:
    """Whether this answers another mail; some programs give forwarded mail the same fields."""
    return bool(mail.references or mail.in_reply_to) and not _FORWARDED.match(mail.subject)


def _author(sender: Mailbox, settings: Settings, judged: Verdict) -> Author:
    identity = sender.address
    listed = identity in settings.admin_emails
    believed = judged.verified or settings.admin_email_trust is AdminEmailTrust.LISTED
    return Author(
        identity=identity,
        name=identity if _poses(sender) else sender.name or identity,
        is_admin=listed and believed,
        claims_admin=listed and not believed,
    )


def _poses(sender: Mailbox) -> bool:
    """Tell a name that is another's address, as `"ada@desk.test" <eve@evil.test>`: many a reader looks no further."""
    return any(named.lower() != sender.address for named in _ADDRESS.findall(sender.name))
