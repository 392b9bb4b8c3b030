"""The step of the three channels: found, or made and entered as far as the app may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.doctor import workspace
from bot.doctor.finding import Trouble
from bot.doctor.slack_side import SlackSide
from bot.setup.slack_steps import require
from bot.setup.visit import Visit

_ROOMS = (
    ("SUPPORT_SLACK_CHANNEL", "Channel where each case has its card", "#support"),
    ("ALERTING_SLACK_CHANNEL", "Channel where escalations are told", "#alerting"),
    ("LOGGING_SLACK_CHANNEL", "Channel where closures are logged", "#logging"),
)


def rooms(visit: Visit) -> str:
    """Take the three channels; what is not there is made, and entered, as far as the app may."""
    require(visit, "SLACK_BOT_TOKEN")
    answers = {name: visit.ask(name, question, default) for name, question, default in _ROOMS}
    with visit.patient(answers) as patient:
        for name in answers.values():
            _open_room(visit, patient.slack, name)
    return "; ".join(visit.settle(answers, workspace.channels))


def _open_room(visit: Visit, slack: SlackSide, name: str) -> None:
    room = _room(slack, name)
    if room is None:
        _make_room(visit, slack, name)
    elif not room.get("is_member"):
        _enter(slack, room, name)


def _room(slack: SlackSide, name: str) -> Mapping[str, Any] | None:
    listed = slack.ask(
        lambda: [
            channel
            for page in slack.web.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=500
            )
            for channel in page["channels"]
        ]
    )
    return next((room for room in listed if name in {room["id"], f"#{room['name']}"}), None)


def _make_room(visit: Visit, slack: SlackSide, name: str) -> None:
    bare = name.removeprefix("#")
    by_hand = f"In Slack: Channels → + → Create a channel → {bare}. Then type there: /invite @casebot"
    try:
        made = slack.web.conversations_create(name=bare)["channel"]["id"]
    except SlackApiError as error:
        reason = error.response.get("error")
        if reason == "name_taken":
            raise Trouble(
                f"{name} is there, but the bot can't see it: it is private, or archived",
                "Type there: /invite @casebot",
            ) from None
        raise Trouble(f"there is no channel {name}, and the app may not make it ({reason})", by_hand) from None
    visit.dialogue.tell(f"   {name} was made")
    if admins_known := visit.values.get("ADMIN_SLACK_USERS"):
        slack.ask(lambda: slack.web.conversations_invite(channel=made, users=admins_known))


def _enter(slack: SlackSide, room: Mapping[str, Any], name: str) -> None:
    try:
        slack.web.conversations_join(channel=room["id"])
    except SlackApiError as error:
        reason = error.response.get("error")
        outside = f"the bot is not in {name}, and may not go there itself ({reason})"
        raise Trouble(outside, "Type there: /invite @casebot") from None
