"""Slack or the mailbox goes away, and comes back."""

from datetime import timedelta

from bot.cases.models import Message
from tests.journeys.world import ALERTING, CARLA, SUPPORT, World


def service(world: World, name: str) -> str:
    state: str = world.health()["services"][name]
    return state


def test_without_its_mailbox_slack_goes_on_and_health_says_so(world: World) -> None:
    world.sandbox.pause_mailbox()
    world.until(lambda: service(world, "email_listener") == "failing")
    assert world.health()["status"] == "degraded"
    world.writes("cosmo", "Urgent, the shop is down!")
    world.sees(ALERTING, "CASE-1")

    world.sandbox.resume_mailbox()
    world.mail(CARLA, "Printer", "Sent while nobody could fetch it.")

    world.sees(SUPPORT, "CASE-2", "nobody could fetch it")
    world.until(lambda: world.health()["status"] == "healthy")


def test_an_alert_raised_while_slack_is_away_is_posted_once_it_is_back(world: World) -> None:
    world.sandbox.pause_slack()
    world.mail(CARLA, "Printer", "Urgent: it burns.")
    world.until(lambda: world.rows(Message))
    world.until(lambda: service(world, "slack") == "failing")

    world.sandbox.resume_slack()

    world.sees(ALERTING, "CASE-1", "it burns")
    world.sees(SUPPORT, "CASE-1")
    world.settles()
    assert len(world.workspace.messages(ALERTING)) == 1
    assert len(world.workspace.messages(SUPPORT)) == 1
    world.until(lambda: world.health()["status"] == "healthy")


def test_a_post_whose_answer_was_lost_stands_once(world: World) -> None:
    world.sandbox.faults.reset_after("chat.postMessage", times=3)

    world.writes("cosmo", "Urgent, the shop is down!")

    world.sees(ALERTING, "CASE-1")
    world.sees(SUPPORT, "CASE-1")
    world.settles()
    assert len(world.workspace.messages(ALERTING)) == 1
    assert len(world.workspace.messages(SUPPORT)) == 1


def test_a_rate_limit_is_waited_out(world: World) -> None:
    world.sandbox.faults.rate_limit("chat.postMessage", times=2, retry_after=1)

    world.writes("cosmo", "Urgent, the shop is down!")

    world.sees(ALERTING, "CASE-1")
    world.sees(SUPPORT, "CASE-1")
    world.settles()
    assert len(world.workspace.messages(ALERTING)) == 1
    assert len(world.workspace.messages(SUPPORT)) == 1


def test_a_fresh_connection_hears_what_waited(world: World) -> None:
    world.sandbox.link.disconnect("refresh_requested")
    world.writes("cosmo", "Said in between.")

    world.sees(SUPPORT, "CASE-1", "Said in between.")
    world.until(lambda: world.health()["status"] == "healthy")


def test_the_same_event_again_is_one_message(world: World) -> None:
    world.writes("cosmo", "Urgent, the shop is down!")
    world.sees(SUPPORT, "CASE-1")
    world.sandbox.link.cut()  # acks on their way are lost; Slack sends again

    world.writes("cosmo", "Second")
    world.until(lambda: len(world.rows(Message)) == 2)
    world.settles()

    assert world.case().message_count == 2
    assert len(world.workspace.messages(ALERTING)) == 1


def test_what_was_written_while_the_bot_was_stopped_is_taken_in(world: World) -> None:
    world.opens("cosmo", "First")
    world.settles()
    world.stop()

    world.mail(CARLA, "Printer", "Urgent: it burns.")
    world.writes("cosmo", "Second")
    world.start()

    world.sees(ALERTING, "CASE-2", "it burns")
    world.until(lambda: world.case().message_count == 2)
    world.settles()
    assert len(world.workspace.messages(SUPPORT)) == 2


def test_after_an_hour_away_all_is_in_and_one_line_tells_of_it(world: World) -> None:
    card = world.opens("cosmo", "First")
    world.settles()
    world.stop()
    world.sandbox.link.keeps_events = False  # Slack gives up long before an hour
    world.mail(CARLA, "Printer", "Urgent: it burns.")
    world.writes("cosmo", "Second")
    world.workspace.say("ada", SUPPORT, "I'm closing this case.", str(card["ts"]))
    world.sandbox.advance(timedelta(minutes=55))

    world.start()
    world.sees(ALERTING, "CASE-2", "it burns")
    world.until(lambda: world.case().status == "closed")
    assert world.case().message_count == 2
    world.passes(seconds=30)

    recap = world.sees(SUPPORT, "Away")
    assert "1 mail, 2 Slack messages taken in, 1 escalation fell due." in recap["text"]
    assert "Reactions and button clicks of that time are not known to me." in recap["text"]
    world.settles()
    assert len([text for text in world.texts(SUPPORT) if text.startswith("Away")]) == 1


def test_a_socket_that_hears_nothing_any_more_costs_no_message(world: World) -> None:
    world.opens("cosmo", "First")
    world.sandbox.link.ack_timeout = 0.2
    world.sandbox.link.deafen()
    world.writes("cosmo", "Second")
    world.until(lambda: world.sandbox.link.lost or None)

    world.bot.slack.connection.renew()  # as the patrol does, which takes its time

    world.until(lambda: world.case().message_count == 2)
    world.until(lambda: world.health()["status"] == "healthy")
