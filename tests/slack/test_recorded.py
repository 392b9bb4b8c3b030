"""Payloads that real workspaces sent, and the shapes of all others: each passes through the app and is answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.services import corpus
from tests.slack.world import SlackWorld

# Answers of the Web API, and words of the socket itself, never come to the app.
NOT_FOR_THE_APP = ("api-", "control-")


def payloads() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each payload as Socket Mode hands it over."""
    for path in sorted((corpus.folder() / "slack").rglob("*.json")):
        if not path.name.startswith(NOT_FOR_THE_APP):
            yield path.stem, whole(path)


def whole(path: Path) -> dict[str, Any]:
    """Without its envelope; a bare event with what is always around it; a shape with the words that name it."""
    body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "envelope_id" in body:
        body = body["payload"]
    if path.name.startswith("event-"):
        body = {"event": body}
    if "event" in body:
        body["type"] = "event_callback"
        body["event"]["type"] = body["event"].get("type") or path.stem.split("-")[1]
    return body


@pytest.mark.needs("corpus")
def test_every_recorded_payload_is_answered_and_none_fails(world: SlackWorld) -> None:
    with capture_logs() as logged:
        answers = {name: world.dispatch(body).status for name, body in payloads()}

    assert {name: status for name, status in answers.items() if status != 200} == {}
    assert [line for line in logged if line["event"] == "listener failed"] == []
    assert len(answers) > 250
