"""Who answers on our web server's port: a running Casebot, another program, or nobody."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from slack_sdk.signature import SignatureVerifier

from bot.settings import SLACK_PATH

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


def answer_at(host: str, port: int, token: str = "") -> Answer:
    """Ask for /health there, with the token that shows reasons, if there is one."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=ANSWER_SECONDS)
    try:
        connection.connect()
    except OSError:
        return Answer(somebody=False)
    try:
        connection.request("GET", "/health", headers={"Authorization": f"Bearer {token}"} if token else {})
        return _read(connection.getresponse().read(100_000))
    except (OSError, http.client.HTTPException):
        return Answer(somebody=True)
    finally:
        connection.close()


def challenge_answered(host: str, port: int, signing_secret: str, timestamp: int) -> int:
    """Knock at our own door as Slack does when an address is saved; returns the HTTP status.

    0: nobody answered, or not with the challenge. `timestamp` is the machine's time in Unix seconds.
    """
    challenge = secrets.token_hex(16)
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    signed = SignatureVerifier(signing_secret).generate_signature(timestamp=str(timestamp), body=body) or ""
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": signed,
    }
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=ANSWER_SECONDS)
    try:
        connection.request("POST", SLACK_PATH, body, headers)
        answer = connection.getresponse()
        told = answer.read(100_000)
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return answer.status if answer.status != http.client.OK or challenge.encode() in told else 0


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
