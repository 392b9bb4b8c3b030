"""Checks of Slack: tokens, scopes, channels, people, the socket, and what time it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from slack_sdk.errors import SlackApiError

from bot.doctor.answering import challenge_answered
from bot.doctor.ear import Ear
from bot.doctor.finding import Finding, Trouble, skipped, well, wrong
from bot.doctor.manifest import NoManifest, manifest_text, wanted_scopes
from bot.doctor.patient import Patient
from bot.doctor.slack_side import SlackSide
from bot.settings import SLACK_PATH
from bot.slack.places import Places

_TEAM = ("SUPPORT_SLACK_CHANNEL", "ALERTING_SLACK_CHANNEL", "LOGGING_SLACK_CHANNEL")
_CUSTOMERS = "CUSTOMER_SLACK_CHANNELS"
_SIGNING_SECRET = re.compile(r"[0-9a-f]{32}")
_SHUT: dict[int, tuple[str, str]] = {
    HTTPStatus.UNAUTHORIZED: (
        "the Casebot that runs here has another SLACK_SIGNING_SECRET, or the clocks differ",
        "Start it again with this one.",
    ),
    HTTPStatus.NOT_FOUND: (
        "the Casebot that runs here takes no calls: it was started with SLACK_MODE=socket",
        "Start it again with SLACK_MODE=http.",
    ),
}


def bot_token(patient: Patient) -> Finding:
    """Ask Slack who we are."""
    identity = patient.slack.identity
    if not identity.get("bot_id"):
        return wrong(
            "SLACK_BOT_TOKEN is a person's token, not the bot's",
            f"Copy the Bot User OAuth Token (xoxb-…): {patient.slack.page('oauth')}",
        )
    return well(f"Slack knows us as {identity.get('user')} in {identity.get('team')} ({identity.get('url')})")


def scopes(patient: Patient) -> Finding:
    """Hold what Slack granted against what the manifest asks for; events can't be asked for with our tokens."""
    granted = patient.slack.granted
    if not granted:
        return skipped("Slack's answer did not tell the scopes")
    try:
        wanted = wanted_scopes(manifest_text())
    except NoManifest as missing:
        return skipped(str(missing))
    if lacking := sorted(wanted - granted):
        return wrong(
            f"{len(lacking)} of {len(wanted)} scopes of manifest.yml are missing: {', '.join(lacking)}",
            *patient.slack.add_scopes(", ".join(lacking)),
            f"Or all at once: {patient.slack.page('app-manifest')}, paste what casebot init --manifest prints.",
        )
    return well(f"all {len(wanted)} scopes of manifest.yml are granted")


def app_token(patient: Patient) -> Finding:
    """Let Slack accept the app-level token, and look whether it is of the same app as the bot token."""
    slack = patient.slack
    if patient.settings.calls_come_in:
        return skipped("Slack calls us (SLACK_MODE=http); no socket is needed")
    slack.socket_address()
    if slack.app_id_of_token and (other := _other_app(slack, slack.app_id_of_token)):
        return other
    return well("Slack takes the app-level token")


def socket(patient: Patient) -> Finding:
    """Look whether we would hear: a running Casebot's line is proof enough, else one is opened for a moment.

    Slack hands each event to any one of an app's sockets, so none is opened beside a Casebot that hears.
    """
    if patient.answer.hears_slack:
        return well("the Casebot that runs here holds its line to Slack")
    slack = patient.slack
    with Ear(slack.socket_address()) as ear:
        hello = ear.greeting()
    lines = int(hello.get("num_connections") or 1)
    app_id = str((hello.get("connection_info") or {}).get("app_id") or "")
    if app_id and (other := _other_app(slack, app_id)):
        return other
    if lines > 1:
        return wrong(
            f"{lines - 1} more socket(s) of this app are open: a Casebot runs elsewhere and takes part of the events",
            "Stop one of them: two on different databases share what customers write.",
        )
    return well("Slack said hello on a socket")


def signing_secret(patient: Patient) -> Finding:
    """Look whether the secret that signs Slack's calls has the shape of one; nobody can be asked whether it is ours."""
    secret = patient.settings.slack_signing_secret
    if not patient.settings.calls_come_in or secret is None:
        return skipped("we dial out (SLACK_MODE=socket); nothing calls us")
    if not _SIGNING_SECRET.fullmatch(secret.get_secret_value()):
        where = f"{patient.slack.page('general')} → App Credentials → Signing Secret → Show"
        return wrong(
            "SLACK_SIGNING_SECRET does not look like one: 32 characters 0-9 and a-f", f"Copy it again: {where}"
        )
    return well("the signing secret looks like one")


def calls(patient: Patient) -> Finding:
    """Knock at our own door as Slack does, with Slack's signature: who runs here must open it."""
    settings = patient.settings
    secret = settings.slack_signing_secret
    if not settings.calls_come_in or secret is None:
        return skipped("we dial out (SLACK_MODE=socket); nothing calls us")
    if not patient.answer.is_casebot:
        return skipped("no Casebot runs here that could be called: casebot run, then ask again")
    now = int(patient.clock.now().timestamp())
    status = challenge_answered(settings.host, settings.port, secret.get_secret_value(), now)
    door = f"http://{settings.host}:{settings.port}{SLACK_PATH}"
    if status in _SHUT:
        return wrong(*_SHUT[status])
    if status != HTTPStatus.OK:
        return wrong(f"a signed call to {door} got HTTP {status}" if status else f"{door} does not answer as we do")
    return well(f"{door} answers what Slack signs; the way there is Request URL → your proxy → {door}")


def channels(patient: Patient) -> Finding:
    """Look whether the team's three channels are there and the bot is in them."""
    missing = _missing(patient)
    names = [getattr(patient.settings, name.lower()) for name in _TEAM]
    faults = [f"{name}: {missing[name]}" for name in _TEAM if name in missing]
    if faults:
        return wrong(f"{len(faults)} of {len(_TEAM)} channels can't be used", *faults)
    return well(f"the bot is in {', '.join(names)}")


def customer_channels(patient: Patient) -> Finding:
    """Look whether the customers' channels are there."""
    named = patient.settings.customer_slack_channels
    if not named:
        return well("customers are heard in direct messages and in every channel the bot is in, except the team's")
    if problem := _missing(patient).get(_CUSTOMERS):
        return wrong(f"{_CUSTOMERS}: {problem}", "Type there: /invite @casebot")
    return well(f"customers are heard in direct messages and in {', '.join(named)}")


def admins(patient: Patient) -> Finding:
    """Look whether those who may act are people of this workspace."""
    settings = patient.settings
    if not settings.admin_slack_users and not settings.admin_slack_usergroups:
        return wrong(
            "nobody in Slack may acknowledge or close",
            "Set ADMIN_SLACK_USERS: profile → ⋮ → Copy member ID. Several are separated by commas.",
        )
    names: list[str] = []
    faults = patient.slack.ask(lambda: [*_unfit_people(patient, names), *_unfit_groups(patient, names)])
    if faults:
        return wrong(f"{len(faults)} of those who may act can't be found", *faults)
    return well(f"these may act: {', '.join(names)}")


def clock(patient: Patient) -> Finding:
    """Hold our clock against Slack's: cases are judged by both."""
    told = patient.slack.header("date")
    if not told:
        return skipped("Slack's answer told no time")
    skew = (patient.slack.asked_at - parsedate_to_datetime(told)).total_seconds()
    if abs(skew) > patient.limits.skew_seconds:
        way = "ahead of" if skew > 0 else "behind"
        return wrong(
            f"this machine's clock is {abs(skew):.0f} s {way} Slack's",
            "Let it be kept: timedatectl set-ntp true (in a container or VM: on its host).",
        )
    return well("this machine's clock agrees with Slack's")


def _other_app(slack: SlackSide, app_id: str) -> Finding | None:
    try:
        own = slack.app_id
    except Trouble:
        return None  # which scope that takes is told by its own check
    if own == app_id:
        return None
    return wrong(
        f"the two tokens are of different apps: SLACK_BOT_TOKEN of {own}, SLACK_APP_TOKEN of {app_id}",
        f"Take both from one app: https://api.slack.com/apps/{own}/general and https://api.slack.com/apps/{own}/oauth",
    )


def _missing(patient: Patient) -> dict[str, str]:
    places = Places(patient.settings, patient.slack.web)
    patient.slack.ask(places.resolve)
    return places.missing


def _unfit_people(patient: Patient, names: list[str]) -> Iterator[str]:
    for user_id in patient.settings.admin_slack_users:
        try:
            user = patient.slack.web.users_info(user=user_id)["user"]
        except SlackApiError as error:
            if error.response.get("error") not in {"user_not_found", "user_not_visible"}:
                raise
            yield f"{user_id} is nobody in this workspace: correct ADMIN_SLACK_USERS (profile → ⋮ → Copy member ID)."
            continue
        if user.get("deleted") or user.get("is_bot"):
            state = "a deactivated account" if user.get("deleted") else "an app"
            yield f"{user_id} is {state}: take it out of ADMIN_SLACK_USERS."
        names.append(user.get("real_name") or user_id)


def _unfit_groups(patient: Patient, names: list[str]) -> Iterator[str]:
    wanted = patient.settings.admin_slack_usergroups
    if not wanted:
        return
    groups = patient.slack.web.usergroups_list()["usergroups"]
    known = {group["id"]: group for group in groups} | {f"@{group['handle']}": group for group in groups}
    for name in wanted:
        if name in known:
            names.append(f"@{known[name]['handle']}")
        else:
            yield f"there is no user group {name}: correct ADMIN_SLACK_USERGROUPS (People → User groups)."
