"""The steps of mail: the mailbox, the way out, and a test mail to ourselves."""

from __future__ import annotations

import time
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from bot.doctor import mailroom, posting
from bot.doctor.finding import Trouble
from bot.doctor.patient import Patient
from bot.mail.mailbox import Mailbox
from bot.setup.dialogue import Skipped
from bot.setup.visit import Visit

ARRIVAL_SECONDS = 60.0
_LOOK_SECONDS = 0.5
_HEADER_BYTES = 20_000
_SECURITY = "Encryption: ssl, starttls, or none (this machine only)"


def mailbox(visit: Visit) -> str:
    """Take the mailbox, and log in."""
    server = visit.ask("IMAP_SERVER", "IMAP server, e.g. imap.example.com (none: mail stays off)")
    if not server:
        raise Skipped("mail stays off")
    visit.hint("Many providers want an app password: account → Security → App passwords.")
    answers = {
        "IMAP_SERVER": server,
        "IMAP_PORT": visit.ask("IMAP_PORT", "Port", "993"),
        "IMAP_SECURITY": visit.ask("IMAP_SECURITY", _SECURITY, "ssl"),
        "IMAP_EMAIL": visit.ask("IMAP_EMAIL", "Login name, mostly the address"),
        "IMAP_PASSWORD": visit.ask("IMAP_PASSWORD", "Password", secret=True),
    }
    if not answers["IMAP_EMAIL"] or not answers["IMAP_PASSWORD"]:
        raise Trouble("a mailbox needs a login name and a password", "Give IMAP_EMAIL and IMAP_PASSWORD.")
    return "; ".join(visit.settle(answers, mailroom.tls, mailroom.login, mailroom.folders))


def way_out(visit: Visit) -> str:
    """Take the server for outgoing mail, and log in; a login and sender not given are the mailbox's."""
    imap = visit.values.get("IMAP_SERVER", "")
    likely = imap.replace("imap", "smtp", 1) if imap.startswith("imap") else ""
    server = visit.ask("SMTP_SERVER", "SMTP server (none: no mail leaves)", likely if visit.dialogue.attended else "")
    if not server:
        raise Skipped("no mail leaves")
    address = visit.values.get("IMAP_EMAIL", "")
    answers = {
        "SMTP_SERVER": server,
        "SMTP_PORT": visit.ask("SMTP_PORT", "Port", "587"),
        "SMTP_SECURITY": visit.ask("SMTP_SECURITY", _SECURITY, "starttls"),
        "SMTP_USERNAME": visit.ask("SMTP_USERNAME", "Login name", address),
        "SMTP_PASSWORD": visit.ask("SMTP_PASSWORD", "Password", visit.values.get("IMAP_PASSWORD", ""), secret=True),
        "SMTP_FROM": visit.ask("SMTP_FROM", "Address that customers see", address),
    }
    return "; ".join(visit.settle(answers, posting.tls, posting.login))


def letter(visit: Visit) -> str:
    """Send ourselves a mail and wait until it lies in the mailbox; it opens no case."""
    if not visit.values.get("SMTP_SERVER") or not visit.values.get("IMAP_SERVER"):
        raise Skipped("it needs both ways of mail")
    with visit.patient() as patient:
        address = patient.settings.imap_email or ""
        if "@" not in address:
            raise Skipped(f"{address} is no address to send a mail to")
        inbox = mailroom.asking(lambda: _opened(patient))
        mark = inbox.uid_next - 1
        sent = _send(visit, patient, address)
        began = time.monotonic()
        if not mailroom.asking(lambda: _arrives(inbox, mark, sent)):
            raise Trouble(
                f"the mail was sent, but did not come into {inbox.folder} within {ARRIVAL_SECONDS:g} s",
                "Look into the mailbox, and into its spam folder; does the provider let you send to yourself?",
            )
    return f"it came back within {time.monotonic() - began:.0f} s; it may stay, it opens no case"


def _opened(patient: Patient) -> Mailbox:
    inbox = patient.mailbox
    inbox.open(patient.settings.imap_folders[0])
    return inbox


def _send(visit: Visit, patient: Patient, address: str) -> str:
    mail = EmailMessage()
    mail["From"] = patient.settings.smtp_from or address
    mail["To"] = address
    mail["Subject"] = "Casebot can send and read mail"
    mail["Date"] = format_datetime(visit.clock.now())
    mail["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    # RFC 3834: sent by a machine. Casebot's own reader opens no case of it.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("casebot init sent this to itself. You may delete it.\n")
    with posting.open_smtp(patient.settings, visit.clock) as client:
        client.send_message(mail)
    return str(mail["Message-ID"])


def _arrives(inbox: Mailbox, mark: int, message_id: str) -> bool:
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while time.monotonic() < deadline:
        inbox.reopen()
        for uid in inbox.uids_above(mark):
            if message_id.encode() in inbox.header(uid, _HEADER_BYTES):
                return True
            mark = uid
        time.sleep(_LOOK_SECONDS)
    return False
