"""Compares what the sandbox says with the shapes of Slack's own answers and payloads, read beside the repository."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

from tests.sandbox.wire import Json
from tests.services import corpus

OPAQUE = {"blocks", "attachments", "event_payload", "values", "shares", "icons", "elements", "icon", "state", "files"}
"""Parts whose inside is somebody else's (blocks have tests of their own) or depends on what was posted."""


@dataclass
class Findings:
    """What differs, by the name of the object that holds it."""

    wrong: list[str] = field(default_factory=list)
    unknown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sent: dict[str, list[set[str]]] = field(default_factory=lambda: defaultdict(list))
    offered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def never_sent(self) -> dict[str, set[str]]:
        """What Slack may send and the sandbox never did."""
        never = {name: fields.difference(*self.sent[name]) for name, fields in self.offered.items()}
        return {name: fields for name, fields in never.items() if fields}


def shape_of(name: str) -> Json | None:
    """Return a shape by its name without the hash: api-chat.update, events_api-app_mention; None if there is none."""
    exact = sorted((corpus.folder() / "slack" / "shape").glob(f"{name}-????????.json"))
    return json.loads(exact[0].read_text(encoding="utf-8")) if exact else None


def envelope_of(prefix: str) -> Json:
    """Return a recorded Socket Mode frame."""
    found = sorted((corpus.folder() / "slack" / "envelope").glob(f"{prefix}*.json"))[0]
    frame: Json = json.loads(found.read_text(encoding="utf-8"))
    return frame


def compare(findings: Findings, said: object, shape: object, name: str) -> None:
    """Note where `said` has other types or fields than `shape`; null may stand for anything."""
    if said is None or shape is None:
        return
    if _kind(said) != _kind(shape):
        findings.wrong.append(f"{name}: {_kind(said)} instead of {_kind(shape)}")
    elif isinstance(said, dict) and isinstance(shape, dict):
        if surplus := set(said) - set(shape):
            findings.unknown[name] |= surplus
        findings.sent[name].append(set(said))
        findings.offered[name] |= set(shape)
        for key in set(said) & set(shape) - OPAQUE:
            compare(findings, said[key], shape[key], key)
    elif isinstance(said, list) and isinstance(shape, list) and shape:
        for item in said:
            compare(findings, item, shape[0], name)


def _kind(value: object) -> str:
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return kinds[type(value)]
