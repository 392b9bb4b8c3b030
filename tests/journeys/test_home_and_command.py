"""What people are shown when they ask: App Home and /case."""

import pytest

from bot.sandbox.workspace import text_of
from bot.slack.action_ids import CLOSE
from tests.journeys.world import ALERTING, CUSTOMERS, SUPPORT, World

ANSWERS = [
    ("", ["*2* open", "CASE-1", "CASE-2"]),
    ("status", ["*2* open"]),
    ("status CASE-1", ["CASE-1 is open", "This is urgent!", "escalated"]),
    ("status 2", ["CASE-2 is open", "Carla Customer"]),
    ("list", ["Open cases", "CASE-1", "CASE-2"]),
    ("list escalated", ["Escalated cases", "CASE-1"]),
    ("list closed", ["No closed cases."]),
    ("list lost", ["is no list"]),
    ("close", ["Which case?", "/case close CASE-42 [reason]"]),
    ("close CASE-99", ["There is no CASE-99"]),
    ("help", ["/case escalate CASE-42 [reason]"]),
    ("dance", ["is nothing I can do"]),
]


def with_two_cases(world: World) -> World:
    world.opens("cosmo", "This is urgent!")
    world.opens("carla", "Where is my invoice?")
    world.sees(ALERTING, "CASE-1")
    world.settles()
    return world


@pytest.fixture(scope="module")
def two_cases(lasting_world: World) -> World:
    """For those who only ask."""
    return with_two_cases(lasting_world)


@pytest.fixture
def own_cases(world: World) -> World:
    return with_two_cases(world)


def home_of(world: World, user: str, *words: str) -> str:
    """App Home once it shows these words."""

    def shown() -> str | None:
        text = text_of(world.workspace.home(user) or {})
        return text if all(word in text for word in words) else None

    return world.until(shown)


def test_an_admins_home_shows_the_desk(two_cases: World) -> None:
    two_cases.workspace.open_home("ada")

    assert home_of(two_cases, "ada", "*2* open", "*1* escalated", "CASE-1", "CASE-2", "Cosmo Customer")


def test_a_case_closed_in_app_home_leaves_it(own_cases: World) -> None:
    own_cases.workspace.open_home("ada")
    home_of(own_cases, "ada", "CASE-2")

    own_cases.workspace.click_home("ada", CLOSE, f"CASE-2:{own_cases.case('CASE-2').version}")

    assert "CASE-2" not in home_of(own_cases, "ada", "*1* open")


def test_a_customers_home_shows_his_own_cases_only(two_cases: World) -> None:
    two_cases.workspace.open_home("carla")

    text = home_of(two_cases, "carla", "Your cases", "CASE-2", "Where is my invoice?")
    assert "CASE-1" not in text
    assert "Cosmo" not in text


def test_an_admin_asks(two_cases: World) -> None:
    answers = {typed: two_cases.command("ada", typed) for typed, _ in ANSWERS}

    assert [(typed, word) for typed, words in ANSWERS for word in words if word not in answers[typed]] == []


def test_a_customer_asks_for_his_own(two_cases: World) -> None:
    answer = two_cases.command("carla", "status", CUSTOMERS)

    assert "CASE-2" in answer
    assert "CASE-1" not in answer
    assert "/case close" not in two_cases.command("carla", "help", CUSTOMERS)


def test_escalating_by_hand_alerts_with_the_reason(own_cases: World) -> None:
    assert "is escalated" in own_cases.command("ada", "escalate CASE-2 The boss called")

    own_cases.sees(ALERTING, "CASE-2", "Ada Admin asks: The boss called")
    own_cases.sees(SUPPORT, "CASE-2", "escalated")
