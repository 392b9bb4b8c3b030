"""SLACK_MODE=http as the doctor sees it: no socket is asked for, and our own door is knocked at."""

from pathlib import Path

import pytest

from bot.doctor.finding import Standing
from tests.doctor.ward import Ward

SECRET = "0123456789abcdef" * 2
BY_HTTP = {"SLACK_MODE": "http", "SLACK_SIGNING_SECRET": SECRET, "SLACK_APP_TOKEN": ""}


@pytest.fixture
def desk(desk: Ward) -> Ward:
    desk.variables |= BY_HTTP
    return desk


def test_a_desk_that_slack_calls_needs_no_app_token(desk: Ward) -> None:
    found = desk.examined()

    assert found.wrong == []
    assert found["app token"].standing is Standing.SKIPPED
    assert found["socket"].standing is Standing.SKIPPED
    assert found["Slack's calls"].text.startswith("no Casebot runs here")
    assert desk.workspace.called("apps.connections.open") == []


def test_a_running_desk_opens_its_door_to_a_signed_call(desk: Ward) -> None:
    with desk.running(door=SECRET):
        found = desk.examined()

    assert found["Slack's calls"].standing is Standing.WELL
    assert "/slack/events answers what Slack signs" in found["Slack's calls"].text


@pytest.mark.parametrize(
    ("door", "told"),
    [
        ("f" * 32, "the Casebot that runs here has another SLACK_SIGNING_SECRET"),
        ("", "the Casebot that runs here takes no calls"),
    ],
)
def test_a_door_that_stays_shut_is_told(desk: Ward, door: str, told: str) -> None:
    with desk.running(door=door):
        found = desk.examined()

    assert found.wrong == ["Slack's calls"]
    assert found["Slack's calls"].text.startswith(told)
    assert found["Slack's calls"].remedies[0].startswith("Start it again")


def test_a_secret_of_another_shape_is_told(desk: Ward) -> None:
    found = desk.examined(SLACK_SIGNING_SECRET="a-verification-token")

    assert found.wrong == ["signing secret"]
    assert "a-verification-token" not in str(found.results)


def test_who_may_see_the_figures_is_told(desk: Ward, tmp_path: Path) -> None:
    token = {"WEB_TOKEN": "sixteen-letters-"}

    assert "set WEB_TOKEN (SLACK_MODE=http)" in desk.examined()["web pages"].text
    assert "although HOST is 0.0.0.0" in desk.examined(SLACK_MODE="socket", HOST="0.0.0.0")["web pages"].text
    assert desk.examined_with(token)["web pages"].standing is Standing.WELL
