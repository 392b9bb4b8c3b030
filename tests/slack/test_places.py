"""Places: the channels behind the settings' names, and where customers are heard."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.cases.models import Case
from bot.slack.places import Places
from tests.slack import payloads
from tests.slack.payloads import ALERTING, CARLA, COSMO, CUSTOMERS, LOGGING, SUPPORT
from tests.slack.world import SlackWorld, slack_world

Build: TypeAlias = Callable[..., SlackWorld]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """A world with settings of the test's own; its channels are not looked up yet."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(slack_world(tmp_path, **settings))


def looked_up(world: SlackWorld) -> Places:
    world.slack.places.resolve()
    return world.slack.places


def test_channels_are_found_by_name_and_by_id(build: Build) -> None:
    places = looked_up(build(SUPPORT_SLACK_CHANNEL="#Support", ALERTING_SLACK_CHANNEL=ALERTING))

    assert places.resolved
    assert places.inside == {SUPPORT, ALERTING, LOGGING}
    assert [places.channel_of(name) for name in ("support", "alerting", CARLA)] == [SUPPORT, ALERTING, CARLA]
    assert places.missing == {}


def test_before_the_look_up_no_place_is_known(build: Build) -> None:
    places = build().slack.places

    assert not places.resolved
    assert places.channel_of("support") is None


def test_a_channel_that_is_not_there_is_told_with_what_to_do(build: Build) -> None:
    places = looked_up(build(ALERTING_SLACK_CHANNEL="#alarms"))

    assert not places.resolved
    assert places.missing == {
        "ALERTING_SLACK_CHANNEL": "there is no channel #alarms that the bot can see; create it, or invite the bot: "
        "/invite @casebot"
    }


def test_a_channel_without_the_bot_is_told_with_what_to_do(build: Build) -> None:
    world = build(ALERTING_SLACK_CHANNEL="#alarms")
    world.workspace.create_channel("alarms", with_bot=False)

    places = looked_up(world)

    assert places.missing == {"ALERTING_SLACK_CHANNEL": "the bot is not in #alarms; type there: /invite @casebot"}


def test_a_private_channel_that_the_bot_was_invited_to_is_found(build: Build) -> None:
    world = build(ALERTING_SLACK_CHANNEL="#alarms")
    made = world.workspace.create_channel("alarms", private=True)

    assert looked_up(world).channel_of("alerting") == made


def test_what_was_mended_is_found_at_the_next_look(build: Build) -> None:
    world = build(ALERTING_SLACK_CHANNEL="#alarms")
    looked_up(world)
    made = world.workspace.create_channel("alarms")

    places = looked_up(world)

    assert places.channel_of("alerting") == made
    assert places.missing == {}


def test_customers_are_heard_in_dms_and_wherever_the_bot_is_but_not_inside(build: Build) -> None:
    places = looked_up(build())

    assert places.hears_customers("D0CARLA", "im")
    assert places.hears_customers(CUSTOMERS, "channel")
    assert places.hears_customers("C0ANYWHERE", "group")
    assert not places.hears_customers(SUPPORT, "channel")


def test_listed_customer_channels_limit_channels_and_never_dms(build: Build) -> None:
    world = build(CUSTOMER_SLACK_CHANNELS="#customers")
    world.meet()

    world.hears(
        payloads.message("In a DM", CARLA),
        payloads.message("In the customers' channel", COSMO, CUSTOMERS),
        payloads.message("Somewhere else", "U0DORA", "C0COFFEE"),
    )

    assert [case.customer_identifier for case in world.rows(Case)] == [CARLA, COSMO]


def test_an_unknown_customer_channel_is_told_and_stops_nothing(build: Build) -> None:
    places = looked_up(build(CUSTOMER_SLACK_CHANNELS="#customers,#lost"))

    assert places.resolved
    assert places.missing == {"CUSTOMER_SLACK_CHANNELS": "the bot can't see #lost; invite it there"}
    assert not places.hears_customers("C0ANYWHERE", "channel")


def test_an_archived_channel_later_does_not_make_the_team_customers(build: Build) -> None:
    """A look-up that no longer finds the support channel must not turn what is said there into customers' words."""
    world = build(CUSTOMER_SLACK_CHANNELS="#customers,#lost")
    world.meet()
    world.workspace.channel("#support").name = "archive"

    world.slack.places.resolve()
    response = world.dispatch(payloads.message("Who takes this?", "U0DORA", SUPPORT))

    assert response.status == 500
    assert world.rows(Case) == []
