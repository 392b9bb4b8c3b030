"""Socket Mode keeps Slack's promises: hello, acks, three retries for events, none for clicks, refresh."""

import json
import threading

import pytest
import websocket
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import Sandbox
from bot.sandbox.socket_mode import MOST_CONNECTIONS
from tests.sandbox.conftest import Connect
from tests.sandbox.wire import BUTTON, Wire


def test_hello_counts_the_connections(sandbox: Sandbox, client: WebClient, connect: Connect) -> None:
    connect()
    second = Wire(client, sandbox.workspace.app_token)

    assert second.hear()["num_connections"] == 2
    second.close()


def test_a_message_arrives_as_slack_words_it(sandbox: Sandbox, wire: Wire) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "see <b> & #support, @casebot")

    frame = wire.hear()
    event = frame["payload"]["event"]
    wire.ack(frame)

    assert (frame["type"], frame["retry_attempt"], frame["accepts_response_payload"]) == ("events_api", 0, False)
    assert event["text"] == "see &lt;b&gt; &amp; <#C0SUPPORT|support>, <@U0CASEBOT>"
    assert (event["type"], event["channel_type"], event["ts"], event["event_ts"]) == ("message", "channel", ts, ts)
    assert wire.hear()["payload"]["event"]["type"] == "app_mention"


def test_an_event_nobody_acks_comes_three_times_more_and_is_then_lost(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.link.ack_timeout = 0.05

    sandbox.workspace.say("carla", "#customers", "anybody?")
    frames = [wire.hear() for _ in range(4)]
    sandbox.settle()

    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
    assert {frame["retry_reason"] for frame in frames[1:]} == {"timeout"}
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert [lost["event"]["text"] for lost in sandbox.link.lost] == ["anybody?"]


def test_a_click_nobody_acks_fails_once_and_the_person_is_told(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    sandbox.link.ack_timeout = 0.05
    posted = client.chat_postMessage(channel="#support", text="?", blocks=[{"type": "actions", "elements": [BUTTON]}])

    clicked = sandbox.workspace.click("ada", "#support", str(posted["ts"]), "go")

    assert clicked.outcome == "operation_timeout"
    assert "operation_timeout" in sandbox.workspace.ephemerals("ada")[-1]["text"]


def test_events_wait_for_a_connection_and_clicks_do_not(sandbox: Sandbox, connect: Connect) -> None:
    sandbox.workspace.say("carla", "#customers", "while you were away")

    asked = sandbox.workspace.command("ada", "#support", "/case")

    assert asked.outcome == "no_connection"
    assert connect().hear()["payload"]["event"]["text"] == "while you were away"


def test_events_can_be_lost_while_the_bot_is_away(sandbox: Sandbox) -> None:
    sandbox.link.keeps_events = False

    sandbox.workspace.say("carla", "#customers", "nobody hears this")
    sandbox.settle()

    assert len(sandbox.link.lost) == 1


def test_envelopes_are_spread_over_the_connections(sandbox: Sandbox, connect: Connect) -> None:
    wires = [connect(), connect()]

    for number in range(4):
        sandbox.workspace.say("carla", "#customers", str(number))

    assert [{wire.hear()["type"] for _ in range(2)} for wire in wires] == [{"events_api"}, {"events_api"}]


def test_an_asked_for_refresh_moves_the_traffic_to_the_new_connection(sandbox: Sandbox, connect: Connect) -> None:
    old = connect()

    sandbox.link.disconnect("refresh_requested")
    asked = old.hear()
    new = connect()
    sandbox.workspace.say("carla", "#customers", "to the new one")

    assert (asked["type"], asked["reason"]) == ("disconnect", "refresh_requested")
    assert new.hear()["payload"]["event"]["text"] == "to the new one"


def test_the_eleventh_connection_is_one_too_many(sandbox: Sandbox, client: WebClient, connect: Connect) -> None:
    for _ in range(MOST_CONNECTIONS):
        connect()

    refused = Wire(client, sandbox.workspace.app_token)

    assert refused.hear()["reason"] == "too_many_websockets"
    refused.close()


def test_a_ticket_is_good_for_one_connection(wire: Wire) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(wire.url, timeout=5)


def test_a_cut_socket_closes_without_a_word(sandbox: Sandbox, wire: Wire) -> None:
    sandbox.link.cut()

    with pytest.raises((websocket.WebSocketConnectionClosedException, json.JSONDecodeError)):
        wire.hear()
    sandbox.workspace.wait_for(lambda: sandbox.link.connections == 0)


def test_an_ack_may_carry_the_answer_to_a_command(sandbox: Sandbox, wire: Wire) -> None:
    def answer() -> None:
        wire.ack(wire.hear(), {"text": "Two open cases."})

    acker = threading.Thread(target=answer)
    acker.start()
    asked = sandbox.workspace.command("ada", "#support", "/case", "list")
    acker.join()

    assert asked.payload == {"text": "Two open cases."}
    assert [m["text"] for m in sandbox.workspace.ephemerals("ada")] == ["Two open cases."]


def test_when_slack_is_away_sockets_close_and_calls_fail(sandbox: Sandbox, client: WebClient, wire: Wire) -> None:
    sandbox.pause_slack()

    with pytest.raises(SlackApiError) as failure:
        client.auth_test()
    assert failure.value.response.status_code == 503
    sandbox.workspace.wait_for(lambda: sandbox.link.connections == 0)
    sandbox.resume_slack()
    assert client.auth_test()["ok"]
