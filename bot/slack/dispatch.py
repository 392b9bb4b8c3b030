"""The Bolt app's one entrance, by whichever road a request comes: a correlation id each, and how fast it was acked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

from bot.log import correlated
from bot.measures import Deed, Measures

REPLAYED = "replayed"
"""Marks in a request's context what is handed in from history: nobody waits for its ack."""


class DeskApp(App):
    """Bolt's App, whose log lines of one request carry one correlation id.

    Around the dispatch and not in a middleware: Bolt's `next()` returns before the listener runs.
    """

    def __init__(self, measures: Measures | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        self._measures = measures

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one request; what nobody here listens to (Bolt logs it) is acked, for it would only come again."""
        began = time.monotonic()
        with correlated() as correlation:
            response = super().dispatch(req)
            if response.status == HTTPStatus.NOT_FOUND:
                response = BoltResponse(status=HTTPStatus.OK)
            if self._measures is not None and response.status == HTTPStatus.OK and not req.context.get(REPLAYED):
                seconds = time.monotonic() - began
                self._measures.took(Deed.EVENT_TO_ACK, _sort_of(req.body), seconds, correlation=correlation)
            return response


def _sort_of(body: Mapping[str, Any]) -> str:
    if body.get("type") == "event_callback":
        return "event"
    return "command" if "command" in body else "interaction"
