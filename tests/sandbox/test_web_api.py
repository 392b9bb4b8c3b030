"""The Web API answers as Slack's: tokens, errors, pages, metadata, edits."""

from collections.abc import Callable

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox
from tests.sandbox.wire import Json
from tests.services.http import http


def refused(call: Callable[[], object]) -> str:
    """Return the error code of a call that must be refused."""
    with pytest.raises(SlackApiError) as refusal:
        call()
    return str(refusal.value.response["error"])


def test_auth_test_says_who_the_bot_is_and_what_it_may(client: WebClient) -> None:
    who = client.auth_test()

    assert (who["user_id"], who["bot_id"], who["team_id"]) == ("U0CASEBOT", "B0CASEBOT", "T0SANDBOX")
    assert "chat:write" in who.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "", "not_authed"),
        ("auth.test", "xoxb-wrong", "invalid_auth"),
        ("apps.connections.open", "bot", "not_allowed_token_type"),
        ("chat.postMessage", "app", "not_allowed_token_type"),
        ("dance.start", "bot", "unknown_method"),
    ],
)
def test_tokens_and_methods_are_checked(sandbox: Sandbox, method: str, token: str, error: str) -> None:
    tokens = {"bot": sandbox.workspace.bot_token, "app": sandbox.workspace.app_token}

    answer = http.post(sandbox.api_url + method, data={"token": tokens.get(token, token)})

    assert answer.status_code == 200
    assert answer.json()["error"] == error


def test_unknown_methods_are_counted(sandbox: Sandbox, client: WebClient) -> None:
    refused(lambda: client.api_call("dance.start"))

    assert sandbox.workspace.unknown_methods == {"dance.start": 1}


def test_posting_is_refused_as_slack_refuses_it(sandbox: Sandbox, client: WebClient) -> None:
    elsewhere = sandbox.workspace.create_channel("elsewhere", with_bot=False)
    theirs = sandbox.workspace.say("ada", "#support", "mine")

    assert refused(lambda: client.chat_postMessage(channel="#nowhere", text="x")) == "channel_not_found"
    assert refused(lambda: client.chat_postMessage(channel=elsewhere, text="x")) == "not_in_channel"
    assert refused(lambda: client.api_call("chat.postMessage", params={"channel": "#support"})) == "no_text"
    assert refused(lambda: client.chat_update(channel="C0SUPPORT", ts="1.2", text="x")) == "message_not_found"
    assert refused(lambda: client.chat_update(channel="C0SUPPORT", ts=theirs, text="x")) == "cant_update_message"
    assert refused(lambda: client.chat_delete(channel="C0SUPPORT", ts=theirs)) == "cant_delete_message"
    assert refused(lambda: client.users_info(user="U0NOBODY")) == "user_not_found"


def test_history_comes_newest_first_page_by_page(sandbox: Sandbox, client: WebClient) -> None:
    said = [sandbox.workspace.say("carla", "#customers", f"line {n}") for n in range(5)]

    pages = [
        ([m["text"] for m in page["messages"]], page["has_more"])
        for page in client.conversations_history(channel="C0CUSTOMERS", limit=2)
    ]
    since = client.conversations_history(channel="C0CUSTOMERS", oldest=said[2])

    assert pages == [(["line 4", "line 3"], True), (["line 2", "line 1"], True), (["line 0"], False)]
    assert [m["text"] for m in since["messages"]] == ["line 4", "line 3"]


def test_metadata_comes_back_only_when_asked_for(client: WebClient) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"delivery_id": "7"}}
    client.chat_postMessage(channel="#support", text="card", metadata=metadata)

    [bare] = client.conversations_history(channel="C0SUPPORT")["messages"]
    [full] = client.conversations_history(channel="C0SUPPORT", include_all_metadata=True)["messages"]

    assert "metadata" not in bare
    assert full["metadata"] == metadata


def test_a_thread_is_kept_with_its_parent(sandbox: Sandbox, client: WebClient) -> None:
    parent = sandbox.workspace.say("carla", "#customers", "Help")
    client.chat_postMessage(channel="#customers", text="Coming", thread_ts=parent)
    sandbox.workspace.say("carla", "#customers", "Thanks", parent)

    thread = client.conversations_replies(channel="C0CUSTOMERS", ts=parent)["messages"]
    [top] = client.conversations_history(channel="C0CUSTOMERS")["messages"]

    assert [m["text"] for m in thread] == ["Help", "Coming", "Thanks"]
    assert (top["reply_count"], top["reply_users"]) == (2, ["U0CASEBOT", "U0CARLA"])
    assert {m["thread_ts"] for m in thread} == {parent}
    assert refused(lambda: client.conversations_replies(channel="C0CUSTOMERS", ts="1.1")) == "thread_not_found"


def test_an_update_without_blocks_removes_them(client: WebClient) -> None:
    blocks: list[Json] = [{"type": "divider"}]
    posted = client.chat_postMessage(channel="#support", text="card", blocks=blocks)

    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="closed")

    [now] = client.conversations_history(channel="C0SUPPORT")["messages"]
    assert posted["message"]["blocks"][0]["block_id"]
    assert "blocks" not in now
    assert (now["text"], now["edited"]["user"]) == ("closed", "U0CASEBOT")


def test_reactions_are_added_once_and_removed_once(client: WebClient) -> None:
    ts = str(client.chat_postMessage(channel="#support", text="card")["ts"])
    place = {"channel": "C0SUPPORT", "timestamp": ts, "name": "eyes"}

    client.reactions_add(**place)

    assert refused(lambda: client.reactions_add(**place)) == "already_reacted"
    got = client.reactions_get(channel="C0SUPPORT", timestamp=ts)
    assert got["message"]["reactions"] == [{"name": "eyes", "users": ["U0CASEBOT"], "count": 1}]
    client.reactions_remove(**place)
    assert refused(lambda: client.reactions_remove(**place)) == "no_reaction"


def test_people_channels_and_groups_can_be_looked_up(sandbox: Sandbox, client: WebClient) -> None:
    group = sandbox.workspace.create_usergroup("desk", ["ada", "amos"])

    names = [c["name"] for page in client.conversations_list(limit=3) for c in page["channels"]]
    ada = client.users_lookupByEmail(email="ADA@desk.test")["user"]

    assert names == ["support", "alerting", "logging", "customers"]
    assert (ada["id"], ada["profile"]["display_name"]) == ("U0ADA", "Ada Admin")
    assert len(client.users_list()["members"]) == 5
    assert client.usergroups_users_list(usergroup=group)["users"] == ["U0ADA", "U0AMOS"]
    assert client.usergroups_list()["usergroups"][0]["handle"] == "desk"
    assert client.conversations_members(channel="C0SUPPORT")["members"] == ["U0CASEBOT", "U0ADA", "U0AMOS"]
    assert client.conversations_info(channel="C0SUPPORT")["channel"]["is_member"]
    assert refused(lambda: client.conversations_info(channel="#support")) == "channel_not_found"
    assert client.bots_info(bot="B0CASEBOT")["bot"]["user_id"] == "U0CASEBOT"
    assert client.team_info()["team"]["domain"] == "sandbox"


def test_a_direct_message_is_opened_and_private(sandbox: Sandbox, client: WebClient) -> None:
    im = str(client.conversations_open(users="U0CARLA")["channel"]["id"])

    client.chat_postMessage(channel=im, text="Hello Carla")
    client.chat_postMessage(channel="U0CARLA", text="by user id")

    assert im == sandbox.workspace.dm("carla")
    assert [m["text"] for m in sandbox.workspace.messages(im)] == ["Hello Carla", "by user id"]
    assert client.conversations_open(users="U0CARLA")["already_open"]


def test_an_ephemeral_message_reaches_members_only(sandbox: Sandbox, client: WebClient) -> None:
    client.chat_postEphemeral(channel="#support", user="U0ADA", text="for you")

    assert [m["text"] for m in sandbox.workspace.ephemerals("ada")] == ["for you"]
    assert sandbox.workspace.messages("#support") == []
    to_carla = {"channel": "#support", "user": "U0CARLA", "text": "x"}
    assert refused(lambda: client.api_call("chat.postEphemeral", json=to_carla)) == "user_not_in_channel"


def test_a_permalink_leads_to_the_sandbox_s_page(sandbox: Sandbox, client: WebClient) -> None:
    posted = client.chat_postMessage(channel="#support", text="card")

    link = str(client.chat_getPermalink(channel="C0SUPPORT", message_ts=str(posted["ts"]))["permalink"])

    assert link.startswith(f"{sandbox.url}archives/C0SUPPORT/p")
    assert "card" in http.get(link, follow_redirects=True).text


def test_json_and_forms_are_both_understood(sandbox: Sandbox) -> None:
    url, bearer = sandbox.api_url + "chat.postMessage", {"Authorization": f"Bearer {sandbox.workspace.bot_token}"}

    as_json = http.post(url, json={"channel": "#support", "blocks": [{"type": "divider"}]}, headers=bearer)
    as_form = http.post(url, data={"channel": "#support", "blocks": '[{"type":"divider"}]'}, headers=bearer)
    broken = http.post(url, data={"channel": "#support", "blocks": "[{"}, headers=bearer)

    assert as_json.json()["ok"]
    assert as_form.json()["ok"]
    assert broken.json()["error"] == "invalid_blocks_format"
