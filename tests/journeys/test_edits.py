"""A customer changes what he said, or takes it back."""

from bot.cases.models import Message
from tests.journeys.world import ALERTING, LOGGING, SUPPORT, World


def test_an_edit_is_told_in_the_thread_with_both_wordings(world: World) -> None:
    ts = world.writes("cosmo", "The code is 1017.")
    card = world.sees(SUPPORT, "CASE-1")

    world.workspace.edit("cosmo", world.workspace.dm("cosmo"), ts, "The code is 1018.")

    world.sees_in_thread(card, "edited a message", "The code is 1017.", "The code is 1018.")
    world.until(lambda: "The code is 1018." in world.now(card))
    assert world.case().message_count == 1


def test_an_edit_that_shouts_escalates(world: World) -> None:
    ts = world.writes("cosmo", "The door is open.")
    world.sees(SUPPORT, "CASE-1")

    world.workspace.edit("cosmo", world.workspace.dm("cosmo"), ts, "The door is open. Urgent!")

    world.sees(ALERTING, "CASE-1", "urgent")


def test_an_edit_into_the_phrase_closes_nothing(world: World) -> None:
    card = world.opens("cosmo", "The door code does not work.")
    ts = world.workspace.say("ada", SUPPORT, "Nearly done.", thread_ts=card["ts"])
    world.settles()

    world.workspace.edit("ada", SUPPORT, ts, "I'm closing this case.")
    world.until(lambda: world.rows(Message)[1].body == "I'm closing this case.")
    world.settles()

    assert world.case().status == "open"
    assert world.texts(LOGGING) == []


def test_a_deleted_message_keeps_its_words_with_the_case(world: World) -> None:
    ts = world.writes("cosmo", "My password is swordfish.")
    card = world.sees(SUPPORT, "CASE-1")

    world.workspace.delete("cosmo", world.workspace.dm("cosmo"), ts)

    world.sees_in_thread(card, "deleted a message")
    [message] = world.rows(Message)
    assert message.deleted_at is not None
    assert message.body == "My password is swordfish."
