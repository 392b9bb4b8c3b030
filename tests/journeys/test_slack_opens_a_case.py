"""A customer writes in Slack."""

from bot.cases.models import Case
from tests.journeys.world import CUSTOMERS, SUPPORT, World, has


def test_a_direct_message_opens_a_case(world: World) -> None:
    world.writes("cosmo", "Our shop shows an empty page.")

    card = world.sees(SUPPORT, "CASE-1")

    assert has(card, "Cosmo Customer", "U0COSMO", "Our shop shows an empty page.")
    assert world.case().customer_identifier == "U0COSMO"


def test_words_in_a_customer_channel_and_its_thread_belong_to_one_case(world: World) -> None:
    ts = world.workspace.say("carla", CUSTOMERS, "The export stops halfway.")
    card = world.sees(SUPPORT, "CASE-1")

    world.workspace.say("carla", CUSTOMERS, "At row 512, to be exact.", thread_ts=ts)
    world.writes("carla", "And I wrote it here as well.")

    world.sees_in_thread(card, "At row 512")
    world.sees_in_thread(card, "here as well")
    assert world.case().message_count == 3


def test_two_customers_in_one_thread_have_a_case_each(world: World) -> None:
    ts = world.workspace.say("carla", CUSTOMERS, "The export stops halfway.")
    world.workspace.say("cosmo", CUSTOMERS, "For me, too.", thread_ts=ts)

    world.sees(SUPPORT, "Carla Customer")
    world.sees(SUPPORT, "Cosmo Customer")

    assert {case.customer_identifier for case in world.rows(Case)} == {"U0CARLA", "U0COSMO"}


def test_talk_among_the_team_opens_nothing(world: World) -> None:
    world.workspace.say("ada", SUPPORT, "Who takes the early shift?")
    world.workspace.say("ada", CUSTOMERS, "Good morning, everybody.")
    world.settles()

    assert world.rows(Case) == []


def test_somebody_new_in_the_workspace_is_called_by_his_name(world: World) -> None:
    world.workspace.add_person("nora", "Nora Newcomer", "nora@customer.test")
    world.writes("nora", "Is this the right place?")

    assert has(world.sees(SUPPORT, "CASE-1", "Nora Newcomer"), "right place")
