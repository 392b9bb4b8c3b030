"""The mail sender: once to the customer, whatever the server does, and the team hears when it can't be."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.cases.inbound import Attached
from bot.db import Database
from bot.mail.sender import GIVE_UP_AFTER, MailSender
from bot.outbox.models import DeliveryState
from bot.outbox.sending import Away, Later, Posted, Refused, Unsure
from tests.cases.desk import CARA
from tests.mail.samples import settings
from tests.senders.post_office import PostOffice
from tests.services.smtp import MailServer, mail_server


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def office(mail_database: Database, server: MailServer) -> PostOffice:
    return PostOffice(mail_database, server)


def test_an_answer_reaches_the_customer_and_becomes_a_fact(office: PostOffice) -> None:
    answered = office.answers()

    office.deliver()

    [mail] = office.server.taken
    assert (mail["To"], mail["Subject"], mail["In-Reply-To"]) == (
        "Cara <cara@customer.example>", "Re: Printer", "<m1@customer.example>",
    )  # fmt: skip
    assert (office.message(answered).sending, office.message(answered).reference) == ("sent", mail["Message-ID"])
    [receipt] = office.receipts()
    assert (receipt.place, receipt.external_id) == (f"email:{CARA.identity}", mail["Message-ID"])


def test_a_second_answer_hangs_below_the_first(office: PostOffice) -> None:
    office.answers("One.")
    office.deliver()
    office.answers("Two.")
    office.deliver()

    first, second = office.server.taken
    assert second["References"].split() == [first["Message-ID"], "<m1@customer.example>"]


def test_five_answers_that_waited_together_are_five_mails_in_their_order(office: PostOffice) -> None:
    for number in range(5):
        office.answers(f"Answer {number}")

    office.deliver()

    said = re.findall(rb"^Answer \d", b"".join(office.server.raw), re.MULTILINE)
    assert said == [f"Answer {number}".encode() for number in range(5)]
    assert {delivery.state for delivery in office.replies()} == {DeliveryState.SENT}


PICTURE = Attached(name="plug.png", content_type="image/png", size=4, held="slack:F1")


def test_files_go_with_it(office: PostOffice) -> None:
    office.drawer.files["slack:F1"] = b"\x89PNG"
    office.answers("See the picture.", [PICTURE])

    office.deliver()

    [file] = office.server.taken[0].iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("plug.png", b"\x89PNG")


def test_without_a_file_that_is_gone_nothing_is_sent(office: PostOffice) -> None:
    office.drawer.files["slack:F1"] = LookupError("it was deleted in Slack")
    answered = office.answers("See.", [PICTURE])

    office.deliver()

    assert office.server.taken == []
    assert office.message(answered).failure == "not sent, for its file plug.png can't be had: it was deleted in Slack"


@pytest.mark.parametrize("trouble", [Away("Slack is away"), Unsure("HTTP 503")])
def test_a_file_that_can_not_be_read_now_is_waited_for(office: PostOffice, trouble: Exception) -> None:
    """Never as Away, which would hold up Slack too, and never as a doubt: nothing has left."""
    office.drawer.files["slack:F1"] = trouble
    office.answers("See.", [PICTURE])

    with pytest.raises(Later, match=r"plug\.png can't be read now") as later:
        office.sender.send(office.parcel())
    office.drawer.files["slack:F1"] = b"\x89PNG"
    office.deliver()

    assert not later.value.whole_place
    assert len(office.server.taken) == 1


def test_an_address_that_is_refused_is_told_on_the_case(office: PostOffice) -> None:
    office.server.answers["RCPT"] = "550 5.1.1 No such user here"
    answered = office.answers()

    office.deliver()

    assert (office.message(answered).sending, office.case().undelivered) == ("failed", "550 5.1.1 No such user here")
    assert office.sender.problem == ""


def test_a_mail_that_is_put_off_is_tried_again_with_growing_patience(office: PostOffice) -> None:
    office.server.answers["RCPT"] = "451 4.7.1 Greylisted"
    office.answers()
    pauses = []

    for _ in range(4):
        with pytest.raises(Later, match="Greylisted") as later:
            office.sender.send(office.parcel())
        assert not later.value.whole_place
        pauses.append(later.value.seconds)
        office.passes(seconds=later.value.seconds)
    office.server.answers.clear()
    office.deliver()

    assert pauses == sorted(pauses)
    assert len(office.server.taken) == 1


def test_a_mail_that_is_put_off_for_a_day_is_given_up_and_told(office: PostOffice) -> None:
    office.server.answers["RCPT"] = "452 4.2.2 Mailbox full"
    office.answers()

    office.desk.clock.advance(GIVE_UP_AFTER + timedelta(minutes=1))
    office.deliver()

    assert office.case().undelivered == "452 4.2.2 Mailbox full, for 24 hours now"


def test_while_the_server_is_away_all_mail_waits_and_the_pauses_grow(office: PostOffice) -> None:
    office.server.answers["MAIL"] = "421 4.3.2 Going down"
    office.answers()
    pauses = []

    for _ in range(8):
        with pytest.raises(Later, match="not ready: 421") as later:
            office.sender.send(office.parcel())
        assert later.value.whole_place
        pauses.append(later.value.seconds)

    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300]
    assert "Going down" in office.sender.problem
    office.server.answers.clear()
    office.sender.send(office.parcel())
    assert office.sender.problem == ""


def test_an_answer_that_was_lost_is_sent_again_as_the_same_mail(office: PostOffice) -> None:
    office.server.hangs_up_after = "DATA"
    office.answers()
    office.deliver()
    office.server.hangs_up_after = ""
    office.passes(seconds=60)

    office.deliver()

    first, second = office.server.raw
    assert first.partition(b"From: ")[2] == second.partition(b"From: ")[2]
    assert len({mail["Message-ID"] for mail in office.server.taken}) == 1
    assert len(office.receipts()) == 1


def test_a_server_that_never_answers_is_not_fed_for_ever(office: PostOffice) -> None:
    office.server.hangs_up_after = "DATA"
    office.answers()

    for _ in range(6):
        office.deliver()
        office.passes(minutes=10)

    assert len(office.server.taken) == 3
    assert office.case().undelivered.startswith("nobody knows whether the customer got it")


def test_what_the_database_could_not_note_is_not_sent_again(office: PostOffice) -> None:
    office.answers()
    first = office.sender.send(office.parcel())

    office.passes(minutes=1)
    office.deliver()

    assert len(office.server.taken) == 1
    assert [receipt.external_id for receipt in office.receipts()] == [first.external_id]


def test_a_process_that_died_in_the_middle_sends_the_same_mail_again(office: PostOffice) -> None:
    """The receipt was never kept: the next process sends once more, and the reader's program sees one mail."""
    office.answers()
    posted = office.sender.send(office.parcel())
    office.begin_again()

    office.deliver()

    assert [mail["Message-ID"] for mail in office.server.taken] == [posted.external_id] * 2
    [receipt] = office.receipts()
    assert receipt.external_id == posted.external_id


def test_without_a_server_nothing_is_sent_and_the_case_says_so(office: PostOffice) -> None:
    office.answers()
    sender = MailSender(settings(), office.desk.clock, office.desk.queries, office.drawer.read)

    with pytest.raises(Refused, match="SMTP_SERVER is not set"):
        sender.send(office.parcel())


def test_the_receipt_names_mail_and_customer(office: PostOffice) -> None:
    office.answers()

    posted = office.sender.send(office.parcel())

    token = office.replies()[0].delivery_id
    assert posted == Posted(f"email:{CARA.identity}", f"<casebot.{token}@desk.test>")
