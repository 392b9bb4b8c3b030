"""A customer shouts."""

from bot.cases.models import Escalation
from tests.journeys.world import ALERTING, CARLA, SUPPORT, World, has


def test_an_urgent_mail_alerts_before_any_sweep(world: World) -> None:
    world.mail(CARLA, "URGENT: nobody can log in", "None of our forty people can.")

    alert = world.sees(ALERTING, "CASE-1", "urgent")

    assert has(alert, "nobody can log in")
    assert world.case().escalated


def test_an_urgent_message_in_slack_alerts_at_once(world: World) -> None:
    world.writes("cosmo", "This is an emergency: the shop is down.")

    world.sees(ALERTING, "CASE-1", "says “emergency”", "the shop is down")


def test_further_reasons_join_the_alert_that_waits(world: World) -> None:
    world.writes("cosmo", "This is urgent.")
    alert = world.sees(ALERTING, "CASE-1")

    world.writes("cosmo", "It is critical now!")
    world.until(lambda: "says “critical”" in world.now(alert, ALERTING))
    world.passes(hours=49)
    world.settles()

    assert len(world.workspace.messages(ALERTING)) == 1
    assert "says “urgent”" in world.now(alert, ALERTING)
    [escalation] = world.rows(Escalation)
    assert [reason["kind"] for reason in escalation.reasons] == ["keyword", "keyword"]


def test_a_word_that_only_contains_one_is_no_shout(world: World) -> None:
    world.writes("cosmo", "The insurgents in the novel you printed are missing a page.")
    world.sees(SUPPORT, "CASE-1")
    world.settles()

    assert world.find(ALERTING) is None


def test_what_the_team_says_is_no_shout(world: World) -> None:
    card = world.opens("cosmo", "The door code does not work.")

    world.workspace.say("ada", SUPPORT, "Is this urgent?", thread_ts=card["ts"])
    world.settles()

    assert world.find(ALERTING) is None
