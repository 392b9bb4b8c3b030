"""Checks of incoming mail: TLS, login, folders, IDLE, who vouches for senders, the books, and the server's clock."""

from __future__ import annotations

import imaplib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from sqlmodel import col, select

from bot.doctor.finding import Finding, Trouble, skipped, well, wrong
from bot.doctor.patient import Patient
from bot.doctor.transport_layer import imap_handshake, judged, unreachable
from bot.mail.archive import MailGone, archive_of
from bot.mail.authres import read
from bot.mail.inbound import judge
from bot.mail.models import LedgerEntry, LedgerState, RawMail
from bot.mail.parser import ParsedMail, UnreadableMail, parse
from bot.mail.reconcile import Account, reconcile, spans
from bot.mail.trouble import MailboxTrouble
from bot.mail.trust import trusted_ids
from bot.settings import AdminEmailTrust, Security

Told = TypeVar("Told")
RECENT_MAILS = 20
# A running Casebot takes in what arrived this moment in about a second.
PATIENCE_SECONDS = 2.0
_OFF = "mail is off: IMAP_SERVER is not set"
_NAMES = "IMAP_SERVER, IMAP_PORT and IMAP_SECURITY"


def tls(patient: Patient) -> Finding:
    """Look at the encryption of the way to the mailbox."""
    settings = patient.settings
    if settings.imap_server is None:
        return skipped(_OFF)
    if settings.imap_security is Security.NONE:
        return well("clear text, which never leaves this machine (IMAP_SECURITY=none)")
    try:
        secured = imap_handshake(settings.imap_server, settings.imap_port, settings.imap_security)
    except (OSError, imaplib.IMAP4.error) as error:
        raise unreachable(f"{settings.imap_server}:{settings.imap_port}", _NAMES, error) from error
    return judged(secured, patient.clock.now())


def login(patient: Patient) -> Finding:
    """Log in at the mailbox."""
    settings = patient.settings
    if settings.imap_server is None:
        return skipped(_OFF)
    asking(lambda: patient.mailbox)
    return well(f"{settings.imap_email} is logged in at {settings.imap_server}:{settings.imap_port}")


def folders(patient: Patient) -> Finding:
    """Open every folder, for reading only."""
    for folder in patient.settings.imap_folders:
        asking(partial(patient.mailbox.open, folder))
    return well(f"{', '.join(patient.settings.imap_folders)} can be read")


def idle(patient: Patient) -> Finding:
    """Look whether the server tells of new mail at once."""
    if patient.mailbox.can_idle:
        return well("the server tells of new mail at once (IDLE)")
    seconds = patient.settings.email_poll_interval
    return skipped(f"the server offers no IDLE: Casebot looks every {seconds:g} s (EMAIL_POLL_INTERVAL)")


def verdicts(patient: Patient) -> Finding:
    """Look whether somebody we trust vouches for the senders of recent mail."""
    settings = patient.settings
    if not settings.admin_emails:
        return skipped("nobody acts by mail: ADMIN_EMAILS is not set")
    if settings.admin_email_trust is AdminEmailTrust.LISTED:
        return skipped("ADMIN_EMAIL_TRUST=listed: addresses are believed as they are")
    mails = list(_recent_mails(patient))
    if not mails:
        return skipped("no mail was read yet")
    judgements = [judge(mail, settings) for mail in mails]
    vouched = sum(verdict.verified for verdict in judgements)
    if vouched:
        return well(f"{vouched} of the last {len(mails)} mails are from whom they say they are")
    seen = Counter(name for mail in mails if (name := _topmost_id(mail)))
    trusted = trusted_ids(settings.imap_server or "", settings.imap_port, settings.trusted_authserv_ids)
    return wrong(
        f"nobody vouches for the last {len(mails)} mails ({judgements[0].reason}); admins' mails wait for a Confirm",
        *_trust_advice(seen, trusted),
    )


def books(patient: Patient) -> Finding:
    """Count the mailbox against the ledger, and look for mails that wait for a person."""
    patience = PATIENCE_SECONDS if patient.answer.is_casebot else 0.0
    accounts = asking(lambda: reconcile(patient.settings, patient.database, patient.clock, patience=patience))
    if lost := [account for account in accounts if _passed_over(account)]:
        named = "; ".join(f"{account.folder} UID {spans(_passed_over(account))}" for account in lost)
        return wrong(f"mail was passed over: {named}", "See casebot reconcile, and please report this.")
    if waiting := _quarantined(patient):
        return wrong(
            f"{waiting} mail(s) could not be taken in and wait for a person",
            "casebot quarantine list, then: casebot quarantine retry NAME, or: casebot quarantine open NAME",
        )
    fresh = sum(len(account.unaccounted) for account in accounts)
    if fresh and patient.answer.is_casebot:
        return wrong(f"{fresh} mail(s) lie in the mailbox, not taken in", "Look into Casebot's log for the mailbox.")
    rest = f"; {fresh} wait for casebot run" if fresh else ""
    return well(f"every mail up to now stands in the ledger{rest}")


def clock(patient: Patient) -> Finding:
    """Hold the mail server's clock against ours: no mail can be taken in before it arrived."""
    newest = select(LedgerEntry.entered_at, RawMail.received_at).join(RawMail).order_by(col(RawMail.id).desc())
    with patient.database.readers.begin() as session:
        times = session.exec(newest.limit(RECENT_MAILS)).all()
    if not times:
        return skipped("no mail was read yet")
    early = max((received - entered).total_seconds() for entered, received in times)
    if early > patient.limits.skew_seconds:
        return wrong(
            f"mail arrived {early:.0f} s after it was read: this machine's clock is behind the mail server's",
            "Let it be kept: timedatectl set-ntp true (in a container or VM: on its host).",
        )
    return well(f"the last {len(times)} mails arrived before they were read")


def _recent_mails(patient: Patient) -> Iterator[ParsedMail]:
    archive = archive_of(patient.database.url)
    newest = select(RawMail).order_by(col(RawMail.id).desc()).limit(RECENT_MAILS)
    with patient.database.readers.begin() as session:
        rows = session.exec(newest).all()
    for row in rows:
        try:
            yield parse(archive.read(row))
        except (UnreadableMail, MailGone):
            continue


def _topmost_id(mail: ParsedMail) -> str:
    field = read(mail.authentication_results[0]) if mail.authentication_results else None
    return field.authserv_id if field else ""


def _trust_advice(seen: Counter[str], trusted: frozenset[str]) -> tuple[str, ...]:
    if not seen:
        return ("Your mail server adds no Authentication-Results: let it check DMARC, DKIM and SPF.",)
    name = seen.most_common(1)[0][0]
    if name in trusted:
        return (f"{name} checks, but no sender passed: send yourself a mail and look at its Authentication-Results.",)
    return (f"If {name} is your own mail server: TRUSTED_AUTHSERV_IDS={name}",)


def _passed_over(account: Account) -> tuple[int, ...]:
    return tuple(uid for uid in account.unaccounted if uid <= (account.mark or 0))


def _quarantined(patient: Patient) -> int:
    waits = select(LedgerEntry.uid).where(
        LedgerEntry.mailbox == (patient.settings.imap_email or "").lower(),
        LedgerEntry.state == LedgerState.QUARANTINED,
    )
    with patient.database.readers.begin() as session:
        return len(session.exec(waits).all())


def asking(call: Callable[[], Told]) -> Told:
    """Ask the mail server something; its MailboxTrouble becomes Trouble with a remedy."""
    try:
        return call()
    except MailboxTrouble as trouble:
        raise Trouble(
            f"{trouble.kind}: {trouble.reason}", f"{trouble.advice[:1].upper()}{trouble.advice[1:]}."
        ) from trouble
