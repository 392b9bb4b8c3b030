"""Payloads that real workspaces sent: each passes through the app, and none is left without an answer."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.services import corpus
from tests.slack.world import SlackWorld

# Answers of the Web API, and words of the socket itself, never come to the app.
NOT_FOR_THE_APP = ("api-", "control-")


def payloads() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((corpus.folder() / "slack").rglob("*.json")):
        if not path.name.startswith(NOT_FOR_THE_APP):
            body = json.loads(path.read_text(encoding="utf-8"))
            yield path.stem, body.get("payload", body) if "envelope_id" in body else body


@pytest.mark.needs("corpus")
def test_every_recorded_payload_is_answered(world: SlackWorld) -> None:
    answered = Counter[int]()
    for name, body in payloads():
        status = world.dispatch(body).status
        assert status == 200, name
        answered[status] += 1
