"""Two readers of the same mails: ours, and a plain one made of the standard library alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parseaddr

from bot.mail import authres
from bot.mail.parser import parse
from bot.mail.quoting import new_text, unquoted

AuthResults = list[tuple[str, str, dict[str, str]]]


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a reader found. `signed` is the reply with its signature, `reply` without; ids without angle brackets."""

    from_addr: str = ""
    from_name: str = ""
    to: list[str] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    subject: str = ""
    message_id: str = ""
    in_reply_to: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    date: datetime | None = None
    text: str = ""
    html: str = ""
    attachments: list[str] = field(default_factory=list)
    reply: str = ""
    signed: str = ""
    is_auto_reply: bool = False
    is_bounce: bool = False
    is_feedback_report: bool = False
    bounces: list[tuple[str, str, bool]] = field(default_factory=list)
    authserv_id: str | None = None
    auth: AuthResults = field(default_factory=list)


Reader = Callable[[bytes], Reading]


def read_as_casebot(raw: bytes) -> Reading:
    """Read with bot.mail."""
    mail = parse(raw)
    reading = Reading(
        from_addr=mail.sender.address if mail.sender else "",
        from_name=mail.sender.name if mail.sender else "",
        to=list(mail.to),
        cc=list(mail.cc),
        subject=mail.subject,
        message_id=mail.message_id.strip("<>"),
        in_reply_to=[name.strip("<>") for name in mail.in_reply_to],
        references=[name.strip("<>") for name in mail.references],
        date=mail.date,
        text=mail.text,
        html="",
        attachments=[attachment.filename for attachment in mail.attachments],
        reply=new_text(mail.text),
        signed=unquoted(mail.text),
        is_auto_reply=mail.is_auto_reply,
        is_bounce=mail.is_bounce,
        is_feedback_report=mail.is_feedback_report,
        bounces=[(bounce.recipient, bounce.status, bounce.hard) for bounce in mail.bounces],
    )
    if mail.authentication_results and (field := authres.read(mail.authentication_results[0])):
        reading.authserv_id = field.authserv_id
        reading.auth = [(result.method, result.value, dict(result.properties)) for result in field.results]
    return reading


def read_plainly(raw: bytes) -> Reading:
    """Read as the documentation of `email` shows it: get_body, str(header), no cutting, no judgement of robots."""
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    name, address = parseaddr(str(mail["from"] or ""))
    body = mail.get_body(("plain", "html"))
    html = mail.get_body(("html",))
    text = body.get_content() if body else ""
    return Reading(
        from_addr=address,
        from_name=name,
        to=[found for _, found in getaddresses([str(mail["to"] or "")])],
        cc=[found for _, found in getaddresses([str(mail["cc"] or "")])],
        subject=str(mail["subject"] or ""),
        message_id=str(mail["message-id"] or "").strip().strip("<>"),
        in_reply_to=str(mail["in-reply-to"] or "").replace("<", "").replace(">", "").split(),
        references=str(mail["references"] or "").replace("<", "").replace(">", "").split(),
        date=getattr(mail["date"], "datetime", None),
        text=text,
        html=html.get_content() if html else "",
        attachments=[part.get_filename() or "" for part in mail.iter_attachments()] if mail.is_multipart() else [],
        reply=text,
        signed=text,
        authserv_id=_plain_authserv_id(mail),
        auth=_plain_auth(mail),
    )


def _plain_authserv_id(mail: EmailMessage) -> str | None:
    value = mail["authentication-results"]
    return str(value).partition(";")[0].strip() if value else None


def _plain_auth(mail: EmailMessage) -> AuthResults:
    sections = str(mail["authentication-results"] or "").split(";")[1:]
    found = [re.findall(r"(\S+)=(\S+)", section) for section in sections]
    return [(pairs[0][0], pairs[0][1], dict(pairs[1:])) for pairs in found if pairs]
