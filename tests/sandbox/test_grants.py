"""Once a manifest is installed, the bot may do and hears what it asked for, and nothing else."""

from pathlib import Path

import pytest
import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import web_api
from bot.sandbox.grants import ALL_SCOPES, BY_PLACE, BY_TYPES, FIXED, TO_INVITE
from bot.sandbox.server import Sandbox
from tests.sandbox.wire import Json, Wire
from tests.services.http import http

SCOPELESS = {
    "api.test",
    "auth.test",
    "apps.connections.open",
    "chat.getPermalink",
    "views.open",
    "views.publish",
    "views.push",
    "views.update",
}


def manifest(*scopes: str, events: tuple[str, ...] = ()) -> dict[str, Json]:
    return {
        "oauth_config": {"scopes": {"bot": list(scopes)}},
        "settings": {"event_subscriptions": {"bot_events": list(events)}},
    }


def lacking(client: WebClient, method: str, **arguments: object) -> tuple[str, str, str]:
    with pytest.raises(SlackApiError) as refusal:
        client.api_call(method, params=arguments)
    answer = refusal.value.response
    return str(answer["error"]), str(answer["needed"]), str(answer["provided"])


def test_every_method_has_its_scope_or_needs_none() -> None:
    assert {*FIXED, *BY_PLACE, *BY_TYPES, *SCOPELESS, "conversations.invite"} == set(web_api.METHODS)
    assert {*FIXED.values(), *TO_INVITE.values()} <= set(ALL_SCOPES)


def test_what_was_not_granted_is_refused_by_name(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.grants.install(manifest("chat:write", "channels:read"))

    client.chat_postMessage(channel="#support", text="granted")

    both = "channels:read,chat:write"
    assert lacking(client, "users.info", user="U0ADA") == ("missing_scope", "users:read", both)
    assert lacking(client, "conversations.history", channel="C0SUPPORT") == ("missing_scope", "channels:history", both)
    private = "public_channel,private_channel"
    assert lacking(client, "conversations.list", types=private) == ("missing_scope", "groups:read", both)
    assert client.conversations_list().headers["x-oauth-scopes"] == both


def test_a_direct_message_has_scopes_of_its_own(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.grants.install(manifest("channels:history"))

    refusal = lacking(client, "conversations.history", channel=sandbox.workspace.dm("carla"))

    assert refusal[1] == "im:history"


def test_mail_addresses_need_a_scope_of_their_own(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.grants.install(manifest("users:read"))

    assert "email" not in client.users_info(user="U0ADA")["user"]["profile"]
    assert lacking(client, "users.lookupByEmail", email="ada@desk.test")[1] == "users:read.email"


def test_files_need_files_read(sandbox: Sandbox) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "look", files=[("a.txt", b"x")])
    address = sandbox.workspace.message("#customers", ts)["files"][0]["url_private"]
    sandbox.workspace.grants.install(manifest("chat:write"))

    answer = http.get(address, headers={"Authorization": f"Bearer {sandbox.workspace.bot_token}"})

    assert answer.status_code == 302


def test_only_subscribed_events_arrive(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.workspace.grants.install(manifest("chat:write", events=("message.im", "reaction_added")))

    ts = sandbox.workspace.say("carla", "#customers", "@casebot, unheard")
    sandbox.workspace.react("carla", "#customers", ts, "eyes")
    sandbox.workspace.say("carla", "@casebot", "heard")

    assert [wire.hear()["payload"]["event"]["type"] for _ in range(2)] == ["reaction_added", "message"]
    assert sandbox.link.waiting == 2


def test_posting_everywhere_takes_a_scope_of_its_own(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.create_channel("elsewhere", with_bot=False)
    sandbox.workspace.grants.install(manifest("chat:write", "chat:write.public"))

    client.chat_postMessage(channel="#elsewhere", text="hello")

    assert sandbox.workspace.messages("#elsewhere")[0]["text"] == "hello"


def test_it_can_be_switched_off_again(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.grants.install(manifest())
    sandbox.workspace.grants.enforced = False

    assert client.users_info(user="U0ADA")["ok"]


def test_casebot_s_own_manifest_asks_for_known_scopes_only() -> None:
    text = (Path(__file__).parents[2] / "manifest.yml").read_text(encoding="utf-8")

    asked = yaml.safe_load(text)["oauth_config"]["scopes"]["bot"]

    assert set(asked) <= set(ALL_SCOPES)
