"""Who answers on our web server's port: a running Casebot, another program, or nobody."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

ANSWER_SECONDS = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - recognised, not listened on


@dataclass(frozen=True, slots=True)
class Answer:
    """What was heard: `services` and `problems` are those of a Casebot's /health."""

    somebody: bool
    status: str = ""
    services: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_casebot(self) -> bool:
        """Whether it is one of us."""
        return bool(self.services)

    @property
    def hears_slack(self) -> bool:
        """Whether a running Casebot holds a line to Slack."""
        return self.services.get("slack") == "connected"


def answer_at(host: str, port: int) -> Answer:
    """Ask for /health there."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=ANSWER_SECONDS)
    try:
        connection.connect()
    except OSError:
        return Answer(somebody=False)
    try:
        connection.request("GET", "/health")
        return _read(connection.getresponse().read(100_000))
    except (OSError, http.client.HTTPException):
        return Answer(somebody=True)
    finally:
        connection.close()


def _read(body: bytes) -> Answer:
    try:
        health = json.loads(body)
    except ValueError:
        return Answer(somebody=True)
    if not isinstance(health, dict) or not isinstance(health.get("services"), dict):
        return Answer(somebody=True)
    return Answer(
        somebody=True,
        status=str(health.get("status")),
        services={str(name): str(how) for name, how in health["services"].items()},
        problems={str(name): str(why) for name, why in (health.get("problems") or {}).items()},
    )
