"""Slack is silent for too long: the second path says so, and what is urgent still reaches somebody."""

from pathlib import Path

import pytest

from bot.alarm import watch
from bot.sandbox.server import Sandbox
from bot.wiring import alarm
from tests.journeys.world import ALERTING, CARLA, World, journey

OPS = "ops@example.com"


def subjects(sandbox: Sandbox) -> list[str]:
    return [str(mail["Subject"]) for mail in sandbox.mailbox.inbox(OPS)]


def seen(world: World, *subject: str) -> None:
    world.until(lambda: set(subject) <= set(subjects(world.sandbox)))


@pytest.mark.usefixtures("untouched")
def test_while_slack_is_away_mail_tells_of_it_and_of_escalations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(watch, "UNHEARD_SECONDS", 0.5)
    with journey(tmp_path, ALARM_EMAILS=OPS, ALARM_AFTER_MINUTES="0.01") as world:
        world.sandbox.pause_slack()
        world.mail(CARLA, "Printer", "Urgent: it burns.")
        seen(world, "Casebot: Slack can't be used", "Casebot: CASE-1 escalated")

        world.sandbox.resume_slack()

        world.sees(ALERTING, "CASE-1", "it burns")
        assert sorted(subjects(world.sandbox)) == ["Casebot: CASE-1 escalated", "Casebot: Slack can't be used"]
