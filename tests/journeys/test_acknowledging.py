"""An admin says: I have it."""

from bot.slack.action_ids import ACKNOWLEDGE
from tests.journeys.world import ALERTING, SUPPORT, World, buttons


def test_alert_and_card_are_edited_in_place(world: World) -> None:
    card = world.opens("cosmo", "This is urgent!")
    alert = world.sees(ALERTING, "CASE-1")

    assert world.clicks("ada", alert, ACKNOWLEDGE, ALERTING).acked

    world.until(lambda: "acknowledged by Ada Admin" in world.now(alert, ALERTING))
    world.until(lambda: "open, escalated before" in world.now(card))
    [standing] = world.workspace.messages(ALERTING)
    assert list(buttons(standing)) == ["Un-acknowledge", "Close"]
    assert world.case().escalated


def test_the_second_click_is_refused_in_private(world: World) -> None:
    world.opens("cosmo", "This is urgent!")
    alert = world.sees(ALERTING, "CASE-1")
    world.settles()
    world.sandbox.faults.slow("chat.update", 0.5, times=2)  # Amos still sees the button
    world.clicks("ada", alert, ACKNOWLEDGE, ALERTING)

    world.clicks("amos", alert, ACKNOWLEDGE, ALERTING)

    assert world.told("amos").startswith("Ada Admin acknowledged CASE-1")
    world.settles()
    assert "Amos" not in world.now(alert, ALERTING)
    assert world.workspace.ephemerals("ada") == []


def test_after_it_the_next_shout_is_a_new_alert(world: World) -> None:
    world.opens("cosmo", "This is urgent!")
    world.clicks("ada", world.sees(ALERTING, "CASE-1"), ACKNOWLEDGE, ALERTING)
    world.sees(ALERTING, "acknowledged by")

    world.writes("cosmo", "Really urgent!")

    second = world.until(lambda: world.workspace.messages(ALERTING)[1])
    assert list(buttons(second)) == ["Acknowledge", "Close", "Snooze…"]
    assert world.sees(SUPPORT, "CASE-1", "escalated")
