"""What the team writes among itself never reaches the customer. (Where the bot spoke is claimed of every journey.)"""

from bot.cases.models import Message
from tests.journeys.world import ALERTING, CARLA, CUSTOMERS, SUPPORT, World


def test_a_note_in_the_cards_thread_goes_nowhere(world: World) -> None:
    ts = world.workspace.say("cosmo", CUSTOMERS, "This is urgent!")
    world.mail(CARLA, "Printer", "It prints only blank pages.")
    alert = world.sees(ALERTING, "CASE-1")
    cards = [world.sees(SUPPORT, "Cosmo Customer"), world.sees(SUPPORT, "Printer")]

    for card in cards:
        world.workspace.say("ada", SUPPORT, "Between us: he never pays.", thread_ts=card["ts"])
    world.until(lambda: len([m for m in world.rows(Message) if m.internal]) == 2)
    world.settles()

    said = [message["text"] for message in world.workspace.thread(CUSTOMERS, ts)]
    assert said == ["This is urgent!"]
    assert world.workspace.messages(world.workspace.dm("cosmo")) == []
    assert world.sandbox.mailbox.inbox(CARLA) == []
    assert "never pays" not in world.command("cosmo", "status", CUSTOMERS)
    assert "needs somebody now" in world.now(alert, ALERTING)


def test_a_note_moves_no_clock(world: World) -> None:
    card = world.opens("cosmo", "Where is my invoice?")
    world.passes(hours=40)
    world.workspace.say("ada", SUPPORT, "Who looks after invoices?", thread_ts=card["ts"])
    world.settles()

    world.passes(hours=9)

    world.sees(ALERTING, "CASE-1", "our turn")
    assert world.case().message_count == 1
