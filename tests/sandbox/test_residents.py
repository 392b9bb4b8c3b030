"""Who is in the workspace: groups that change, guests, strangers, accounts that end, channels people are invited to."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox
from tests.sandbox.wire import Json, Wire


def events(wire: Wire, count: int) -> list[Json]:
    heard: list[Json] = []
    for _ in range(count):
        frame = wire.hear()
        wire.ack(frame)
        heard.append(frame["payload"]["event"])
    return heard


def test_a_group_s_life_is_told(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    group = sandbox.workspace.create_usergroup("desk", ["ada"])
    sandbox.workspace.change_usergroup("@desk", ["amos", "carla"])

    created, changed, updated = events(wire, 3)

    assert (created["type"], created["subteam"]["users"]) == ("subteam_created", ["U0ADA"])
    assert (changed["type"], changed["subteam_id"]) == ("subteam_members_changed", group)
    assert (changed["added_users"], changed["removed_users"]) == (["U0AMOS", "U0CARLA"], ["U0ADA"])
    assert (updated["type"], updated["subteam"]["user_count"]) == ("subteam_updated", 2)
    assert client.usergroups_users_list(usergroup=group)["users"] == ["U0AMOS", "U0CARLA"]


def test_a_disabled_group_is_found_by_those_who_ask_for_it(sandbox: Sandbox, client: WebClient) -> None:
    group = sandbox.workspace.create_usergroup("desk", ["ada"])

    sandbox.workspace.disable_usergroup(group)

    assert client.usergroups_list()["usergroups"] == []
    [listed] = client.usergroups_list(include_disabled=True)["usergroups"]
    assert listed["date_delete"] > 0
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        client.usergroups_users_list(usergroup=group)
    with pytest.raises(LookupError, match="no user group 'chess'"):
        sandbox.workspace.change_usergroup("chess", [])


@pytest.mark.parametrize(
    ("parts", "flags"),
    [({}, (False, False)), ({"guest": True}, (True, False)), ({"single_channel_guest": True}, (True, True))],
)
def test_guests_are_marked(
    sandbox: Sandbox, client: WebClient, parts: dict[str, bool], flags: tuple[bool, bool]
) -> None:
    sandbox.workspace.add_person("guido", "Guido Guest", "guido@else.test", **parts)

    user = client.users_info(user="U0GUIDO")["user"]

    assert (user["is_restricted"], user["is_ultra_restricted"]) == flags


def test_somebody_of_another_workspace_is_a_stranger_nobody_announces(
    sandbox: Sandbox, client: WebClient, wire: Wire
) -> None:
    sandbox.workspace.add_person("sten", "Sten Stranger", stranger=True)
    sandbox.workspace.say("ada", "#support", "next")

    [next_] = events(wire, 1)

    assert next_["type"] == "message"
    user = client.users_info(user="U0STEN")["user"]
    assert (user["is_stranger"], user["team_id"] != sandbox.workspace.team_id) == (True, True)


def test_an_account_ends_and_comes_back(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    sandbox.workspace.deactivate_person("amos")
    gone = client.users_info(user="U0AMOS")["user"]
    sandbox.workspace.deactivate_person("amos", deleted=False)

    told = events(wire, 2)

    assert [(event["type"], event["user"]["deleted"]) for event in told] == [
        ("user_change", True),
        ("user_change", False),
    ]
    assert gone["deleted"]
    assert "is_restricted" not in gone


def test_the_bot_invites_people_to_its_channel(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    invited = client.conversations_invite(channel="C0SUPPORT", users="U0CARLA,U0COSMO")

    joined, line, *_ = events(wire, 4)

    assert invited["channel"]["num_members"] == 5
    assert (joined["type"], joined["user"], joined["inviter"]) == ("member_joined_channel", "U0CARLA", "U0CASEBOT")
    assert (line["subtype"], line["inviter"]) == ("channel_join", "U0CASEBOT")


@pytest.mark.parametrize(
    ("channel", "users", "error"),
    [
        ("C0SUPPORT", "", "no_user"),
        ("C0SUPPORT", "U0NOBODY", "user_not_found"),
        ("C0SUPPORT", "U0ADA", "already_in_channel"),
        ("C0SUPPORT", "U0CASEBOT", "cant_invite_self"),
        ("C0ELSEWHERE", "U0ADA", "not_in_channel"),
        ("D0ADA", "U0CARLA", "method_not_supported_for_channel_type"),
    ],
)
def test_an_invitation_is_refused_as_slack_refuses_it(
    sandbox: Sandbox, client: WebClient, channel: str, users: str, error: str
) -> None:
    sandbox.workspace.create_channel("elsewhere", with_bot=False)
    sandbox.workspace.dm("ada")

    with pytest.raises(SlackApiError, match=error):
        client.conversations_invite(channel=channel, users=users)


def test_a_mention_with_a_file_is_a_mention(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.workspace.upload("ada", "#support", "a.txt", b"x", "look @casebot")

    kinds = [event["type"] for event in events(wire, 3)]

    assert kinds == ["message", "app_mention", "file_shared"]
