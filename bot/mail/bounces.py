"""A mail server's report on mail it could not deliver: whether this is one, for whom, and why.

Three kinds are known: RFC 3464 reports, which say everything in fields; older servers' letters, known by a sender that
is a machine and a text that opens with a server's phrases; and notices of a sending service in JSON. A subject alone
proves nothing: people forward bounces and write about them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.mail.addresses import mailboxes
from bot.mail.bounce_words import (
    ADDRESS_GONE,
    EXPLANATION_ENDS,
    FAILURE,
    FAILURE_SUBJECT,
    GIVEN_UP,
    INTRODUCES,
    STILL_TRYING,
    TRY_LATER,
)
from bot.mail.headers import Headers

MAX_BOUNCES = 50
MAX_EXPLANATION = 6_000
_MAX_REASON = 300
_FAR_BELOW = 3
_ASKED_WITHIN = 300
_PASSED_ON = re.compile(r"\s*(fwd?|wg|tr|rv|vs|vb|doorst|enc|pd)\s*:", re.IGNORECASE)

_ADDRESS = re.compile(
    r"[A-Za-z0-9_+][A-Za-z0-9!#$%&'*+/?^_`{|}~.=-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,10}[A-Za-z0-9-]{2,63}"
)
# How X.400 gateways put an address: `dda:SMTP=ada@desk.test`.
_GATEWAYS = re.compile(r"^(?:smtp|rfc822)[=:;]", re.IGNORECASE)
# These are held against lower-cased words, as FAILURE_SUBJECT is: every mail is asked, and it is faster by far.
_DAEMON = re.compile(r"\bmail(er)?[-_. ]?d(a)?emon\b|^mdaemon@")
# Senders that are programs; that they report a failure is for the text to say.
_MACHINE = re.compile(
    r"post[-_.]?master|mail[-_. ]?(delivery|er|system|service|admin|gateway|router|server)|system administrator"
    r"|mail administrator|smtp|antivirus|mailsweeper|mimesweeper|delivery[-_. ]?(status|report|notif|subsystem)"
    r"|internet mail"
)
_STATUS = re.compile(r"(?<![\d.])([45])[.](\d{1,3})[.](\d{1,3})(?![\d.]\d)")
# RFC 2034: a server's own code stands directly behind its reply code; the last is the one nearest to the mailbox.
_OWN_STATUS = re.compile(r"(?<![\d.])[45]\d\d[ -]['\"<#(]{0,2}([45])[.](\d{1,3})[.](\d{1,3})(?![\d.]\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[\s;:,#)\]-])")
_REPLY_LINE = re.compile(r"^[ \t>#<]{0,20}(?:[45][0-5]\d)[ -].{0,200}", re.MULTILINE)
_FIELD = re.compile(r"^([A-Za-z-]{2,40})[ \t]*:[ \t]*(.*(?:\n[ \t].*){0,20})", re.MULTILINE)
# `<ada@desk.test>: host said`, `ada@desk.test... User unknown`, `RCPT TO:<ada@desk.test>`, `550 <ada@desk.test>`.
_NAMED = re.compile(
    rf"^[ \t>]{{0,20}}<?({_ADDRESS.pattern})>?(?:\s?:|\.\.\.|\s+-\s|\s+\()|RCPT TO:\s?<?({_ADDRESS.pattern})"
    rf"|\b5[0-5]\d[ -](?:\S+ )?<({_ADDRESS.pattern})>|^[ \t]{{0,20}}(?:Recipient|Empf.nger|User|Address"
    rf"|Error-for)\s?:\s*<?({_ADDRESS.pattern})>?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_NOT_CUSTOMERS = re.compile(
    r"^(post[-_.]?master|mailer[-_.]?daemon|mdaemon|abuse|hostmaster|root|no-?reply)@", re.IGNORECASE
)
# What kind of server a diagnosis comes from: `smtp; 550 …`, `X-Postfix; …`.
_GATEWAY_NAME = re.compile(r"^[A-Za-z][A-Za-z-]{0,40};\s*")
_PASTED_TO = re.compile(r"^[ \t>]{0,20}To:[ \t]*(.{1,300})$", re.IGNORECASE | re.MULTILINE)
_ARRIVED = re.compile(r"^Action:[ \t]*(delivered|relayed|expanded)", re.IGNORECASE | re.MULTILINE)
# No person is called so; a failure in the subject is enough, in whatever language the text is.
_PROGRAM = re.compile(r"mail delivery (sub)?system|delivery (status )?notif|mail transport")
# Whom to ask is not who was missed.
_CONTACT = re.compile(
    rf"(contact|mailto:|write to|e-?mail to|assistance)[^\n@]{{0,40}}<?{_ADDRESS.pattern}>?", re.IGNORECASE
)
_NOTICE = re.compile(r'"(?:notificationType|eventType)"\s*:\s*"(Bounce|Complaint)"')


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient whom a mail did not reach.

    `status` is the code of RFC 3463, or empty where none was told. `hard` says that the address itself is at fault
    (nobody there, no such host, moved), so that another try is futile; a full mailbox or a refusal is soft.
    `delayed`: the server is still trying.
    """

    recipient: str
    status: str
    hard: bool
    reason: str
    delayed: bool = False


def is_bounce(headers: Headers, types: Sequence[str], text: str) -> bool:
    """Tell whether a mail server reports on mail it could not or did not yet deliver.

    `types` are the content types of the mail's parts, `text` its readable text.
    """
    if "message/delivery-status" in types or "message/global-delivery-status" in types:
        return True
    report = headers.first("content-type").lower()
    if re.search(r"report-type\s*=\s*\"?delivery-status", report) or headers.first("x-failed-recipients"):
        return True
    sender = headers.decoded("from").lower()
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
    explanation = _explanation(text)
    found = list(_reported(reports, explanation))
    if not found and not any(_ARRIVED.search(report) for report in reports):
        recipients = _recipients(headers, enclosed, explanation) or _pasted(text[len(explanation) :])
        told = (_told(recipient, recipients, explanation) for recipient in recipients)
        tries = STILL_TRYING.search(explanation) is not None and GIVEN_UP.search(explanation) is None
        found = [replace(one, delayed=tries and not one.hard and one.status[:1] != "5") for one in told]
    once = {bounce.recipient: bounce for bounce in reversed(found[:MAX_BOUNCES])}
    return tuple(reversed(once.values()))


def _is_letter(headers: Headers, sender: str, text: str) -> bool:
    subject = headers.decoded("subject").lower()
    is_titled = FAILURE_SUBJECT.search(subject) is not None
    paths = (headers.first("return-path").lower(), headers.first("from").lower())
    is_unanswerable = any("<>" in path or _DAEMON.search(path) for path in paths)
    is_machine = _MACHINE.search(sender) is not None
    if not (is_titled or is_machine):
        return False
    opening = text[:MAX_EXPLANATION]
    fails = FAILURE.search(opening) is not None
    returns = EXPLANATION_ENDS.search(opening) is not None or _REPLY_LINE.search(opening) is not None
    if is_machine:
        return fails or (is_titled and (returns or _PROGRAM.search(sender) is not None))
    if is_unanswerable:
        return fails or returns
    # Any sender: only if the very first words are a server's and the subject's first or last words say so too;
    # a person passes such a mail on, or asks about it.
    if _PASSED_ON.match(subject) or re.search(r"[?？]", opening[:_ASKED_WITHIN]):
        return False
    first = next((line for line in opening.splitlines() if any(letter.isalnum() for letter in line)), "")
    is_named = FAILURE_SUBJECT.match(subject) or FAILURE_SUBJECT.search(subject[-30:])
    return bool(is_named and FAILURE.search(opening[: opening.find(first) + 120]) and _ADDRESS.search(opening[:1_000]))


def _notice_of(headers: Headers, text: str) -> str:
    """Amazon SES reports as JSON through its notification service, which marks its mail with a header."""
    found = _NOTICE.search(text[:2_000]) if headers.first("x-amz-sns-message-id") else None
    return found[1] if found else ""


def _reported(reports: Sequence[str], explanation: str) -> Iterator[Bounce]:
    """Read the blocks of an RFC 3464 report that tell of a failure or a delay."""
    for block in "\n\n".join(reports).split("\n\n"):
        fields = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(block)}
        named = [
            fields[name] for name in ("original-recipient", "final-recipient", "x-actual-recipient") if name in fields
        ]
        addresses = [found[0].lower() for value in named if (found := _ADDRESS.search(value))]
        if not addresses or fields.get("action", "failed").lower() not in {
            "failed",
            "failure",
            "delayed",
            "undeliverable",
        }:
            continue
        about = (line for line in explanation.splitlines() if addresses[0] in line.lower())
        reason = fields.get("diagnostic-code") or next(about, "")
        judged = _judged(addresses[0], fields.get("status", ""), reason)
        yield replace(judged, delayed=fields.get("action", "").lower() == "delayed")


def _told(recipient: str, recipients: Sequence[str], explanation: str) -> Bounce:
    """Judge one of several by the words from his name to the next; one alone by all of them."""
    others = [other for other in recipients if other != recipient]
    at = explanation.lower().find(recipient)
    if not others or at < 0:
        return _judged(recipient, "", explanation)
    ends = (explanation.lower().find(other, at + len(recipient)) for other in others)
    return _judged(recipient, "", explanation[at : min((end for end in ends if end > 0), default=len(explanation))])


def _judged(recipient: str, stated: str, reason: str) -> Bounce:
    told = _GATEWAY_NAME.sub("", reason)
    status = _status(stated, told)
    # RFC 3463: x.1 is about the address and 5.4.4 about its host; x.2 is a mailbox that exists (but for x.2.1,
    # which servers also say of nobody's), x.6 and x.7 are about the mail and its sender.
    is_address = status in {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"}
    is_other = (
        status[:1] == "4"
        or status[1:3] in {".6", ".7"}
        or (status[1:3] == ".2" and status != "5.2.1")
        or TRY_LATER.search(told) is not None
    )
    hard = not is_other and (is_address or ADDRESS_GONE.search(told) is not None)
    return Bounce(recipient, status, hard, " ".join(told.split())[:_MAX_REASON])


def _status(stated: str, reason: str) -> str:
    """Prefer the last server's own code, then the stated one; a reply code tells its first digit at least."""
    own = list(_OWN_STATUS.finditer(reason))
    for match in (own[-1] if own else None, _STATUS.search(stated), _STATUS.search(reason)):
        if match and (match[2], match[3]) != ("0", "0"):
            return ".".join(str(int(part)) for part in match.groups())
    stated_class = _STATUS.search(stated) or _STATUS.search(reason) or _REPLY_CODE.search(reason)
    return f"{stated_class[1]}.0.0" if stated_class else ""


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
    named = [next(filter(None, groups)) for groups in _NAMED.findall(explanation)]
    returned = [box.address for kept in enclosed for box in mailboxes(kept.first("to"))]
    writers = {box.address for kept in enclosed for box in mailboxes(kept.first("from"))}
    beside = _CONTACT.sub(" ", explanation)
    mentioned = [address for address in _ADDRESS.findall(beside) if address.lower() not in writers]
    for candidates in (_introduced(explanation), named, returned, mentioned):
        theirs = [_GATEWAYS.sub("", address).lower() for address in candidates]
        if theirs := [address for address in dict.fromkeys(theirs) if _may_be_customers(address, own)]:
            return theirs
    return []


def _introduced(explanation: str) -> list[str]:
    """Find the addresses in lines that announce them, or, after a few lines without any, in an unbroken list."""
    found: list[str] = []
    since = _FAR_BELOW
    for line in explanation.splitlines():
        announced = INTRODUCES.search(line)
        addresses = _ADDRESS.findall(line, announced.end() if announced else 0)
        if announced:
            since = 0
        elif line.strip():
            since += 0 if addresses else 1
        if since < _FAR_BELOW:
            found.extend(addresses)
    return found


def _pasted(returned: str) -> list[str]:
    """Return to whom the mail went that stands in the text below the explanation."""
    found = _PASTED_TO.search(returned)
    return [box.address for box in mailboxes(found[1])] if found else []


def _may_be_customers(address: str, own: set[str]) -> bool:
    return address not in own and not _NOT_CUSTOMERS.match(address)
