"""Writing mail as people's mail programs and the receiving server would."""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import TypedDict, Unpack

from bot.sandbox.clock import SandboxClock

SUPPORT_ADDRESS = "support@desk.test"
AUTHSERV_ID = "mx.sandbox.test"


class Extras(TypedDict, total=False):
    """What a mail may have besides; `verified` (true unless said) is the verdict about its sender."""

    verified: bool
    in_reply_to: str | None
    references: str | None
    to: str | None
    html: str | None


def compose(clock: SandboxClock, sender: str, subject: str, text: str, **extras: Unpack[Extras]) -> EmailMessage:
    """Return a mail as it lies in the mailbox, with the server's verdict about its sender on top.

    The Authentication-Results header (RFC 8601) says dmarc=pass, or fail where `verified` is false.
    """
    in_reply_to, html = extras.get("in_reply_to"), extras.get("html")
    references = extras.get("references") or in_reply_to
    letter = EmailMessage()
    domain = parseaddr(sender)[1].rpartition("@")[2] or "unknown.test"
    verdict = "pass" if extras.get("verified", True) else "fail"
    letter["Authentication-Results"] = f"{AUTHSERV_ID}; dmarc={verdict} header.from={domain}"
    letter["From"] = sender
    letter["To"] = extras.get("to") or SUPPORT_ADDRESS
    letter["Subject"] = subject
    letter["Date"] = format_datetime(clock.now())
    letter["Message-ID"] = make_msgid(domain=domain)
    if in_reply_to:
        letter["In-Reply-To"] = in_reply_to
    if references:
        letter["References"] = references
    letter.set_content(text)
    if html is not None:
        letter.add_alternative(html, subtype="html")
    return letter
