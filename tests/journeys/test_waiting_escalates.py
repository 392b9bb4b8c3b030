"""48 hours pass and nobody moves."""

from tests.journeys.world import ALERTING, SUPPORT, World


def test_a_case_that_waits_over_48_hours_alerts_and_says_whose_turn_it_is(world: World) -> None:
    world.opens("cosmo", "Where is my invoice?")

    world.passes(hours=47, minutes=55)
    world.settles()
    assert world.find(ALERTING) is None
    world.passes(minutes=6)

    world.sees(ALERTING, "CASE-1", "waiting 48 h 01 min", "our turn")


def test_the_sweep_alerts_once(world: World) -> None:
    world.opens("cosmo", "Where is my invoice?")

    for _ in range(3):
        world.passes(hours=49)
        world.sees(ALERTING, "CASE-1")
    world.settles()

    assert len(world.workspace.messages(ALERTING)) == 1


def test_an_answered_case_waits_for_the_customer_and_says_so(world: World) -> None:
    ts = world.workspace.say("cosmo", "#customers", "Where is my invoice?")
    world.sees(SUPPORT, "CASE-1")
    world.workspace.join("ada", "#customers")
    world.passes(hours=40)
    world.workspace.say("ada", "#customers", "Which one, please?", thread_ts=ts)
    world.settles()

    world.passes(hours=40)
    world.settles()
    assert world.find(ALERTING) is None
    world.passes(hours=9)

    world.sees(ALERTING, "CASE-1", "the customer's turn")


def test_an_acknowledged_case_has_48_hours_more(world: World) -> None:
    world.opens("cosmo", "Where is my invoice?")
    world.passes(hours=49)
    alert = world.sees(ALERTING, "CASE-1")
    world.clicks("ada", alert, "case_acknowledge", ALERTING)

    world.passes(hours=47)
    world.settles()
    assert len(world.workspace.messages(ALERTING)) == 1
    world.passes(hours=2)

    world.until(lambda: world.workspace.messages(ALERTING)[1])
