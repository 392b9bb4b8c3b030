"""An unchanged Bolt app, over Socket Mode, does in the sandbox what it does in Slack."""

from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import text_of


def test_a_message_is_answered_and_its_button_works(bolt: Sandbox) -> None:
    workspace = bolt.workspace

    workspace.say("carla", "#customers", "hello there")
    answer = workspace.wait_for(
        lambda: next(m for m in workspace.messages("#customers") if "Hi" in m["text"]), timeout=15
    )
    clicked = workspace.click("carla", "#customers", answer["ts"], "go")

    assert answer["text"] == "Hi <@U0CARLA>"
    assert text_of(answer).splitlines() == ["Hi <@U0CARLA>", "Go"]
    assert clicked.acked
    assert workspace.wait_for(lambda: workspace.ephemerals("carla"))[-1]["text"] == "You went."


def test_a_command_is_answered_to_its_asker_alone(bolt: Sandbox) -> None:
    asked = bolt.workspace.command("ada", "#support", "/case", "status of @carla")

    assert asked.acked
    assert bolt.workspace.ephemerals("ada")[-1]["text"] == "You asked: status of <@U0CARLA|carla>"
    assert bolt.workspace.messages("#support") == []


def test_a_burst_of_three_thousand_messages_is_acked_whole(bolt: Sandbox) -> None:
    bolt.link.ack_timeout = 40  # a busy machine is slow, and nothing is to be said again because of that
    for number in range(3000):
        bolt.workspace.say("cosmo", "#customers", f"line {number}")

    bolt.settle(timeout=40)

    assert bolt.link.lost == []
