"""The Slack app we describe is the one the code expects, and asks for no more: both are compared, derived from code."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import pytest
import yaml
from slack_sdk import WebClient

from bot.doctor.manifest import http_form
from bot.slack import app
from bot.slack.action_ids import Shortcut
from tests.services import slack_schemas

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "manifest.yml"
EDGE = ROOT / "bot" / "slack"

Listener = TypeVar("Listener")

_HISTORY = {"channels:history", "groups:history", "im:history"}
# Slack's documentation of each method names the scopes that it needs of a bot; those of history go by kind of place.
SCOPES_OF_METHOD: dict[str, set[str]] = {
    "apps_connections_open": set(),  # the app-level token's own
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": _HISTORY,
    "conversations_list": {"channels:read", "groups:read"},  # of the kinds that are asked for
    "conversations_open": {"im:write"},
    "conversations_replies": _HISTORY,
    "files_info": {"files:read"},
    "files_upload_v2": {"files:write"},
    "reactions_add": {"reactions:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"},
    "users_conversations": {"channels:read", "groups:read", "im:read"},  # of the kinds that are asked for
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}
# The documentation of each event names the scope without which it is not delivered.
SCOPES_OF_EVENT: dict[str, set[str]] = {
    "app_home_opened": set(),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "subteam_created": {"usergroups:read"},
    "subteam_members_changed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "team_join": {"users:read"},
    "user_change": {"users:read"},
}
# What needs a scope without being a method or an event: the elements of forms, and the fields of what Slack tells.
SCOPES_OF_WORDS = {
    "FileInputElement": {"files:read"},
    '"email"': {"users:read.email"},  # an admin's mail and his Slack account are one person
}
# One event for the listener, one for each kind of place in the manifest.
KINDS_OF_EVENT = {"message": {"message.channels", "message.groups", "message.im"}}


class Register:
    """Stands where the Bolt app does while the listeners are registered, and keeps what they listen to."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str | re.Pattern[str]]] = defaultdict(list)

    def __getattr__(self, kind: str) -> Callable[[str | re.Pattern[str]], Callable[[Listener], Listener]]:
        def listen_to(name: str | re.Pattern[str]) -> Callable[[Listener], Listener]:
            self.heard[kind].append(name)
            return lambda listener: listener

        return listen_to

    def names(self, kind: str) -> set[str]:
        """What is listened to by name, without the listeners that take anything."""
        return {str(name) for name in self.heard[kind] if isinstance(name, str)}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def register() -> Register:
    register = Register()
    in_place_of_the_app: Any = register
    app.listen(in_place_of_the_app)
    return register


def methods_in_use() -> set[str]:
    """Every method of Slack's client that the edge names, as an attribute or as Slack writes it."""
    known = {name for name in vars(WebClient) if "_" in name.strip("_")}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in EDGE.rglob("*.py")]
    return {name for tree in trees for node in ast.walk(tree) if (name := named(node)) in known}


def named(node: ast.AST) -> str:
    """What a node may call a method by: `client.users_list`, or "users.list" for `api_call`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.value.replace(".", "_") if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def keys(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from tree
        for branch in tree.values():
            yield from keys(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from keys(branch)


@pytest.mark.needs("slack-schemas")
def test_slacks_own_schemas_accept_it(manifest: dict[str, Any]) -> None:
    for schema in slack_schemas.files():
        jsonschema.validate(manifest, json.loads(schema.read_text(encoding="utf-8")))


def test_nothing_dials_in(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert manifest["settings"]["interactivity"] == {"is_enabled": True}
    assert [key for key in keys(manifest) if "url" in key] == []


def test_in_http_mode_slack_calls_one_address_and_all_else_is_the_same(manifest: dict[str, Any]) -> None:
    text = http_form(MANIFEST.read_text(encoding="utf-8"), "https://desk.example.com/")
    by_http = yaml.safe_load(text)
    door = "https://desk.example.com/slack/events"

    assert text.count(door) == 5  # the heading's among them
    assert by_http["features"]["slash_commands"][0].pop("url") == door
    assert by_http["settings"]["event_subscriptions"].pop("request_url") == door
    assert by_http["settings"]["interactivity"].pop("request_url") == door
    assert by_http["settings"]["interactivity"].pop("message_menu_options_url") == door
    assert by_http["settings"]["socket_mode_enabled"] is False
    by_http["settings"]["socket_mode_enabled"] = True
    assert by_http == manifest


@pytest.mark.needs("slack-schemas")
def test_slacks_own_schemas_accept_the_form_for_http_mode() -> None:
    by_http = yaml.safe_load(http_form(MANIFEST.read_text(encoding="utf-8"), "https://desk.example.com"))

    for schema in slack_schemas.files():
        jsonschema.validate(by_http, json.loads(schema.read_text(encoding="utf-8")))


def test_customers_can_write_to_the_bot_and_everybody_has_a_home(manifest: dict[str, Any]) -> None:
    assert manifest["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert "views_publish" in methods_in_use()


def test_its_events_are_those_that_are_listened_to(manifest: dict[str, Any], register: Register) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    heard = set[str]().union(*(KINDS_OF_EVENT.get(name, {name}) for name in register.names("event")))

    assert events == sorted(heard)


def test_its_scopes_are_those_that_methods_events_and_forms_need(manifest: dict[str, Any], register: Register) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in EDGE.rglob("*.py"))
    needed = set[str]().union(
        {"commands"} if register.heard["command"] or register.heard["shortcut"] else set(),
        *(SCOPES_OF_METHOD[method] for method in methods_in_use()),
        *(SCOPES_OF_EVENT[event] for event in events),
        *(scopes for word, scopes in SCOPES_OF_WORDS.items() if word in source),
    )

    assert manifest["oauth_config"]["scopes"]["bot"] == sorted(needed)


def test_its_command_is_heard_and_mentions_in_it_arrive_as_ids(manifest: dict[str, Any], register: Register) -> None:
    [command] = manifest["features"]["slash_commands"]
    [pattern] = register.heard["command"]

    assert command["command"] == "/case"
    assert re.fullmatch(pattern, command["command"])
    assert command["should_escape"] is True


def test_its_shortcuts_are_those_that_are_listened_to(manifest: dict[str, Any], register: Register) -> None:
    shortcuts = manifest["features"]["shortcuts"]

    assert sorted(one["callback_id"] for one in shortcuts) == sorted(register.names("shortcut"))
    assert [one["callback_id"] for one in shortcuts if one["type"] == "global"] == [Shortcut.NEW_CASE]
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shortcuts)
