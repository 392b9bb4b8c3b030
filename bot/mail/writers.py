"""Who wrote a mail: as a rule whom From names; of a list's or a web form's mail, whom Reply-To names.

The rules, in this order:

1. A list that must rewrite From keeps the writer elsewhere: `'Carla' via Users <users@lists.test>`. X-Original-From
   names her, or a lone Reply-To that is not the list's own address.
2. An address that nobody reads (a web form's, a shop's `no-reply`), or our own in a form's or group's hands, writes
   for whom its lone Reply-To or X-Original-From names.
3. Every other mail is From's, whatever Reply-To or Sender say: a Reply-To may be a wish, a Sender a secretary or a
   service (RFC 5322, section 3.6.2). Answers go to who is named here.

Whom From does not name is never verified: whatever vouches for the mail vouches for the list or the form.
"""

from __future__ import annotations

import re

from bot.mail.addresses import Mailbox, mailboxes
from bot.mail.identity import Identity
from bot.mail.parser import ParsedMail

_VIA = re.compile(r"\s+(?:via|über|durch|par|por|tramite|przez)\s+\S", re.IGNORECASE)
_LISTS = ("list-id", "list-post", "mailing-list", "x-beenthere", "x-google-group-id")
_NOBODY = re.compile(
    r"(?:no|do[-_.]?not|nicht|ne)[-_.]?(?:reply|responder?|antworten|repondre)|noreply\b|(?:web|contact|kontakt)?"
    r"[-_.]?form(?:s|ular|ulaire|ulario|mail)?(?=@)|wordpress|www-data|apache|nobody|website(?=@)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"^'(.*)'$")


def writer_of(mail: ParsedMail, us: Identity) -> Mailbox | None:
    """Return who wrote a mail; None where it names no sender."""
    sender = mail.sender
    if sender is None:
        return None
    if _is_rewritten(mail, sender):
        original = mailboxes(mail.headers.first("x-original-from")) or _lone_reply_to(mail)
        if original and original[0].address != sender.address:
            named = _VIA.split(sender.name, maxsplit=1)[0]
            return Mailbox(original[0].address, original[0].name or _TITLE.sub(r"\1", named), plain=False)
    if us.is_own(sender.address) and (original := mailboxes(mail.headers.first("x-original-from"))):
        return Mailbox(original[0].address, original[0].name, plain=False)
    is_nobodys = us.is_own(sender.address) or _NOBODY.match(sender.address)
    if is_nobodys and (answers := _lone_reply_to(mail)):
        return Mailbox(answers[0].address, answers[0].name, plain=False)
    return sender


def _is_rewritten(mail: ParsedMail, sender: Mailbox) -> bool:
    is_of_a_list = any(mail.headers.first(name) for name in _LISTS)
    return is_of_a_list and (_VIA.search(sender.name) is not None or bool(mail.headers.first("x-original-from")))


def _lone_reply_to(mail: ParsedMail) -> tuple[Mailbox, ...]:
    """Return the one other address that answers are to go to, or nothing; a list's own address is none."""
    posts = mail.headers.first("list-post").lower()
    found = mailboxes(mail.headers.first("reply-to"))
    own = {mail.sender.address if mail.sender else ""}
    others = tuple(box for box in found if box.address not in own and f"mailto:{box.address}" not in posts)
    return others if len(others) == 1 and not _NOBODY.match(others[0].address) else ()
