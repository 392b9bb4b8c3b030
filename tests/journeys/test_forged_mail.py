"""Somebody writes in an admin's name, and the mail server does not vouch for it."""

from email.message import EmailMessage

from bot.cases.models import Message, Question
from bot.slack.action_ids import CONFIRM, IGNORE
from tests.journeys.world import CARLA, LOGGING, SUPPORT, Json, World, buttons

ADA = "Ada Admin <ada@desk.test>"
ASKED = ("ada@desk.test asks to close CASE-1, sender not verified",)


def forged(world: World) -> Json:
    """A forged closure arrives; returns the question it becomes."""
    first: EmailMessage = world.mail(CARLA, "Printer", "It prints only blank pages.")
    world.sees(SUPPORT, "CASE-1")
    world.mail(ADA, "Re: Printer", "I'm closing this case.", verified=False, in_reply_to=first["Message-ID"])
    return world.sees(SUPPORT, *ASKED)


def test_it_becomes_a_question_and_changes_nothing(any_mailbox: World) -> None:
    question = forged(any_mailbox)
    any_mailbox.settles()

    assert list(buttons(question)) == ["Confirm", "Ignore"]
    assert (any_mailbox.case().status, any_mailbox.case().message_count) == ("open", 1)
    assert len(any_mailbox.rows(Message)) == 1
    assert any_mailbox.texts(LOGGING) == []


def test_an_admin_who_confirms_closes(world: World) -> None:
    question = forged(world)

    world.clicks("amos", question, CONFIRM)

    world.sees(LOGGING, "Case #CASE-1 closed at", "by Amos Admin")
    world.until(lambda: "confirmed by Amos Admin" in world.now(question))
    assert buttons(world.workspace.message(SUPPORT, question["ts"])) == {}


def test_an_admin_who_ignores_leaves_all_as_it_was(world: World) -> None:
    question = forged(world)

    world.clicks("amos", question, IGNORE)

    world.until(lambda: "ignored by Amos Admin" in world.now(question))
    world.settles()
    assert world.case().status == "open"
    assert world.texts(LOGGING) == []


def test_a_customer_can_not_confirm(world: World) -> None:
    question = forged(world)
    world.workspace.join("cosmo", SUPPORT)

    world.clicks("cosmo", question, CONFIRM)

    assert "Only the support team's admins can do that" in world.told("cosmo")
    assert world.rows(Question)[0].decided_at is None
    assert world.case().status == "open"


def test_a_customer_who_quotes_the_phrase_closes_nothing(world: World) -> None:
    world.mail(CARLA, "Printer", "It prints only blank pages.")
    card = world.sees(SUPPORT, "CASE-1")

    quoting = "No, please!\n\nOn Wed, Ada Admin wrote:\n> I'm closing this case."
    world.mail(CARLA, "Re: Printer", quoting)

    world.sees_in_thread(card, "No, please!")
    world.settles()
    assert world.case().status == "open"


def test_an_admin_who_quotes_the_phrase_closes_nothing(world: World) -> None:
    first = world.mail(CARLA, "Printer", "It prints only blank pages.")
    card = world.sees(SUPPORT, "CASE-1")

    quoting = "We are not done here.\n\nOn Wed, Amos Admin wrote:\n> I'm closing this case."
    world.mail(ADA, "Re: Printer", quoting, in_reply_to=first["Message-ID"], to=CARLA)

    world.sees_in_thread(card, "We are not done here.")
    world.settles()
    assert world.case().status == "open"
