"""The steps of Slack: the app, its two tokens, and who may act."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.doctor import workspace
from bot.doctor.finding import Trouble
from bot.doctor.manifest import LONGEST_LINK, NoManifest, http_form, manifest_text, new_app_link
from bot.doctor.slack_side import SlackSide
from bot.settings import SlackMode
from bot.setup.dialogue import Skipped
from bot.setup.visit import Visit

_FIND_IT = "It is found under your app → OAuth & Permissions → Bot User OAuth Token. It begins with xoxb-."
_MAKE_IT = (
    "It is made under your app → Basic Information → App-Level Tokens → Generate Token, scope connections:write.\n"
    "   It begins with xapp-."
)


def app(visit: Visit) -> str:
    """Show the link that makes the app; nothing to do where its token is known already."""
    if visit.values.get("SLACK_BOT_TOKEN"):
        return "there is a token, so there is an app"
    for line in how_to_make_the_app(visit.address):
        visit.dialogue.tell(line)
    if not visit.dialogue.attended:
        raise Skipped("make it with this link")
    visit.dialogue.ask("Enter when it is installed")
    return "the app was made by you"


def how_to_make_the_app(address: str = "") -> list[str]:
    """Return the clicks that make the app, with the link that fills in the manifest; `address` is where Slack calls."""
    try:
        text = manifest_for(address)
    except NoManifest as missing:
        return [str(missing), "Then https://api.slack.com/apps?new_app=1 → From a manifest → paste it."]
    link = new_app_link(text)
    if len(link) > LONGEST_LINK:
        return ["Open https://api.slack.com/apps?new_app=1 → From a manifest, and paste:", text]
    later = [
        "Slack shows the address as not verified until casebot run answers there: then Event Subscriptions → Retry."
    ]
    return [
        "Open this link, choose your workspace, then Next → Create:",
        "",
        link,
        "",
        "Then on the app's page: Install App → Install to Workspace → Allow.",
        *(later if address else ()),
    ]


def manifest_for(address: str) -> str:
    """Return the manifest of an app that is called at this address, or without one that opens sockets."""
    text = manifest_text()
    return http_form(text, address) if address else text


def bot_token(visit: Visit) -> str:
    """Take the bot token, and let Slack tell whose it is and what it may do."""
    visit.hint(_FIND_IT)
    answers = {"SLACK_BOT_TOKEN": _needed(visit, "SLACK_BOT_TOKEN", "Bot token")}
    if "SLACK_API_URL" in visit.values:
        answers["SLACK_API_URL"] = visit.values["SLACK_API_URL"]
    return "; ".join(visit.settle(answers, workspace.bot_token, workspace.scopes))


def app_token(visit: Visit) -> str:
    """Take the app-level token, and let Slack accept it; where Slack calls us, the signing secret instead."""
    if visit.values.get("SLACK_MODE") == SlackMode.HTTP:
        return _signing_secret(visit)
    visit.hint(_MAKE_IT)
    answers = {"SLACK_APP_TOKEN": _needed(visit, "SLACK_APP_TOKEN", "App-level token")}
    require(visit, "SLACK_BOT_TOKEN")
    return "; ".join(visit.settle(answers, workspace.app_token))


def _signing_secret(visit: Visit) -> str:
    visit.hint("It is found under your app → Basic Information → App Credentials → Signing Secret → Show.")
    answers = {
        "SLACK_MODE": str(SlackMode.HTTP),
        "SLACK_SIGNING_SECRET": _needed(visit, "SLACK_SIGNING_SECRET", "Signing secret"),
    }
    return "; ".join(visit.settle(answers, workspace.signing_secret))


def admins(visit: Visit) -> str:
    """Take who may act, by mail address or member id; an address makes his mails an admin's as well."""
    require(visit, "SLACK_BOT_TOKEN")
    today = visit.values.get("ADMIN_SLACK_USERS", "")
    question = "Your mail address in Slack (or member ids, U…; several with commas)"
    given = [entry for part in visit.dialogue.ask(question, today).split(",") if (entry := part.strip())]
    if not given:
        raise Skipped("nobody may act yet: set ADMIN_SLACK_USERS")
    addresses = [entry for entry in given if "@" in entry]
    with visit.patient() as patient:
        ids = [_member(patient.slack, entry) if "@" in entry else entry for entry in given]
    known = [entry for entry in visit.values.get("ADMIN_EMAILS", "").split(",") if entry.strip()]
    answers = {"ADMIN_SLACK_USERS": ",".join(dict.fromkeys(ids))}
    if addresses:
        answers["ADMIN_EMAILS"] = ",".join(dict.fromkeys([*known, *addresses]))
    return "; ".join(visit.settle(answers, workspace.admins))


def _needed(visit: Visit, name: str, question: str) -> str:
    answer = visit.ask(name, question, secret=True)
    if not answer:
        raise Trouble(f"{name} is not known", f"Give it as {name} in the environment, or by its flag.")
    return answer


def require(visit: Visit, name: str) -> None:
    """Leave the step out where this variable is not known yet."""
    if not visit.values.get(name):
        raise Skipped(f"{name} is needed for it")


def _member(slack: SlackSide, address: str) -> str:
    try:
        return str(slack.web.users_lookupByEmail(email=address)["user"]["id"])
    except SlackApiError as error:
        reason = error.response.get("error")
        if reason == "users_not_found":
            nobody = f"nobody in this workspace has the address {address}"
            raise Trouble(nobody, "Take the address in your Slack profile.") from None
        by_id = "Give the member id instead: profile → ⋮ → Copy member ID."
        raise Trouble(f"Slack does not tell whose {address} is ({reason})", by_id) from error
