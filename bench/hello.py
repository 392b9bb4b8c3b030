"""The floor of event acks: the shortest listener that Bolt's own documentation would write, on its fastest socket."""

from __future__ import annotations

import os
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient


def main() -> None:
    """Hear messages until killed, and do nothing about them."""
    web = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = App(client=web, signing_secret="unused in socket mode")

    @app.event("message")
    def heard(event: dict[str, Any]) -> None:
        """Bolt acks before it calls this."""

    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()


if __name__ == "__main__":
    main()
