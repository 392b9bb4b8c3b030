"""History and threads come in pages that neither repeat nor skip, whatever is said meanwhile."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.sandbox.server import Sandbox


def words(answer: SlackResponse) -> list[str]:
    return [message["text"] for message in answer["messages"]]


def test_what_is_said_between_two_pages_moves_no_page(sandbox: Sandbox, client: WebClient) -> None:
    for n in range(5):
        sandbox.workspace.say("ada", "#support", str(n))

    first = client.conversations_history(channel="C0SUPPORT", limit=2)
    sandbox.workspace.say("ada", "#support", "meanwhile")
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel="C0SUPPORT", limit=2, cursor=cursor)

    assert (words(first), words(second)) == (["4", "3"], ["2", "1"])


def test_a_deleted_message_at_the_edge_loses_none(sandbox: Sandbox, client: WebClient) -> None:
    said = [sandbox.workspace.say("ada", "#support", str(n)) for n in range(4)]

    first = client.conversations_history(channel="C0SUPPORT", limit=2)
    sandbox.workspace.delete("ada", "#support", said[1])
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel="C0SUPPORT", limit=2, cursor=cursor)

    assert words(second) == ["0"]
    assert (second["has_more"], "response_metadata" in second.data) == (False, False)


def test_a_full_last_page_says_that_it_is_the_last(sandbox: Sandbox, client: WebClient) -> None:
    for n in range(2):
        sandbox.workspace.say("ada", "#support", str(n))

    assert client.conversations_history(channel="C0SUPPORT", limit=2)["has_more"] is False


def test_every_page_of_a_thread_begins_with_its_parent(sandbox: Sandbox, client: WebClient) -> None:
    parent = sandbox.workspace.say("ada", "#support", "parent")
    replies = [sandbox.workspace.say("ada", "#support", str(n), parent) for n in range(3)]

    first = client.conversations_replies(channel="C0SUPPORT", ts=parent, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_replies(channel="C0SUPPORT", ts=parent, limit=2, cursor=cursor)
    of_reply = client.conversations_replies(channel="C0SUPPORT", ts=replies[1])

    assert [words(page) for page in (first, second)] == [["parent", "0", "1"], ["parent", "2"]]
    assert words(of_reply) == ["parent", "0", "1", "2"]


def test_the_ends_count_only_when_asked_for(sandbox: Sandbox, client: WebClient) -> None:
    said = [sandbox.workspace.say("ada", "#support", str(n)) for n in range(3)]

    outside = client.conversations_history(channel="C0SUPPORT", oldest=said[0], latest=said[2])
    inside = client.conversations_history(channel="C0SUPPORT", oldest=said[0], latest=said[2], inclusive=True)

    assert (words(outside), words(inside)) == (["1"], ["2", "1", "0"])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"cursor": "bm9ib2R5"}, "invalid_cursor"),
        ({"cursor": "%%%"}, "invalid_cursor"),
        ({"limit": 0}, "invalid_limit"),
        ({"limit": -1}, "invalid_limit"),
        ({"limit": 1001}, "invalid_limit"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "tomorrow"}, "invalid_ts_latest"),
    ],
)
def test_odd_pages_are_refused(sandbox: Sandbox, client: WebClient, arguments: dict[str, object], error: str) -> None:
    sandbox.workspace.say("ada", "#support", "words")

    with pytest.raises(SlackApiError) as refusal:
        client.api_call("conversations.history", params={"channel": "C0SUPPORT", **arguments})
    assert refusal.value.response["error"] == error
