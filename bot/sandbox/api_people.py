"""The Web API's methods about people and the app itself: auth, users, usergroups, bots, team, apps."""

from typing import TYPE_CHECKING

from bot.sandbox.pages import page
from bot.sandbox.people import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID
from bot.sandbox.shapes import Call, Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.state import State


def api_test(_state: "State", call: Call) -> Json:
    """api.test: what was sent comes back; `error` makes it fail."""
    if call.text("error"):
        raise SlackError(call.text("error"))
    return {"args": call.arguments} if call.arguments else {}


def auth_test(state: "State", _call: Call) -> Json:
    """auth.test of the bot token."""
    return {
        "url": state.url,
        "team": "Sandbox",
        "user": "casebot",
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def open_socket(state: "State", _call: Call) -> Json:
    """apps.connections.open: the address of a WebSocket, good for one connection."""
    return {"url": state.socket_url()}


def user(state: "State", call: Call) -> Json:
    """users.info."""
    id_ = call.required("user", "user_not_found")
    if id_ not in state.people:
        raise SlackError("user_not_found")
    return {"user": state.described(state.people[id_])}


def users(state: "State", call: Call) -> Json:
    """users.list."""
    members, more = page(call, list(state.people.values()), default=1000)
    now = int(state.clock.now().timestamp())
    return {"members": [state.described(person) for person in members], "cache_ts": now, **more}


def user_by_email(state: "State", call: Call) -> Json:
    """users.lookupByEmail, any case."""
    email = call.required("email", "users_not_found").casefold()
    for person in state.people.values():
        if person.email.casefold() == email:
            return {"user": state.described(person)}
    raise SlackError("users_not_found")


def usergroups(state: "State", call: Call) -> Json:
    """usergroups.list: disabled groups only with `include_disabled`."""
    with_users, disabled = call.flag("include_users"), call.flag("include_disabled")
    groups = [group for group in state.usergroups.values() if disabled or not group.deleted]
    return {"usergroups": [group.shape(with_users=with_users) for group in groups]}


def usergroup_users(state: "State", call: Call) -> Json:
    """usergroups.users.list."""
    group = state.usergroups.get(call.required("usergroup"))
    if group is None or (group.deleted and not call.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def bot(_state: "State", call: Call) -> Json:
    """bots.info."""
    if call.text("bot", BOT_ID) != BOT_ID:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": BOT_ID,
            "deleted": False,
            "name": "Casebot",
            "updated": 1735689600,
            "app_id": APP_ID,
            "user_id": BOT_USER_ID,
            "icons": {},
        }
    }


def team(state: "State", _call: Call) -> Json:
    """team.info."""
    return {
        "team": {
            "id": TEAM_ID,
            "name": "Sandbox",
            "url": state.url,
            "domain": state.team_domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "avatar_base_url": state.url,
            "is_verified": False,
        }
    }


METHODS = {
    "api.test": api_test,
    "auth.test": auth_test,
    "apps.connections.open": open_socket,
    "users.info": user,
    "users.list": users,
    "users.lookupByEmail": user_by_email,
    "usergroups.list": usergroups,
    "usergroups.users.list": usergroup_users,
    "bots.info": bot,
    "team.info": team,
}
