"""The Slack app we describe is the one the code expects, and asks for no more."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.services import slack_schemas

MANIFEST = Path(__file__).parents[1] / "manifest.yml"

# Slack's documentation of each event names the scope without which it is not delivered.
SCOPE_OF_EVENT = {
    "app_home_opened": None,
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "subteam_created": "usergroups:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "team_join": "users:read",
    "user_change": "users:read",
}
SCOPES_OF_METHODS = {
    "chat:write",  # cards, alerts, answers
    "commands",  # /case and the buttons' payloads
    "channels:read",  # conversations.list and info, by kind of place
    "groups:read",
    "im:read",
    "im:write",  # conversations.open
    "users:read.email",  # an admin's mail and his Slack account are one person
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return loaded


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


def test_customers_can_write_to_the_bot_and_everybody_has_a_home(manifest: dict[str, Any]) -> None:
    assert manifest["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_mentions_in_commands_arrive_as_ids(manifest: dict[str, Any]) -> None:
    [command] = manifest["features"]["slash_commands"]

    assert command["command"] == "/case"
    assert command["should_escape"] is True


def test_each_scope_is_asked_for_because_something_needs_it(manifest: dict[str, Any]) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    scopes = manifest["oauth_config"]["scopes"]["bot"]

    assert sorted(events) == sorted(SCOPE_OF_EVENT)
    assert sorted(scopes) == sorted(SCOPES_OF_METHODS | {s for s in SCOPE_OF_EVENT.values() if s})
