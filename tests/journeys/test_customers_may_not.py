"""A customer can't act on a case, nor see another's."""

import pytest

from bot.cases.models import Case
from bot.slack.action_ids import ACKNOWLEDGE, CLOSE
from tests.journeys.world import ALERTING, LOGGING, SUPPORT, Json, World

REFUSED = "Only the support team's admins can do that. Nothing was changed."


@pytest.fixture(scope="module")
def world(lasting_world: World) -> World:
    """Cosmo's urgent case; Carla has strayed into the team's channels."""
    lasting_world.opens("cosmo", "Our secret shop is down, urgent!")
    lasting_world.sees(ALERTING, "CASE-1")
    for channel in (SUPPORT, ALERTING):
        lasting_world.workspace.join("carla", channel)
    lasting_world.settles()
    return lasting_world


@pytest.fixture
def alert(world: World) -> Json:
    return world.sees(ALERTING, "CASE-1")


@pytest.fixture
def told_before(world: World) -> int:
    """How many private words Carla got in the tests before."""
    return len(world.workspace.ephemerals("carla"))


def as_it_was(world: World) -> bool:
    world.settles()
    [case] = world.rows(Case)
    return case.status == "open" and case.version == 2 and world.texts(LOGGING) == []


@pytest.mark.parametrize("action_id", [ACKNOWLEDGE, CLOSE])
def test_his_click_is_refused_in_private(world: World, alert: Json, told_before: int, action_id: str) -> None:
    world.clicks("carla", alert, action_id, ALERTING)

    assert REFUSED in world.told("carla", told_before)
    assert as_it_was(world)


@pytest.mark.parametrize("typed", ["close CASE-1", "escalate CASE-1 now"])
def test_his_command_is_refused(world: World, typed: str) -> None:
    assert REFUSED in world.command("carla", typed)
    assert as_it_was(world)


def test_his_phrase_in_a_cards_thread_is_refused(world: World, told_before: int) -> None:
    card = world.sees(SUPPORT, "CASE-1")

    world.workspace.say("carla", SUPPORT, "I'm closing this case.", thread_ts=card["ts"])

    assert REFUSED in world.told("carla", told_before)
    assert as_it_was(world)


def test_he_can_not_see_anothers_case(world: World) -> None:
    typed = ("status CASE-1", "status", "list", "")
    answers = "\n".join(world.command("carla", words, "#customers") for words in typed)

    assert "secret shop" not in answers
    assert "Cosmo" not in answers


def test_anothers_case_and_one_that_is_not_there_look_the_same(world: World) -> None:
    anothers, missing = (world.command("carla", f"status {case}", "#customers") for case in ("CASE-1", "CASE-7"))

    assert anothers.replace("CASE-1", "it") == missing.replace("CASE-7", "it")
