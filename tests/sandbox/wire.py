"""Two bots for the sandbox: a bare Socket Mode client that acks when told to, and a hello-world Bolt app."""

import json
import socket
from typing import Any, TypeAlias

import websocket
from slack_bolt import Ack, App, Respond, Say
from slack_sdk import WebClient
from slack_sdk.socket_mode.websocket_client import SocketModeClient

from tests.services.process import wait_until

Json: TypeAlias = dict[str, Any]
BUTTON = {
    "type": "button",
    "text": {"type": "plain_text", "text": "Go"},
    "action_id": "go",
    "value": "CASE-1:1",
}


class Wire:
    """A Socket Mode client without comfort: it hears frames and acks only when told to."""

    def __init__(self, client: WebClient, app_token: str) -> None:
        self.url = str(client.apps_connections_open(app_token=app_token)["url"])
        self._socket = websocket.create_connection(self.url, timeout=5)

    def hear(self) -> Json:
        frame: Json = json.loads(self._socket.recv())
        return frame

    def ack(self, frame: Json, payload: Json | None = None) -> None:
        answer = {"envelope_id": frame["envelope_id"]}
        self._socket.send(json.dumps(answer | ({"payload": payload} if payload else {})))

    def close(self) -> None:
        raw = self._socket.sock
        self._socket.close()
        if raw is not None:  # close() leaves the socket open once the other side's close was heard
            raw.close()


def hang_up(client: SocketModeClient) -> None:
    """Close a real client; its own close() would wait up to 10 s for its reading thread to look up.

    A socket that is closed before that thread saw its end never wakes it.
    """
    client.auto_reconnect_enabled = False
    session = client.current_session
    if session is not None and session.sock is not None and session.sock.sock is not None:
        session.sock.sock.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: session.sock is None, "the reading thread to end")
    client.close()


def hello_world(client: WebClient) -> App:
    app = App(client=client, process_before_response=True)

    @app.message("hello")
    def greet(message: Json, say: Say) -> None:
        say(f"Hi <@{message['user']}>", blocks=[{"type": "actions", "elements": [BUTTON]}])

    @app.action("go")
    def go(ack: Ack, respond: Respond) -> None:
        ack()
        respond("You went.", replace_original=False)

    @app.command("/case")
    def case(ack: Ack, command: Json) -> None:
        ack(f"You asked: {command['text']}")

    @app.event("message")
    def other(ack: Ack) -> None:
        ack()

    return app
