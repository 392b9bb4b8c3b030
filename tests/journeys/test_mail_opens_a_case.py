"""A customer writes by mail."""

from pathlib import Path

from bot.cases.models import Message
from tests.journeys.world import ALERTING, CARLA, SUPPORT, World, has
from tests.mail import sealed

MAILS = Path(__file__).parents[2] / "fixtures" / "mail"


def test_a_mail_opens_a_case_and_its_card_stands_in_the_support_channel(any_mailbox: World) -> None:
    any_mailbox.deliver((MAILS / "new_plain.eml").read_bytes())

    card = any_mailbox.sees(SUPPORT, "CASE-1")

    assert has(card, "Carla Customer", CARLA, "The printer prints only blank pages", "since this morning")
    case = any_mailbox.case()
    assert (case.customer_identifier, case.status, case.message_count) == (CARLA, "open", 1)
    [message] = any_mailbox.rows(Message)
    assert (message.sender, message.is_admin, message.source) == (CARLA, False, "email")
    assert any_mailbox.find(ALERTING) is None


def test_the_customers_next_mail_joins_his_open_case_in_the_cards_thread(world: World) -> None:
    first = world.mail(CARLA, "Order 1017", "Where is it?")
    card = world.sees(SUPPORT, "CASE-1")

    world.mail(CARLA, "Re: Order 1017", "Any news?\n\n> Where is it?", in_reply_to=first["Message-ID"])

    assert has(world.sees_in_thread(card, "Any news?"), CARLA)
    world.until(lambda: "2 messages" in world.now(card))
    world.settles()
    assert world.case().message_count == 2
    assert len(world.workspace.messages(SUPPORT)) == 1


def test_every_sample_mail_is_taken_in(world: World) -> None:
    samples = sorted(MAILS.glob("*.eml"))

    for sample in samples:
        world.deliver(sample.read_bytes())
    world.settles()

    assert world.health()["status"] == "healthy"


def test_an_encrypted_mail_says_so_on_its_card_and_its_file_hangs_below(world: World) -> None:
    world.deliver(sealed.mail(sealed.content_info(sealed.ENVELOPED, b"\x02\x01\x00"), sender=f"Carla <{CARLA}>"))

    card = world.sees(SUPPORT, "CASE-1", "This mail is encrypted", "Open it in its mailbox")

    [file] = world.until(lambda: [each for reply in world.replies(card) for each in reply.get("files", [])])
    assert file["name"] == "smime.p7m"
    world.settles()
