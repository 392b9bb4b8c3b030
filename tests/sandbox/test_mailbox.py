"""The mailbox works for the clients the bot uses: IMAPClient with IDLE, smtplib."""

import imaplib
import smtplib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from bot.sandbox.server import Sandbox

CARLA = "Carla Customer <carla@customer.test>"


@contextmanager
def reading(sandbox: Sandbox) -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", sandbox.imap_port, ssl=False, timeout=10) as client:
        client.normalise_times = False
        client.login(sandbox.mailbox.address, sandbox.mailbox.password)
        client.select_folder("INBOX")
        yield client


def test_whoever_idles_is_woken(sandbox: Sandbox) -> None:
    with reading(sandbox) as client:
        client.idle()
        sender = threading.Thread(target=sandbox.mailbox.send, args=(CARLA, "Help", "It is broken."))
        sender.start()
        woken = client.idle_check(timeout=10)
        client.idle_done()
        sender.join()

    assert (1, b"EXISTS") in woken


def test_a_mail_lies_there_as_it_was_sent(sandbox: Sandbox) -> None:
    sandbox.advance(timedelta(days=3))
    raw = b"From: x@y.test\r\nSubject: =?broken\r\n\r\n\xff\xfe odd\r\n"

    uid = sandbox.mailbox.deliver(raw)
    with reading(sandbox) as client:
        fetched = client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE", "FLAGS"])[uid]

    assert fetched[b"BODY[]"] == raw
    assert b"\\Seen" not in fetched[b"FLAGS"]
    assert fetched[b"INTERNALDATE"] - datetime.now(UTC) > timedelta(days=2)
    assert sandbox.mailbox.stored() == [(uid, raw)]


def test_uids_grow_and_stay(sandbox: Sandbox) -> None:
    uids = [sandbox.mailbox.deliver(sandbox.mailbox.compose(CARLA, str(n), "x")) for n in range(3)]

    with reading(sandbox) as client:
        assert client.search(["UID", f"{uids[1]}:*"]) == uids[1:]
        client.delete_messages([uids[0]])
        client.expunge()
        assert client.search() == uids[1:]


def test_the_verdict_about_the_sender_stands_on_top(sandbox: Sandbox) -> None:
    trusted = sandbox.mailbox.compose(CARLA, "a", "x")
    forged = sandbox.mailbox.compose("ada@desk.test", "b", "x", verified=False, in_reply_to="<1@desk.test>")

    assert trusted.items()[0] == (
        "Authentication-Results",
        "mx.sandbox.test; dmarc=pass header.from=customer.test",
    )
    assert "dmarc=fail" in forged["Authentication-Results"]
    assert (forged["In-Reply-To"], forged["References"]) == ("<1@desk.test>", "<1@desk.test>")


def test_sent_mail_reaches_its_person_and_mail_to_the_desk_its_mailbox(sandbox: Sandbox) -> None:
    mail = sandbox.mailbox.compose("support@desk.test", "Re: Help", "Try again.", to="carla@customer.test")
    to_desk = sandbox.mailbox.compose(CARLA, "Thanks", "It works.")

    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp:
        smtp.login(sandbox.mailbox.address, sandbox.mailbox.password)
        smtp.send_message(mail)
        smtp.send_message(to_desk)

    [received] = sandbox.mailbox.inbox("Carla@customer.test")
    assert received["Subject"] == "Re: Help"
    assert [b"It works." in raw for _, raw in sandbox.mailbox.stored()] == [True]


def test_wrong_passwords_are_refused(sandbox: Sandbox) -> None:
    with IMAPClient("127.0.0.1", sandbox.imap_port, ssl=False, timeout=10) as client, pytest.raises(LoginError):
        client.login(sandbox.mailbox.address, "wrong")
    with (
        smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        smtp.login(sandbox.mailbox.address, "wrong")


def test_a_recipient_can_be_refused_for_a_while(sandbox: Sandbox) -> None:
    sandbox.mailbox.refuse("Carla@customer.test", "452 4.2.2 Mailbox full")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail("support@desk.test", ["carla@customer.test"], "Subject: x\r\n\r\nx")
        sandbox.mailbox.refuse("carla@customer.test", "")
        smtp.sendmail("support@desk.test", ["carla@customer.test"], "Subject: y\r\n\r\ny")

    assert refused.value.recipients == {"carla@customer.test": (452, b"4.2.2 Mailbox full")}
    assert [mail["Subject"] for mail in sandbox.mailbox.inbox("carla@customer.test")] == ["y"]


def test_the_mailbox_goes_away_and_comes_back_with_its_mail(sandbox: Sandbox) -> None:
    sandbox.mailbox.send(CARLA, "kept", "x")
    port = sandbox.imap_port

    with reading(sandbox) as client:
        sandbox.pause_mailbox()
        with pytest.raises((imaplib.IMAP4.error, OSError)):
            client.noop()
    with pytest.raises(ConnectionRefusedError):
        IMAPClient("127.0.0.1", port, ssl=False, timeout=10)
    sandbox.resume_mailbox()

    with reading(sandbox) as client:
        assert len(client.search()) == 1
    assert sandbox.imap_port == port


def test_whoever_idles_notices_that_the_mailbox_goes_away(sandbox: Sandbox) -> None:
    client = IMAPClient("127.0.0.1", sandbox.imap_port, ssl=False, timeout=10)
    client.login(sandbox.mailbox.address, sandbox.mailbox.password)
    client.select_folder("INBOX")
    client.idle()

    with ThreadPoolExecutor() as threads:
        woken = threads.submit(client.idle_check, timeout=30)
        sandbox.pause_mailbox()
        told = woken.result(timeout=5)

    assert told[0][0] == b"BYE"
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        client.idle_done()
    client.shutdown()


def test_it_stops_while_somebody_idles() -> None:
    with Sandbox() as sandbox:
        client = IMAPClient("127.0.0.1", sandbox.imap_port, ssl=False, timeout=10)
        client.login(sandbox.mailbox.address, sandbox.mailbox.password)
        client.select_folder("INBOX")
        client.idle()

    client.shutdown()
    assert not any(thread.name == "sandbox" for thread in threading.enumerate())
