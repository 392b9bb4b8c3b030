"""Reports of mail servers: for whom, why, and never a person's mail among them."""

import json

import pytest

from bot.mail.bounces import Bounce
from bot.mail.parser import parse
from tests.mail.samples import letter, sample

CARLA = "carla@example.com"
RETURNED = (
    "Message-ID: <answer-1@desk.test>\nFrom: support@desk.test\nTo: Carla <carla@example.com>\nSubject: Re: x\n\nx"
)

# (From, Subject, text): letters of servers that know no RFC 3464, or leave it out.
LETTERS = {
    "qmail": ("MAILER-DAEMON@mx.example.com", "failure notice",
    "Hi. This is the qmail-send program at mx.example.com.\n"
     "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<carla@example.com>:\n"
     "192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 No such user\n\n--- Below this line is a"
     " copy.\n"),
    "Exim": ("Mail Delivery System <Mailer-Daemon@mx.example.com>", "Mail delivery failed: returning message to sender",
     "A message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) "
     "failed:\n\n  carla@example.com\n    550 5.1.1 Unknown user\n\n------ This is a copy of the message ------\n"),
    "Exchange": ("System Administrator <postmaster@example.com>", "Undeliverable: Re: x",
    "Your message\n\n  To:  somebody"
     "\n  Subject: Re: x\n\ndid not reach the following recipient(s):\n\ncarla@example.com on Mon, 2 Mar 2026\n"
     "    The recipient name is not recognized 550 5.1.1 Unknown Recipient"),
    "Sendmail": ("Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>", "Returned mail: see transcript for details",
     "   ----- The following addresses had permanent fatal errors -----\n<carla@example.com>\n\n"
     "   ----- Transcript of session follows -----\n550 5.1.1 <carla@example.com>... User unknown"),
    "Postfix": ("MAILER-DAEMON@mx.example.com (Mail Delivery System)", "Undelivered Mail Returned to Sender",
     "This is the mail system at host mx.example.com.\n\n<carla@example.com>: host mail.example.com said: 550 5.1.1\n"
     "    <carla@example.com>: Recipient address rejected: User unknown"),
    "IMail": ("Postmaster <postmaster@example.com>", "Undeliverable Mail",
     "Invalid final delivery userid: carla@example.com\nUnknown user (550 5.1.1 told)\n\nOriginal message follows.\n"),
    "GroupWise": ("Postmaster <postmaster@example.com>", "Message status - undeliverable",
     "The message that you sent was undeliverable to the following:\n\tcarla@example.com (550 5.1.1 user unknown)"),
    "Yahoo": ("MAILER-DAEMON@yahoo.com", "Failure Notice", "Sorry, we were unable to deliver your message to the "
     "following address.\n\n<carla@example.com>:\n550 5.1.1 This user doesn't have a yahoo.com account\n"),
    "MDaemon": ("MDaemon@mail.example.com", "Warning: carla@example.com - User unknown!",
     "carla@example.com - no such user here. 550 5.1.1 unknown\n"),
    "German": ("Mail System <mail-system@example.com>", "Unzustellbar: Re: x", "Ihre Nachricht konnte nicht zugestellt "
     "werden.\n\nEmpfänger: carla@example.com\n550 5.1.1 Empfänger unbekannt"),
    "French, from anybody": ("Service.Mail <info-internet@example.com>", "Re: x : non remis (delivery failed)",
     "*******\nVotre message n'a pas pu etre delivre a\ncarla@example.com\n550 5.1.1 user unknown\n"),
}  # fmt: skip

PEOPLE = {
    "forwarded": ("Carla <carla@example.com>", "Fwd: Undelivered Mail Returned to Sender",
     "Hello, I got this when I wrote to you:\n\nThis is the mail system at host mx.example.com.\n<ada@desk.test>: 550"),
    "asked about": ("Carla <carla@example.com>", "Delivery failed", "My parcel could not be delivered, where is it?"),
    "complained": ("Carla <carla@example.com>", "Delivery problem", "Your driver was unable to deliver to my address."),
    "a postmaster": ("Postmaster <postmaster@example.com>", "Question", "How do we set up a mailbox?"),
    "quoted a code": ("Carla <carla@example.com>", "Error", "550 5.1.1 User unknown is what it says. What now?"),
    "a shop": ("Shop <info@example.com>", "Your delivery status", "Your order was delivered to carla@example.com."),
    "a mailing house": ("Mail Service Ltd <sales@example.com>", "Offer", "We send letters for you."),
}  # fmt: skip


def of(sender: str, subject: str, text: str) -> bytes:
    return letter(text, sender=sender, headers=f"Subject: {subject}\r\n").replace(b"Subject: Question\r\n", b"")


@pytest.mark.parametrize("server", LETTERS)
def test_a_servers_letter_says_whom_it_did_not_reach(server: str) -> None:
    mail = parse(of(*LETTERS[server]))

    assert mail.is_bounce
    [bounce] = mail.bounces
    assert (bounce.recipient, bounce.status, bounce.hard) == (CARLA, "5.1.1", True)


@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_who_writes_about_delivery_is_no_server(person: str) -> None:
    mail = parse(of(*PEOPLE[person]))

    assert not mail.is_bounce
    assert not mail.is_feedback_report
    assert mail.bounces == ()


def report(action: str, status: str, diagnosis: str, enclosed: str = "message/rfc822") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.com\nContent-Type: multipart/report; report-type=delivery-status;"
        " boundary=b\n\n"
        "--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; Carla@example.com\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {diagnosis}\n\n--b\nContent-Type: {enclosed}\n\n{RETURNED}\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("action", "status", "diagnosis", "told"),
    [
        ("failed", "5.1.1", "550 no such user", ("5.1.1", True)),
        ("failed", "5.0.0", "550-5.1.1 The account does not exist", ("5.1.1", True)),
        ("failed", "5.2.2", "552 mailbox full", ("5.2.2", False)),
        ("failed", "5.1.1", "550 5.7.1 blocked by policy", ("5.7.1", False)),
        ("failed", "5.4.4", "Host not found", ("5.4.4", True)),
        ("delayed", "4.4.7", "421 4.4.1 connection timed out", ("4.4.1", False)),
    ],
)
def test_a_report_tells_hard_from_soft(action: str, status: str, diagnosis: str, told: tuple[str, bool]) -> None:
    [bounce] = parse(report(action, status, diagnosis)).bounces

    assert bounce == Bounce(CARLA, *told, reason=diagnosis, delayed=action == "delayed")


@pytest.mark.parametrize(
    ("words", "delayed"),
    [
        ("Delivery attempts will continue for some time. Eventually the software will give up.", True),
        ("THIS IS A WARNING MESSAGE ONLY.\nYou do not need to resend your message.", True),
        ("This is a permanent error; I've given up. It will be retried no more.", False),
        ("It will be retried. 550 5.1.1 User unknown", False),
        ("User unknown", False),
    ],
)
def test_a_letter_tells_a_delay_from_a_failure(words: str, delayed: bool) -> None:
    sender, subject, _ = LETTERS["Exim"]

    [bounce] = parse(
        of(sender, subject, f"Your mail could not be delivered to\n\n  carla@example.com\n\n{words}")
    ).bounces

    assert bounce.delayed is delayed


def test_a_report_of_success_names_nobody_who_was_missed() -> None:
    assert parse(report("delivered", "2.0.0", "250 ok")).bounces == ()


@pytest.mark.parametrize("enclosed", ["message/rfc822", "text/rfc822-headers"])
def test_the_returned_mail_is_known_again(enclosed: str) -> None:
    assert parse(report("failed", "5.1.1", "550 x", enclosed)).returned_ids == ("<answer-1@desk.test>",)


def test_the_returned_mail_is_known_again_in_plain_text() -> None:
    sender, subject, text = LETTERS["qmail"]

    assert parse(of(sender, subject, f"{text}\n{RETURNED}")).returned_ids == ("<answer-1@desk.test>",)


def test_the_sample_is_read() -> None:
    mail = parse(sample("bounce"))

    assert mail.is_bounce
    assert [bounce.hard for bounce in mail.bounces] == [True]
    assert len(mail.returned_ids) == 1


def test_a_sending_services_notice_is_read() -> None:
    notice = {
        "notificationType": "Bounce",
        "bounce": {"bouncedRecipients": [{"emailAddress": CARLA, "status": "5.1.1"}]},
    }
    raw = letter(json.dumps(notice), sender="no-reply@sns.example", headers="x-amz-sns-message-id: 1\r\n")

    assert parse(raw).is_bounce
    assert [bounce.recipient for bounce in parse(raw).bounces] == [CARLA]


@pytest.mark.parametrize(
    "raw",
    [
        b"From: fbl@example.com\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nx\n"
        b"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--b\nContent-Type: message/rfc822\n\n"
        + RETURNED.encode()
        + b"\n--b--\n",
        letter('{"notificationType":"Complaint"}', headers="x-amz-sns-message-id: 1\r\n"),
        b"From: staff@hotmail.com\nSubject: complaint about message from 192.0.2.1\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
        + RETURNED.encode()
        + b"\n--b--\n",
    ],
)
def test_a_complaint_is_a_machines_mail_and_no_bounce(raw: bytes) -> None:
    mail = parse(raw)

    assert mail.is_feedback_report
    assert mail.is_auto_reply
    assert not mail.is_bounce
