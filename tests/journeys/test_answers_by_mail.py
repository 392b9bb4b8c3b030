"""An answer leaves by mail, hangs in the customer's thread, and his reply finds its case; what can't arrive is told."""

import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.cases.inbound import Author
from bot.cases.models import Case, Message
from bot.mail.models import LedgerEntry
from bot.slack.views.timeline import deed
from tests.journeys.promises import broken
from tests.journeys.world import CARLA, SUPPORT, World, journey

ADA = Author("U_ADA", "Ada Admin", is_admin=True)
BOB, STRANGER = "Bob <bob@example.com>", "eve@stranger.test"


@pytest.fixture
def world(tmp_path: Path, untouched: None) -> Iterator[World]:
    """A desk whose answers leave at once."""
    with journey(tmp_path, UNDO_SECONDS="0", SMTP_FROM="Acme Support <support@desk.test>") as running:
        yield running
        assert broken(running) == []


@pytest.fixture
def asked(world: World) -> EmailMessage:
    """Carla wrote a mail, with Bob among its readers, and has a case."""
    mail = world.mail(f"Carla <{CARLA}>", "Printer", "It burns.", to="support@desk.test, Bob@Example.com")
    ends(world, 1)
    return mail


def ends(world: World, mails: int) -> LedgerEntry:
    """How the latest mail ended, once so many have."""
    return world.until(lambda: entries[-1] if len(entries := world.rows(LedgerEntry)) == mails else None)


def answers(world: World, text: str = "Pull the plug.") -> EmailMessage:
    """Ada answers; what arrives at Carla's, once the desk knows that it left."""
    known = len(world.sandbox.mailbox.inbox(CARLA))
    message_id = world.bot.desk.replies.reply("CASE-1", text, ADA)
    mail = world.until(lambda: world.sandbox.mailbox.inbox(CARLA)[known:] or None)[0]
    world.until(lambda: sending(world, message_id) == "sent")
    return mail


def sending(world: World, message_id: int) -> str:
    [message] = world.bot.desk.queries.messages([message_id])
    return message.sending


def bodies(world: World, case_id: str = "CASE-1") -> list[str]:
    return [message.body for message in world.rows(Message) if message.case_id == case_id]


def replies(world: World, sender: str, to: EmailMessage, text: str) -> LedgerEntry:
    """Somebody answers a mail, quoting it as programs do; how that ended."""
    quoted = "\n".join(f"> {line}" for line in str(to.get_body(("plain",))).splitlines()[:5])
    known = len(world.rows(LedgerEntry))
    words = f"{text}\n\nOn Mon, 2 Mar 2026 at 10:00, Ada wrote:\n{quoted}"
    world.mail(sender, f"Re: {to['Subject']}", words, in_reply_to=to["Message-ID"])
    return ends(world, known + 1)


def leads_to(phrase: str, card: dict[str, Any]) -> re.Pattern[str]:
    """How one card names the case of another, with a link to it."""
    return re.compile(rf"{phrase} <http://[^|]+/p{str(card['ts']).replace('.', '')}\|CASE-1>")


def test_the_customers_program_threads_the_answer_and_his_reply_joins(world: World, asked: EmailMessage) -> None:
    answer = answers(world)

    assert answer["From"] == "Ada Admin via Acme Support <support@desk.test>"
    assert (answer["Subject"], answer["In-Reply-To"]) == ("Re: Printer", asked["Message-ID"])
    ended = replies(world, f"Carla <{CARLA}>", answer, "It works, thanks.")
    assert (ended.state, ended.case_id) == ("joined", "CASE-1")
    assert bodies(world) == ["It burns.", "Pull the plug.", "It works, thanks."]


def test_an_answer_from_another_address_of_his_joins_by_our_message_id(world: World, asked: EmailMessage) -> None:
    ended = replies(world, "carla.private@mail.test", answers(world), "I write from home.")

    assert (ended.state, ended.case_id) == ("joined", "CASE-1")


def test_a_colleague_among_the_readers_joins_and_a_stranger_does_not(world: World, asked: EmailMessage) -> None:
    colleague = replies(world, BOB, asked, "I saw the smoke too.")
    stranger = replies(world, STRANGER, asked, "What is this about?")

    assert (colleague.state, colleague.case_id) == ("joined", "CASE-1")
    assert (stranger.state, stranger.case_id) == ("opened", "CASE-2")
    old, new = world.sees(SUPPORT, "CASE-1", "2 messages"), world.sees(SUPPORT, "CASE-2", "What is this about?")
    assert leads_to("mentions", old).search(world.now(new))
    assert "CASE-2" not in world.now(old)


def test_a_reply_to_a_closed_case_opens_a_new_one_that_leads_to_it(world: World, asked: EmailMessage) -> None:
    answer = answers(world)
    world.bot.desk.cases.close("CASE-1", ADA)

    ended = replies(world, f"Carla <{CARLA}>", answer, "It burns again.")

    assert (ended.state, ended.case_id) == ("opened", "CASE-2")
    assert [case.status for case in world.rows(Case)] == ["closed", "open"]
    old, new = world.sees(SUPPORT, "CASE-1", "closed"), world.sees(SUPPORT, "CASE-2", "It burns again.")
    assert leads_to("continues", old).search(world.now(new))
    told = [deed(entry) for entry in world.bot.desk.queries.timeline("CASE-2")]
    assert told[0] == "Carla opened the case (after CASE-1)"


def test_an_address_that_is_refused_turns_the_case_red(world: World, asked: EmailMessage) -> None:
    world.sandbox.mailbox.refuse(CARLA)

    message_id = world.bot.desk.replies.reply("CASE-1", "Pull the plug.", ADA)

    world.until(lambda: sending(world, message_id) == "failed")
    assert world.case().undelivered == "550 5.1.1 No such user here"


def test_a_bounce_finds_its_case_and_turns_it_red(world: World, asked: EmailMessage) -> None:
    answer = answers(world)

    world.deliver(bounced(answer, action="delayed"))
    assert (ends(world, 2).state, world.case().undelivered) == ("bounce", "")
    world.deliver(bounced(answer))
    ended = ends(world, 3)

    assert (ended.state, ended.case_id, ended.reason) == ("bounce", "CASE-1", "550 5.1.1 User unknown")
    assert world.case().undelivered == "550 5.1.1 User unknown"
    assert world.case().message_count == 2


def test_a_bounce_of_somebody_elses_mail_touches_no_case(world: World, asked: EmailMessage) -> None:
    world.deliver(bounced(asked))

    ended = ends(world, 2)

    assert (ended.state, ended.case_id, world.case().undelivered) == ("bounce", None, "")


def test_our_own_answer_coming_back_is_nobodys_message(world: World, asked: EmailMessage) -> None:
    world.deliver(answers(world).as_bytes(policy=policy.SMTP))

    assert ends(world, 2).state == "own"
    assert world.case().message_count == 2


def test_while_the_mail_server_is_away_slack_is_not_and_the_answer_leaves_later(world: World) -> None:
    world.mail(f"Carla <{CARLA}>", "Printer", "It burns.")
    ends(world, 1)
    world.sandbox.pause_mailbox()
    message_id = world.bot.desk.replies.reply("CASE-1", "Pull the plug.", ADA)
    world.writes("cosmo", "Is anybody there?")
    world.until(lambda: world.find(SUPPORT, "CASE-2"))
    assert sending(world, message_id) == "waiting"
    world.sandbox.resume_mailbox()
    world.passes(minutes=1)

    world.until(lambda: sending(world, message_id) == "sent")

    assert len(world.sandbox.mailbox.inbox(CARLA)) == 1


def bounced(mail: EmailMessage, action: str = "failed") -> bytes:
    """What the customer's mail server reports about a mail."""
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.com>\r\nTo: support@desk.test\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{action}@mx.example.com>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {CARLA}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail['Message-ID']}\r\n"
        f"From: {mail['From']}\r\nTo: {mail['To']}\r\n\r\n--b--\r\n"
    ).encode()
