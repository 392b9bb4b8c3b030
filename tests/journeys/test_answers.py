"""An admin answers where the customer reads."""

from bot.cases.models import Message
from tests.journeys.world import ALERTING, CARLA, CUSTOMERS, SUPPORT, World, buttons


def test_an_answer_in_the_customers_thread_acknowledges_the_alert(world: World) -> None:
    ts = world.workspace.say("cosmo", CUSTOMERS, "This is urgent!")
    alert = world.sees(ALERTING, "CASE-1")
    card = world.sees(SUPPORT, "CASE-1")
    world.workspace.join("amos", CUSTOMERS)

    world.workspace.say("amos", CUSTOMERS, "I am looking at it.", thread_ts=ts)

    world.until(lambda: "answered by Amos Admin" in world.now(alert, ALERTING))
    world.sees_in_thread(card, "Amos Admin", "answered", "I am looking at it.")
    assert buttons(world.workspace.message(ALERTING, alert["ts"])) == {}


def test_an_answer_by_mail_is_in_the_timeline_and_acknowledges(any_mailbox: World) -> None:
    first = any_mailbox.mail(CARLA, "Printer", "Urgent: it burns.")
    alert = any_mailbox.sees(ALERTING, "CASE-1")

    answer = "Please pull the plug."
    any_mailbox.mail("Ada Admin <ada@desk.test>", "Re: Printer", answer, in_reply_to=first["Message-ID"], to=CARLA)

    any_mailbox.until(lambda: "answered by" in any_mailbox.now(alert, ALERTING))
    any_mailbox.settles()
    assert [message.is_admin for message in any_mailbox.rows(Message)] == [False, True]
    assert any_mailbox.case().message_count == 2
