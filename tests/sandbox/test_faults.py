"""What goes wrong with Slack can be made to go wrong here, exactly as often as asked."""

import threading
from http.client import RemoteDisconnected

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox


def test_a_rate_limit_says_when_to_come_again(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.faults.rate_limit("chat.postMessage", times=1, retry_after=30)

    with pytest.raises(SlackApiError) as refusal:
        client.chat_postMessage(channel="#support", text="first")
    client.chat_postMessage(channel="#support", text="second")

    assert (refusal.value.response.status_code, refusal.value.response["error"]) == (429, "ratelimited")
    assert refusal.value.response.headers["Retry-After"] == "30"
    assert [m["text"] for m in sandbox.workspace.messages("#support")] == ["second"]


def test_posts_into_one_channel_are_paced_when_asked(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.faults.pace_posts(60)

    client.chat_postMessage(channel="C0SUPPORT", text="first")
    with pytest.raises(SlackApiError, match="ratelimited"):
        client.chat_postMessage(channel="C0SUPPORT", text="second")
    client.chat_postMessage(channel="C0ALERTING", text="elsewhere")
    sandbox.faults.clear()
    client.chat_postMessage(channel="C0SUPPORT", text="third")

    assert [m["text"] for m in sandbox.workspace.messages("#support")] == ["first", "third"]


def test_an_answer_can_be_lost_after_the_deed(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.faults.reset_after("chat.postMessage")

    with pytest.raises((ConnectionError, RemoteDisconnected)):
        client.chat_postMessage(channel="#support", text="said, but was it?")

    assert [m["text"] for m in sandbox.workspace.messages("#support")] == ["said, but was it?"]
    assert client.auth_test()["ok"]


def test_an_http_error_happens_instead_of_the_deed(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.faults.fail("chat.postMessage", times=1, status=500)

    with pytest.raises(SlackApiError) as failure:
        client.chat_postMessage(channel="#support", text="x")

    assert failure.value.response.status_code == 500
    assert sandbox.workspace.messages("#support") == []


def test_a_refusal_can_be_ordered(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.faults.refuse("chat.postMessage", "channel_is_archived")

    with pytest.raises(SlackApiError, match="channel_is_archived"):
        client.chat_postMessage(channel="#support", text="x")


def test_a_slow_call_is_overtaken_by_others(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.faults.slow("chat.postMessage", seconds=0.3, channel="#support")
    slow = threading.Thread(target=client.chat_postMessage, kwargs={"channel": "#support", "text": "slow"})

    slow.start()
    client.chat_postMessage(channel="#alerting", text="quick")
    slow.join()

    assert sandbox.workspace.messages("#support")[0]["ts"] > sandbox.workspace.messages("#alerting")[0]["ts"]
