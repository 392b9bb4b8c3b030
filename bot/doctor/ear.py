"""One Socket Mode socket in our own hands: opened, greeted, listened to for a while, hung up."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import websocket

from bot.doctor.finding import Trouble
from bot.slack.transport import proxy_for
from bot.tls import tls_context

HELLO_SECONDS = 8.0
_FIREWALL = "Let this machine reach wss://wss-primary.slack.com and wss://wss-backup.slack.com, port 443."
_FAREWELLS = {
    "too_many_websockets": "Ten sockets of this app are open already: stop the Casebots that run elsewhere.",
    "link_disabled": "Switch Socket Mode on: your app → Socket Mode → Enable Socket Mode.",
}


class Ear:
    """A context manager over one socket. What is not acked on it, Slack sends again to another one."""

    def __init__(self, address: str) -> None:
        try:
            self._socket = websocket.create_connection(
                address, timeout=HELLO_SECONDS, sslopt={"context": tls_context()}, **_proxied(address)
            )
        except (OSError, websocket.WebSocketException) as error:
            raise Trouble(f"the socket to Slack can't be opened ({error})", _FIREWALL) from error

    def greeting(self) -> Mapping[str, Any]:
        """Wait for Slack's hello, which tells the app's id and how many sockets it has now."""
        message = next(self._messages(HELLO_SECONDS), None)
        if message is None:
            raise Trouble(f"Slack says no hello on the socket within {HELLO_SECONDS:g} s", _FIREWALL)
        if message.get("type") != "hello":
            reason = str(message.get("reason") or message.get("type"))
            raise Trouble(f"Slack hangs up at once ({reason})", _FAREWELLS.get(reason, "Try again in a minute."))
        return message

    def envelopes(self, seconds: float) -> Iterator[Mapping[str, Any]]:
        """Yield what Slack sends in so many seconds; whoever takes one acks it."""
        return (message for message in self._messages(seconds) if "envelope_id" in message)

    def ack(self, envelope: Mapping[str, Any]) -> None:
        """Tell Slack that an envelope was taken."""
        self._socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))

    def hang_up(self) -> None:
        """Close the socket."""
        self._socket.close(timeout=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()

    def _messages(self, seconds: float) -> Iterator[Mapping[str, Any]]:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                message = json.loads(self._socket.recv() or "null")
            except websocket.WebSocketTimeoutException:
                return
            except (OSError, ValueError, websocket.WebSocketException) as error:
                raise Trouble(f"the socket to Slack broke ({error})", _FIREWALL) from error
            if message is None:
                raise Trouble("Slack closed the socket", _FIREWALL)
            if isinstance(message, dict):
                yield message


def _proxied(address: str) -> dict[str, Any]:
    proxy = proxy_for(address)
    if proxy is None:
        return {}
    parts = urlsplit(proxy)
    named: dict[str, Any] = {"http_proxy_host": parts.hostname, "http_proxy_port": parts.port, "proxy_type": "http"}
    if parts.username:
        named["http_proxy_auth"] = (unquote(parts.username), unquote(parts.password or ""))
    return named
