"""A mail server's report on mail it could not deliver: whether this is one, for whom, and why.

Three kinds are known: RFC 3464 reports, which say everything in fields; older servers' letters, known by a sender that
is a machine and a text that opens with a server's phrases; and notices of a sending service in JSON. A subject alone
proves nothing: people forward bounces and write about them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.mail.addresses import domain_of, mailboxes
from bot.mail.bounce_words import ADDRESS_GONE, EXPLANATION_ENDS, FAILURE, FAILURE_SUBJECT, INTRODUCES, TRY_LATER
from bot.mail.headers import Headers

MAX_BOUNCES = 50
MAX_EXPLANATION = 6_000
_MAX_REASON = 300

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,200}[A-Za-z0-9]")
_DAEMON = re.compile(r"\bmail(er)?[-_. ]?d(a)?emon\b|^mdaemon@", re.IGNORECASE)
# Senders that are programs; that they report a failure is for the text to say.
_MACHINE = re.compile(
    r"post[-_.]?master|mail[-_. ]?(delivery|er|system|service|admin|gateway|router|server)|system administrator"
    r"|mail administrator|smtp|antivirus|mailsweeper|mimesweeper|delivery[-_. ]?(status|report|notif|subsystem)|internet mail",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245])[.](\d{1,3})[.](\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[\s;:,#)\]-])")
_REPLY_LINE = re.compile(r"^[\s>#<]*(?:[45][0-5]\d)[ -].{0,200}", re.MULTILINE)
_FIELD = re.compile(r"^([A-Za-z-]{2,40})[ \t]*:[ \t]*(.*(?:\n[ \t].*){0,20})", re.MULTILINE)
# `<ada@desk.test>: host said`, `ada@desk.test... User unknown`, `RCPT TO:<ada@desk.test>`, `550 <ada@desk.test>`.
_NAMED = re.compile(
    rf"^[\s>]*<?({_ADDRESS.pattern})>?(?:\s?:|\.\.\.|\s+-\s|\s+\()|RCPT TO:\s?<?({_ADDRESS.pattern})"
    rf"|\b5[0-5]\d[ -](?:\S+ )?<({_ADDRESS.pattern})>|^\s*(?:To|Recipient|Empf.nger|User|Address)\s?:\s*<?({_ADDRESS.pattern})>?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_NOT_CUSTOMERS = re.compile(r"^(post[-_.]?master|mailer[-_.]?daemon|mdaemon|abuse|hostmaster|root|no-?reply)@", re.IGNORECASE)
_NOTICE = re.compile(r'"(?:notificationType|eventType)"\s*:\s*"(Bounce|Complaint)"')


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient whom a mail did not reach.

    `status` is the code of RFC 3463, or empty where none was told. `hard` says that the address itself is at fault
    (nobody there, no such host, moved), so that another try is futile; a full mailbox or a refusal is soft.
    """

    recipient: str
    status: str
    hard: bool
    reason: str


def is_bounce(headers: Headers, types: Sequence[str], text: str) -> bool:
    """Tell whether a mail server reports on mail it could not or did not yet deliver.

    `types` are the content types of the mail's parts, `text` its readable text.
    """
    if "message/delivery-status" in types or "message/global-delivery-status" in types:
        return True
    report = headers.first("content-type").lower()
    if ("multipart/report" in report and "delivery-status" in report) or headers.first("x-failed-recipients"):
        return True
    sender = headers.decoded("from")
    if _DAEMON.search(sender) or any(_DAEMON.search(box.address) for box in mailboxes(headers.first("from"))):
        return True
    return _is_letter(headers, sender, text) or _notice_of(headers, text) == "Bounce"


def is_complaint(headers: Headers, types: Sequence[str], text: str) -> bool:
    """Tell whether a provider reports that a reader called a mail spam (RFC 5965, and Hotmail's own form)."""
    if "message/feedback-report" in types or "feedback-report" in headers.first("content-type").lower():
        return True
    if _notice_of(headers, text) == "Complaint":
        return True
    is_hotmails = headers.decoded("subject").lower().startswith("complaint about message from")
    return is_hotmails and "message/rfc822" in types


def bounces(headers: Headers, reports: Sequence[str], enclosed: Sequence[Headers], text: str) -> tuple[Bounce, ...]:
    """Return whom the mail did not reach, as far as the report says it; each recipient once."""
    found = list(_reported(reports))
    explanation = _explanation(text)
    if not found:
        found = [_told(recipient, explanation) for recipient in _recipients(headers, enclosed, explanation)]
    if not found and (addressed := [box.address for kept in enclosed for box in mailboxes(kept.first("to"))]):
        found = [_told(recipient, explanation) for recipient in addressed]
    once = {bounce.recipient: bounce for bounce in reversed(found[:MAX_BOUNCES])}
    return tuple(reversed(once.values()))


def _is_letter(headers: Headers, sender: str, text: str) -> bool:
    opening = text[:MAX_EXPLANATION]
    fails = FAILURE.search(opening) is not None
    subject = headers.decoded("subject")
    is_unanswerable = headers.first("return-path").strip() == "<>" or "<>" in headers.first("from")
    if is_unanswerable or _DAEMON.search(headers.first("return-path")):
        return fails and bool(FAILURE_SUBJECT.search(subject) or _ADDRESS.search(_explanation(text)))
    if _MACHINE.search(sender):
        return fails or (_REPLY_LINE.search(opening) is not None and FAILURE_SUBJECT.search(subject) is not None)
    # Any sender: only if the very first words are a server's and the subject says so too.
    first = next((line for line in opening.splitlines() if any(letter.isalnum() for letter in line)), "")
    is_titled = FAILURE_SUBJECT.match(subject) or FAILURE_SUBJECT.search(subject[-30:])
    return bool(is_titled and FAILURE.search(opening[: opening.find(first) + 120]) and _ADDRESS.search(opening[:1_000]))


def _notice_of(headers: Headers, text: str) -> str:
    """Amazon SES reports as JSON through its notification service, which marks its mail with a header."""
    found = _NOTICE.search(text[:2_000]) if headers.first("x-amz-sns-message-id") else None
    return found[1] if found else ""


def _reported(reports: Sequence[str]) -> Iterator[Bounce]:
    """Read the blocks of an RFC 3464 report that tell of a failure or a delay."""
    for block in "\n\n".join(reports).split("\n\n"):
        fields = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(block)}
        named = [fields[name] for name in ("original-recipient", "final-recipient", "x-actual-recipient") if name in fields]
        addresses = [found[0].lower() for value in named if (found := _ADDRESS.search(value))]
        if not addresses or fields.get("action", "failed").lower() not in {"failed", "failure", "delayed", "undeliverable"}:
            continue
        reason = fields.get("diagnostic-code", "")
        yield _judged(addresses[0], fields.get("status", ""), reason)


def _told(recipient: str, explanation: str) -> Bounce:
    """Judge by the words about this recipient; where none stand beside him, by all of them."""
    at = explanation.lower().find(recipient)
    return _judged(recipient, "", explanation[max(0, at - 200) : at + 800] if at >= 0 else explanation)


def _judged(recipient: str, stated: str, reason: str) -> Bounce:
    status = _status(stated, reason)
    later = TRY_LATER.search(reason) is not None
    gone = ADDRESS_GONE.search(reason) is not None
    names_address = status[:4] == "5.1." and status[4:] in {"0", "1", "2", "3", "6", "10"}
    hard = status[:1] != "4" and not later and (gone or names_address)
    return Bounce(recipient, status, hard, " ".join(reason.split())[:_MAX_REASON])


def _status(stated: str, reason: str) -> str:
    """Prefer the code that tells most: servers often state 5.0.0 above a diagnosis with a code of its own."""
    found = [match for match in (_STATUS.search(stated), _STATUS.search(reason)) if match]
    precise = next((match for match in found if match[2] != "0" or match[3] != "0"), next(iter(found), None))
    if precise:
        return ".".join(str(int(part)) for part in precise.groups())
    code = _REPLY_CODE.search(reason)
    return f"{code[1]}.0.0" if code else ""


def _explanation(text: str) -> str:
    """Return what the server says, without the mail that it returns."""
    opening = text[:MAX_EXPLANATION]
    end = EXPLANATION_ENDS.search(opening)
    return opening[: end.start()] if end and end.start() > 0 else opening


def _recipients(headers: Headers, enclosed: Sequence[Headers], explanation: str) -> list[str]:
    """Find the addresses that the report is about, never those of its sender or of the mail's own sender."""
    stated = _ADDRESS.findall(headers.first("x-failed-recipients"))
    if stated:
        return [address.lower() for address in stated]
    parties = (*headers.all("to"), *headers.all("from"), *headers.all("delivered-to"))
    own = {box.address for value in parties for box in mailboxes(value)}
    own |= {box.address for kept in enclosed for box in mailboxes(kept.first("from"))}
    named = [next(filter(None, groups)) for groups in _NAMED.findall(explanation)]
    introduced = [address for part in INTRODUCES.findall(explanation) for address in _ADDRESS.findall(part)]
    for candidates in (named, introduced, _ADDRESS.findall(explanation)):
        theirs = [address.lower() for address in candidates if _may_be_customers(address, own)]
        if theirs:
            return theirs
    return []


def _may_be_customers(address: str, own: set[str]) -> bool:
    return address.lower() not in own and not _NOT_CUSTOMERS.match(address) and "." in domain_of(address)
