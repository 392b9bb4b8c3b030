"""A slow Slack: every interaction is acked at once all the same, and what follows arrives later."""

from bot.slack.action_ids import ACKNOWLEDGE, CLOSE, REPLY, STOP_REPLY, Shortcut
from tests.slack.hands import Hands


def test_every_interaction_is_acked_while_slack_takes_its_time(hands: Hands) -> None:
    """Slack waits 3 s for an ack; each call takes longer than that here, so that no ack can have waited for one."""
    hands.opens("It is urgent")
    lunch = hands.workspace.say("amos", "#customers", "Lunch?")
    hands.press(REPLY, "CASE-1:2")
    hands.submit(text="Soon")
    offer = hands.whisper("leaves in")
    drawn = hands.drawn({REPLY: "CASE-1:2", ACKNOWLEDGE: "CASE-1:2", CLOSE: "CASE-1:2"})
    hands.world.sandbox.link.ack_timeout = 3.0
    hands.world.sandbox.faults.slow("views.open", 1.0, times=100)
    hands.world.sandbox.faults.slow(seconds=4.0, times=100)

    outcomes = [
        hands.press_in(offer, STOP_REPLY).outcome,
        hands.workspace.click("ada", "#support", drawn, REPLY).outcome,
        hands.workspace.shortcut("amos", "#customers", lunch, Shortcut.ADD_TO_CASE).outcome,
        hands.workspace.command("ada", "#support", "/case", "list").outcome,
        hands.workspace.click("amos", "#support", drawn, ACKNOWLEDGE).outcome,
        hands.workspace.click("amos", "#support", drawn, CLOSE).outcome,
    ]
    hands.workspace.react("ada", "#customers", lunch, "ticket")
    hands.settles()

    hands.world.sandbox.faults.clear()  # what was asked already still takes its time

    assert set(outcomes) == {"acked"}
    assert hands.world.sandbox.link.timeouts == []
    assert hands.world.sandbox.link.retried == 0
    assert hands.form("ada")["callback_id"] == "form_reply"
    assert hands.form("amos")["callback_id"] == "form_add_to_case"
    assert hands.whisper("Stopped; nobody got it.")
    assert hands.submit(text="Too late, for Amos closed it") == {}
    assert "Amos Admin closed CASE-1" in str(hands.form("ada"))


def test_a_form_that_slack_refuses_to_open_is_told(hands: Hands) -> None:
    hands.opens()
    hands.world.sandbox.faults.refuse("views.open", "expired_trigger_id")

    assert hands.press(REPLY, "CASE-1:1").acked

    assert hands.whisper("Slack took too long to open the form. Please try once more.")
