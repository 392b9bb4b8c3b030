"""Who we are in mail: the address customers see, the one that is read, and the Message-IDs that are ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.mail.addresses import Mailbox, domain_of, mailboxes
from bot.settings import Settings

_TOKEN = re.compile(r"[A-Za-z0-9._-]{8,200}")


@dataclass(frozen=True, slots=True)
class Identity:
    """The desk as mail names it; `address` is empty where no mail can leave.

    `name` is the team's, as SMTP_FROM gives it. Customers' answers go to `reply_to`. `own` are all our addresses,
    lower-cased.
    """

    address: str
    name: str
    reply_to: str
    own: frozenset[str]

    @property
    def domain(self) -> str:
        """The domain customers see."""
        return domain_of(self.address)

    def message_id(self, token: str) -> str:
        """Return the Message-ID of the answer with this unguessable token: always the same one.

        Raises ValueError for a token that does not fit into a Message-ID.
        """
        if not _TOKEN.fullmatch(token):
            raise ValueError("a Message-ID can't be made of this token")
        return f"<casebot.{token}@{_ascii(self.domain)}>"

    def is_own(self, address: str) -> bool:
        """Whether an address is one of ours, however it is spelled."""
        return {address.lower(), transportable(address.lower())} & self.own != frozenset()

    def wrote(self, message_id: str) -> bool:
        """Whether a Message-ID is one of those that this desk gives."""
        return message_id.startswith("<casebot.") and message_id.lower().endswith(f"@{_ascii(self.domain)}>".lower())

    def without_own(self, addresses: Iterable[str]) -> frozenset[str]:
        """Return those of the addresses that are not ours."""
        return frozenset(address for address in addresses if not self.is_own(address))


def identity_of(settings: Settings) -> Identity:
    """Return who we are by SMTP_FROM and IMAP_EMAIL, each of which may be missing."""
    read, seen = _mailbox(settings.imap_email), _mailbox(settings.smtp_from)
    sender = seen or read
    addresses = [box.address for box in (read, seen) if box]
    # A login that is no address is still how the mailbox may be named on the way in.
    logins = [settings.imap_email.lower()] if settings.imap_email else []
    return Identity(
        address=sender.address if sender else "",
        name=sender.name if sender else "",
        reply_to=addresses[0] if addresses else "",
        own=frozenset((*addresses, *map(transportable, addresses), *logins)),
    )


def transportable(address: str) -> str:
    """Return an address for the envelope: a domain beyond ASCII in the form that every server knows (RFC 5891)."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{_ascii(domain)}"


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _mailbox(value: str | None) -> Mailbox | None:
    return next(iter(mailboxes(value)), None) if value else None
