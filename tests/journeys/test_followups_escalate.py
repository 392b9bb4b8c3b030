"""A customer asks again and again, and nobody answers."""

from bot.cases.models import Escalation
from tests.journeys.world import ALERTING, CARLA, SUPPORT, World, buttons, has


def test_the_fourth_message_without_an_answer_escalates(world: World) -> None:
    for words in ("Where is my parcel?", "Any news?", "Hello?"):
        world.mail(CARLA, "Order 1017", words)
    world.settles()
    assert world.find(ALERTING) is None

    world.mail(CARLA, "Order 1017", "Is anybody there?")

    alert = world.sees(ALERTING, "CASE-1", "4th message without an answer")
    assert has(alert, "Is anybody there?", CARLA)
    assert list(buttons(alert)) == ["Acknowledge", "Close", "Snooze…"]
    world.sees(SUPPORT, "CASE-1", "escalated")


def test_further_messages_leave_it_at_one_alert(world: World) -> None:
    for number in range(7):
        world.writes("cosmo", f"Message number {number}")
    world.sees(ALERTING, "CASE-1")
    world.settles()

    assert len(world.workspace.messages(ALERTING)) == 1
    assert len(world.rows(Escalation)) == 1


def test_after_an_answer_the_count_starts_anew(world: World) -> None:
    for words in ("One", "Two", "Three"):
        ts = world.writes("cosmo", words)
    world.settles()

    world.workspace.say("ada", world.workspace.dm("ada"), "Talk that belongs to no case")
    world.workspace.join("ada", "#customers")
    asked = world.workspace.say("cosmo", "#customers", "Four, and here") if ts else ""
    world.sees(ALERTING, "CASE-1", "4th")
    world.workspace.say("ada", "#customers", "Here I am.", thread_ts=asked)
    world.sees(ALERTING, "CASE-1", "answered by Ada Admin")
    for words in ("Five", "Six", "Seven"):
        world.writes("cosmo", words)
    world.settles()

    assert len(world.workspace.messages(ALERTING)) == 1
