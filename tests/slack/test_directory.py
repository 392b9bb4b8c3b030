"""The directory: names, who is an admin, and how both are kept fresh without asking Slack in a listener."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.slack.directory import Directory
from bot.slack.models import GroupMember, Person
from tests.slack import payloads
from tests.slack.payloads import ADA, AMOS, CARLA
from tests.slack.world import SlackWorld, slack_world


@pytest.fixture
def grouped(tmp_path: Path) -> Iterator[SlackWorld]:
    """A desk whose admins are whoever is in the user group @desk: Ada."""
    with slack_world(tmp_path, ADMIN_SLACK_USERS="", ADMIN_SLACK_USERGROUPS="@desk") as world:
        world.workspace.create_usergroup("desk", ["ada"])
        world.workspace.create_usergroup("chess", ["amos", "carla"])
        world.meet()
        yield world


def directory_of(world: SlackWorld) -> Directory:
    return world.slack.directory


def admins(world: SlackWorld) -> list[str]:
    return directory_of(world).admin_ids()


def test_everybody_is_known_by_display_name(world: SlackWorld) -> None:
    assert directory_of(world).author(CARLA).name == "Carla Customer"
    assert directory_of(world).names()[ADA] == "Ada Admin"
    assert directory_of(world).is_bot("U0CASEBOT")
    assert not directory_of(world).is_bot(ADA)


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"display_name": "Dodo", "real_name": "Dora Delgado"}, "Dodo"),
        ({"display_name": "", "real_name": "Dora Delgado"}, "Dora Delgado"),
        ({}, "dora"),
    ],
)
def test_a_name_is_what_slack_shows(world: SlackWorld, profile: dict[str, str], name: str) -> None:
    directory_of(world).learn([{"id": "U0DORA", "name": "dora", "profile": profile}])

    assert directory_of(world).author("U0DORA").name == name


def test_a_stranger_goes_by_his_id_and_is_no_admin(world: SlackWorld) -> None:
    stranger = directory_of(world).author("U0NOBODY")

    assert (stranger.name, stranger.is_admin) == ("U0NOBODY", False)
    assert not directory_of(world).knows("U0NOBODY")


def test_nobody_is_an_admin_by_default(tmp_path: Path) -> None:
    with slack_world(tmp_path, ADMIN_SLACK_USERS="") as world:
        world.meet()

        assert admins(world) == []


def test_listed_users_are_admins_before_slack_described_anybody(tmp_path: Path) -> None:
    with slack_world(tmp_path) as world:
        assert directory_of(world).author(ADA).is_admin


def test_members_of_an_admin_group_are_admins_and_of_another_are_not(grouped: SlackWorld) -> None:
    assert admins(grouped) == [ADA]


@pytest.mark.parametrize("mark", ["deleted", "is_restricted", "is_ultra_restricted", "is_stranger"])
def test_an_outsider_is_never_an_admin_by_group(grouped: SlackWorld, mark: str) -> None:
    guest: dict[str, Any] = payloads.user_object(ADA, "Ada Admin", **{mark: True})

    grouped.hears(payloads.event("user_change", user=guest))

    assert admins(grouped) == []


@pytest.mark.parametrize("kind", ["subteam_members_changed", "subteam_updated", "subteam_created"])
def test_a_change_of_the_group_changes_the_admins(grouped: SlackWorld, kind: str) -> None:
    group = next(group for group in grouped.workspace.usergroups.values() if group.handle == "desk")
    group.users[:] = [AMOS]

    grouped.hears(payloads.event("user_change", type=kind, subteam_id=group.id))

    grouped.seen(lambda: admins(grouped) == [AMOS])


def test_a_group_that_is_gone_makes_no_admins_any_more(grouped: SlackWorld) -> None:
    grouped.workspace.usergroups.clear()

    directory_of(grouped).refresh()

    assert admins(grouped) == []


def test_groups_that_cant_be_read_leave_the_admins_as_they_were(grouped: SlackWorld) -> None:
    grouped.sandbox.faults.refuse("usergroups.list", "missing_scope")

    directory_of(grouped).refresh()

    assert admins(grouped) == [ADA]


def test_a_new_name_is_taken_in(world: SlackWorld) -> None:
    world.hears(payloads.sample("user_change"))

    assert directory_of(world).author(CARLA).name == "Carla Cortez"


def test_a_newcomer_is_known_from_the_event_alone(world: SlackWorld) -> None:
    world.hears(payloads.sample("team_join"))

    assert directory_of(world).author("U0DORA").name == "Dora Delgado"
    assert world.workspace.called("users.info") == []


def test_what_was_known_survives_a_restart_without_slack(grouped: SlackWorld) -> None:
    grouped.sandbox.pause_slack()
    reborn = Directory(grouped.settings, grouped.bot.desk.database, grouped.clock, grouped.slack.web)

    reborn.load()

    assert reborn.author(ADA).is_admin
    assert reborn.author(CARLA).name == "Carla Customer"


def test_groups_taken_out_of_the_settings_make_no_admins_any_more(grouped: SlackWorld) -> None:
    settings = grouped.settings.model_copy(update={"admin_slack_usergroups": ()})
    reborn = Directory(settings, grouped.bot.desk.database, grouped.clock, grouped.slack.web)

    reborn.load()

    assert reborn.admin_ids() == []


def test_many_people_are_read_page_by_page(world: SlackWorld) -> None:
    for number in range(250):
        world.workspace.add_person(f"guest{number}", f"Guest {number}")

    assert directory_of(world).refresh() == 255
    assert len(world.rows(Person)) == 255


def test_listeners_ask_the_web_api_nothing_about_known_people(world: SlackWorld) -> None:
    before = len(world.workspace.calls)

    world.hears(payloads.message("Hello"), payloads.command("status"), payloads.click("case_close", "CASE-1:1"))

    world.slack.asides.close()
    asked = {call.method for call in list(world.workspace.calls)[before:]}
    assert asked == {"chat.postEphemeral"}  # the offer to undo, after the ack


def test_what_one_process_is_told_another_one_reads_again(grouped: SlackWorld) -> None:
    sibling = Directory(grouped.settings, grouped.bot.desk.database, grouped.clock, grouped.slack.web)
    sibling.load()
    assert sibling.author(ADA).is_admin
    ours = directory_of(grouped)
    [group] = [row.group_id for row in grouped.rows(GroupMember)][:1]

    grouped.passes(seconds=1)
    ours.regroup(group, [])
    ours.learn([{"id": CARLA, "name": "carla", "profile": {"display_name": "Carla Renamed"}}])
    sibling.reread()

    assert not sibling.author(ADA).is_admin
    assert sibling.author(CARLA).name == "Carla Renamed"
