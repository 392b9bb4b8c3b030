"""The payloads of clicks, submissions and shortcuts, as Slack sends them."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from bot.sandbox.channels import Channel
from bot.sandbox.events import VERIFICATION_TOKEN
from bot.sandbox.people import APP_ID, TEAM_ID, Person
from bot.sandbox.postings import elements_of
from bot.sandbox.shapes import Json
from bot.sandbox.state import State

STATELESS = {"button", "workflow_button", "overflow", "image"}
PICKED = {
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
PICKED_MANY = {"multi_users_select", "multi_conversations_select", "multi_channels_select"}
CHOSEN = {"static_select", "external_select", "overflow", "radio_buttons"}
CHOSEN_MANY = {"multi_static_select", "multi_external_select", "checkboxes"}
Offered: TypeAlias = Mapping[str, list[Json]]
"""The options that the bot suggested to a person, by the action_id of an external select."""
NOTHING: Final[Offered] = {}


def gesture(state: State, kind: str, person: Person) -> Json:
    """Return what every interactive payload has."""
    return {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": state.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM_ID},
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "trigger_id": state.triggers.give(person.id),
    }


def place_of(channel: Channel) -> Json:
    """Return the `channel` of a payload; direct messages are called directmessage."""
    return {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name}


def container_of(channel: Channel, message: Json) -> Json:
    """Return the `container` of a click in a message."""
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": bool(message.get("is_ephemeral")),
    }
    return container | ({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {})


def find_element(blocks: list[Json], action_id: str, value: object) -> tuple[Json, Json]:
    """Return the block and element with this action_id; `value` decides between buttons that share it."""
    found = [(b, e) for b in blocks for e in elements_of(b) if e.get("action_id") == action_id]
    exact = [pair for pair in found if value is not None and pair[1].get("value") == value]
    if not found:
        known = [e["action_id"] for b in blocks for e in elements_of(b) if "action_id" in e]
        raise LookupError(f"nothing here has the action_id {action_id!r}; there are {known}")
    return (exact or found)[0]


def action_of(state: State, block: Json, element: Json, value: object, offered: Offered = NOTHING) -> Json:
    """Return the entry of `actions` for a click on, or a choice in, an element."""
    action: Json = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "type": element["type"],
        "action_ts": state.next_ts(),
    }
    if element["type"] == "button":
        return action | {key: element[key] for key in ("text", "value", "style") if key in element}
    return action | chosen(element, value, offered)


def chosen(element: Json, value: object, offered: Offered = NOTHING) -> Json:
    """Return how Slack writes what stands in an element: a choice, a date, words, files."""
    kind = element["type"]
    if kind == "file_input":
        return {"files": value or []}
    if kind in CHOSEN:
        return {"selected_option": _option(element, value, offered) if value is not None else None}
    if kind in PICKED_MANY:
        return {PICKED[kind]: _listed(value)}
    if kind in CHOSEN_MANY:
        return {"selected_options": [_option(element, one, offered) for one in _listed(value)]}
    return {PICKED.get(kind, "value"): value}


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple, set)) else [value] if value is not None else []


def _option(element: Json, value: object, offered: Offered) -> Json:
    """Return the option with this value: of the element, or of those the bot suggested for it.

    An external select takes any other value too, as if an earlier suggestion had offered it.
    """
    for option in [*options_in(element), *offered.get(element["action_id"], []), *_chosen_before(element)]:
        if option["value"] == value:
            return option
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": str(value)}
    raise LookupError(f"{element['action_id']} has no option {value!r}")


def _chosen_before(element: Json) -> list[Json]:
    single: list[Json] = [element["initial_option"]] if "initial_option" in element else []
    return single + list(element.get("initial_options", []))


def options_in(menu: Json) -> list[Json]:
    """Return every option of a menu, or of the answer to what was typed into one, grouped or not."""
    groups = menu.get("option_groups") or []
    return [*(menu.get("options") or []), *(option for group in groups for option in group["options"])]


def initial(element: Json) -> Json:
    """Return what stands in an element before anybody touched it."""
    for key, chosen_key in (("initial_option", "selected_option"), ("initial_options", "selected_options")):
        if key in element:
            return {chosen_key: element[key]}
    for key in element:
        if key.startswith("initial_"):
            return {PICKED.get(element["type"], "value"): element[key]}
    return chosen(element, None)


def keep_choice(view: Json, action: Json) -> None:
    """Remember what was chosen in a view's element, as Slack does in the view's `state`."""
    if action["type"] in STATELESS:
        return
    chosen_now = {key: value for key, value in action.items() if key not in {"action_id", "block_id", "action_ts"}}
    view["state"]["values"].setdefault(action["block_id"], {})[action["action_id"]] = chosen_now


def filled_in(view: Json, values: Json, offered: Offered = NOTHING) -> Json:
    """Return the `state` of a view or message: `values` by action_id or block_id, else what stood there."""
    kept: dict[str, Json] = view.get("state", {}).get("values", {})
    state: dict[str, Json] = {}
    known = set(values)
    for block in view.get("blocks", []):
        for element in elements_of(block):
            if block["type"] != "input" and (element["type"] in STATELESS or "action_id" not in element):
                continue
            key = next((k for k in (element.get("action_id"), block["block_id"]) if k in values), None)
            stood = kept.get(block["block_id"], {}).get(element["action_id"]) or initial(element)
            shown = stood if key is None else chosen(element, values[key], offered)
            known.discard(str(key))
            state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **shown}
    if known:
        raise LookupError(f"the view has no input {sorted(known)}")
    return {"values": state}
