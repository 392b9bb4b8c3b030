"""Alerts that nobody acknowledged: said again under the alert, calling whoever is named for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.outbox.models import DeliveryState
from bot.sandbox.workspace import text_of
from bot.slack.action_ids import ACKNOWLEDGE
from bot.slack.mention import Mention
from tests.slack import payloads
from tests.slack.world import SlackWorld, slack_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SlackWorld]:
    """A desk that repeats its alerts after half an hour and calls Amos."""
    with slack_world(tmp_path, ESCALATE_REMIND_MINUTES="30", ESCALATION_MENTION="U0AMOS") as world:
        world.meet()
        yield world


def half_an_hour_later(world: SlackWorld) -> None:
    world.passes(minutes=31)
    world.bot.desk.agenda.keep_due()
    world.deliver()


def reminders(world: SlackWorld) -> list[str]:
    [alert] = world.workspace.messages("#alerting")
    return [text_of(message) for message in world.workspace.thread("#alerting", alert["ts"])[1:]]


def test_an_alert_that_nobody_acknowledged_is_said_again_in_its_thread(world: SlackWorld) -> None:
    world.hears(payloads.message("It is urgent"))
    world.deliver()

    half_an_hour_later(world)
    half_an_hour_later(world)

    first, second = reminders(world)
    assert first == "<@U0AMOS> :bell: CASE-1 still needs somebody: no acknowledgement for 31 min."
    assert second.startswith("<@U0AMOS> :bell: CASE-1 still needs somebody: no acknowledgement for 1 h 0")


def test_who_has_it_meanwhile_is_called_no_more(world: SlackWorld) -> None:
    world.hears(payloads.message("It is urgent"))
    world.deliver()
    world.passes(minutes=31)
    world.bot.desk.agenda.keep_due()
    world.hears(payloads.click(ACKNOWLEDGE, "CASE-1:2"))
    [waiting] = [row for row in world.unsettled() if row.kind == "reminder"]
    world.deliver()

    assert reminders(world) == []
    [settled] = [row for row in world.rows(type(waiting)) if row.kind == "reminder"]
    assert settled.state == DeliveryState.FOLDED


def test_a_reminder_whose_alert_is_not_posted_waits_for_it(world: SlackWorld) -> None:
    world.hears(payloads.message("It is urgent"))
    world.passes(minutes=31)
    world.bot.desk.agenda.keep_due()
    world.sandbox.faults.fail("chat.postMessage")
    world.deliver()

    assert len(reminders(world)) == 1


def test_a_group_is_called_by_its_handle(world: SlackWorld) -> None:
    group = world.workspace.create_usergroup("oncall", ["amos"])

    assert Mention("@oncall", world.slack.web).markup() == f"<!subteam^{group}>"
    assert Mention("S0123", world.slack.web).markup() == "<!subteam^S0123>"
    assert Mention(None, world.slack.web).markup() == ""


def test_a_group_that_nobody_knows_is_named_and_calls_nobody(world: SlackWorld) -> None:
    assert Mention("@nobody", world.slack.web).markup() == "@nobody"

    world.sandbox.faults.refuse("usergroups.list", "missing_scope")
    assert Mention("@oncall", world.slack.web).markup() == "@oncall"
