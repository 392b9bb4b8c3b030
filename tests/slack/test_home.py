"""App Home: drawn at each visit, for admins the desk, for customers their own cases."""

import pytest

from tests.slack import payloads
from tests.slack.payloads import ADA, CARLA, COSMO
from tests.slack.world import SlackWorld, words_of


@pytest.fixture
def desk(world: SlackWorld) -> SlackWorld:
    world.hears(payloads.message("My order 1047", CARLA), payloads.message("This is urgent", COSMO))
    return world


def home_of(world: SlackWorld, user: str) -> str:
    world.hears(payloads.home_opened(user))
    return words_of(world.seen(lambda: world.workspace.home(user)))


def test_an_admin_sees_the_desk(desk: SlackWorld) -> None:
    home = home_of(desk, ADA)

    assert "*2* open · *2* waiting for us · *1* escalated" in home
    assert "*CASE-1*" in home
    assert "*CASE-2*" in home
    assert "Acknowledge" in home


def test_a_customer_sees_his_own_cases_and_no_buttons(desk: SlackWorld) -> None:
    home = home_of(desk, CARLA)

    assert "*CASE-1*" in home
    assert "CASE-2" not in home
    assert "Close" not in home


def test_who_has_no_case_is_told_how_to_get_one(desk: SlackWorld) -> None:
    desk.workspace.add_person("dora", "Dora Delgado")

    assert "Write to me" in home_of(desk, "U0DORA")


def test_the_messages_tab_draws_nothing(desk: SlackWorld) -> None:
    desk.hears(payloads.home_opened(ADA, tab="messages"))
    desk.slack.asides.close()

    assert desk.workspace.called("views.publish") == []


def test_a_home_that_slack_refuses_is_drawn_at_the_next_visit(desk: SlackWorld) -> None:
    desk.sandbox.faults.fail("views.publish")

    desk.hears(payloads.home_opened(ADA))

    assert "*CASE-1*" in home_of(desk, ADA)
