"""What can be wrong with Slack: each fault is found by its check, explained, and its remedy named."""

import pytest

from bot.clock import SystemClock
from bot.doctor.ear import Ear
from bot.doctor.finding import Standing
from bot.doctor.slack_side import SlackSide
from bot.settings import load_settings
from tests.doctor.ward import Ward

AFTER_TOKEN = ["scopes", "Slack's clock", "socket", "channels", "customers", "admins"]


def test_a_token_of_the_wrong_kind_is_named_and_the_rest_goes_on(desk: Ward) -> None:
    found = desk.examined(SLACK_BOT_TOKEN=desk.workspace.app_token)

    assert found.wrong == ["settings"]
    assert found["settings"].remedies[0].startswith("SLACK_BOT_TOKEN holds an app-level token")
    assert found["bot token"].text == "not checked, because 3 failed (SLACK_BOT_TOKEN)"
    assert found["mailbox"].standing is Standing.WELL


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("token_revoked", "SLACK_BOT_TOKEN was revoked"),
        ("account_inactive", "SLACK_BOT_TOKEN was revoked"),
        ("not_allowed_token_type", "SLACK_BOT_TOKEN is a token of another kind"),
        ("ekm_access_denied", "Slack answers ekm_access_denied"),
    ],
)
def test_what_slack_says_of_the_bot_token_is_explained(desk: Ward, reason: str, told: str) -> None:
    desk.sandbox.faults.refuse("auth.test", reason, times=5)

    found = desk.examined()

    assert found.wrong == ["bot token"]
    assert found["bot token"].text.startswith(told)
    assert found.follow("bot token") == AFTER_TOKEN


def test_an_unknown_token_is_to_be_copied_again(desk: Ward) -> None:
    found = desk.examined(SLACK_BOT_TOKEN="xoxb-of-yesterday", SLACK_APP_TOKEN="xapp-1-A0OLD-1-abc")

    assert found.wrong == ["bot token", "app token"]
    assert found["bot token"].remedies == (
        "Copy it again into SLACK_BOT_TOKEN: https://api.slack.com/apps/A0OLD/oauth → Bot User OAuth Token (xoxb-…).",
    )
    assert "https://api.slack.com/apps/A0OLD/general → App-Level Tokens" in found["app token"].remedies[0]


def test_missing_scopes_are_named_with_the_clicks_that_grant_them(desk: Ward) -> None:
    desk.grant(sorted(desk.workspace.grants.scopes - {"im:write", "users:read"}))

    found = desk.examined()

    assert found.wrong == ["scopes", "admins"]
    assert found["scopes"].text.endswith("are missing: im:write, users:read")
    assert "Add an OAuth Scope: im:write, users:read" in found["scopes"].remedies[0]
    assert "Reinstall to Workspace" in found["scopes"].remedies[1]
    assert found["admins"].text == "Slack refuses: the app lacks the scope users:read"


def test_a_channel_that_is_not_there_is_named(desk: Ward) -> None:
    found = desk.examined(SUPPORT_SLACK_CHANNEL="#nowhere", CUSTOMER_SLACK_CHANNELS="#neither")

    assert found.wrong == ["channels", "customers"]
    assert found["channels"].remedies[0].startswith("SUPPORT_SLACK_CHANNEL: there is no channel #nowhere")
    assert "#neither" in found["customers"].text


def test_a_channel_without_the_bot_is_told_with_the_words_to_type(desk: Ward) -> None:
    desk.workspace.leave("casebot", "#alerting")

    found = desk.examined()

    assert found.wrong == ["channels"]
    assert found["channels"].remedies == (
        "ALERTING_SLACK_CHANNEL: the bot is not in #alerting; type there: /invite @casebot",
    )


def test_an_admin_who_is_nobody_is_told(desk: Ward) -> None:
    desk.workspace.person("amos").deleted = True

    found = desk.examined(ADMIN_SLACK_USERS="U0GONE,U0AMOS,U0ADA", ADMIN_SLACK_USERGROUPS="@ghosts")

    assert found.wrong == ["admins"]
    assert [remedy.partition(" is ")[0] for remedy in found["admins"].remedies] == ["U0GONE", "U0AMOS", "there"]


def test_a_desk_without_admins_is_told(desk: Ward) -> None:
    found = desk.examined(ADMIN_SLACK_USERS="")

    assert found.wrong == ["admins"]
    assert "Set ADMIN_SLACK_USERS" in found["admins"].remedies[0]


def test_an_admin_group_is_found_by_its_handle(desk: Ward) -> None:
    desk.workspace.create_usergroup("desk", ["ada"])

    assert desk.examined(ADMIN_SLACK_USERS="", ADMIN_SLACK_USERGROUPS="@desk")["admins"].text.endswith("@desk")


def test_tokens_of_two_apps_are_noticed(desk: Ward) -> None:
    desk.workspace.app_token = "xapp-1-A0OTHER-1-abc"

    found = desk.examined(SLACK_APP_TOKEN="xapp-1-A0OTHER-1-abc")

    assert found.wrong == ["app token"]
    assert "SLACK_BOT_TOKEN of A0SANDBOX, SLACK_APP_TOKEN of A0OTHER" in found["app token"].text
    assert found.follow("app token") == ["socket"]


def test_socket_mode_that_is_off_is_told(desk: Ward) -> None:
    desk.sandbox.faults.refuse("apps.connections.open", "socket_mode_disabled", times=3)

    found = desk.examined()

    assert found.wrong == ["app token"]
    assert "Enable Socket Mode" in found["app token"].remedies[0]


def test_a_socket_that_is_refused_is_told(desk: Ward) -> None:
    desk.sandbox.link.refusing = True

    found = desk.examined()

    assert found.wrong == ["socket"]
    assert "wss-primary.slack.com" in found["socket"].remedies[0]


def test_a_casebot_on_another_machine_is_noticed(desk: Ward) -> None:
    with Ear(_address(desk)) as elsewhere:
        elsewhere.greeting()
        found = desk.examined()

    assert found.wrong == ["socket"]
    assert "a Casebot runs elsewhere" in found["socket"].text


def test_slack_that_is_away_stops_no_other_check(desk: Ward) -> None:
    desk.sandbox.faults.slack_is_away = True

    found = desk.examined()

    assert found.wrong == ["bot token", "app token"]
    assert {found[name].text for name in found.wrong} == {"Slack is out of order (HTTP 503)"}
    assert found["SMTP"].standing is Standing.WELL


def test_a_slack_that_can_not_be_reached_is_told_with_what_to_try(desk: Ward) -> None:
    found = desk.examined(SLACK_API_URL="http://127.0.0.1:9/api/")

    assert found["bot token"].text.startswith("Slack can't be reached (")
    assert any("HTTPS_PROXY" in remedy for remedy in found["bot token"].remedies)


def _address(desk: Ward) -> str:
    return SlackSide(load_settings(desk.variables, env_file=None), SystemClock()).socket_address()
