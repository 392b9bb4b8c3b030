"""What /health and /ready say: whether all that is configured works, and if not, what does not and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# What each service is called while it works; anything else is a fault, and `disabled` is nobody's fault.
WORKING = {
    "database": "connected",
    "email_listener": "running",
    "scheduler": "running",
    "slack": "connected",
}
# What is checked beside these four has no place in `services`, whose shape others rely on; it is told in `details`.
BESIDE = "working"
DISABLED = "disabled"
FAILING = "failing"
# Without these no customer in Slack is heard and no answer stored.
NEEDED = ("database", "slack")


def unknown() -> None:
    """Stand in for a time that nobody keeps."""


def nothing() -> Mapping[str, object]:
    """Stand in for evidence that nobody has."""
    return {}


@dataclass(frozen=True, slots=True)
class Check:
    """How one service is: `problem` is empty while it works; `disabled` where it is not configured.

    `worked_at` tells when it last did its work, where somebody keeps that time; `evidence` is what else is known.
    """

    problem: Callable[[], str]
    disabled: bool = False
    worked_at: Callable[[], datetime | None] = unknown
    evidence: Callable[[], Mapping[str, object]] = nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """A body and its HTTP status."""

    body: dict[str, Any]
    status_code: int


@dataclass(frozen=True, slots=True)
class Outbox:
    """How many things are still to be said, and how many are parked because their channel refuses them."""

    waiting: Callable[[], int]
    parked: Callable[[], int]


def health(checks: Mapping[str, Check], now: datetime, outbox: Outbox | None = None) -> Answer:
    """Ask every service. Healthy: all work; unhealthy: the database is away; degraded: anything else is.

    `details` tells of each service how many seconds ago it last did its work, what else is known, and what is wrong.
    What is parked in the outbox stands there too, and degrades nothing: it waits for a person, and no restart mends it.
    """
    details = {name: _looked_at(name, check, now) for name, check in checks.items()}
    problems = {name: found["reason"] for name, found in details.items() if found["status"] == FAILING}
    status = "healthy" if not problems else "unhealthy" if "database" in problems else "degraded"
    services = {name: found["status"] for name, found in details.items() if name in WORKING}
    body: dict[str, Any] = {"status": status, "services": services, "details": details}
    if outbox is not None and "database" not in problems:
        body["details"] = {**details, "outbox": {"waiting": outbox.waiting(), "parked": outbox.parked()}}
    if problems:
        body["problems"] = problems
    return Answer(body, 200 if not problems else 503)


def readiness(checks: Mapping[str, Check]) -> Answer:
    """Say whether customers can be served now: database and Slack work, whatever becomes of the mailbox."""
    reasons = {name: problem for name in NEEDED if name in checks and (problem := checks[name].problem())}
    if reasons:
        return Answer({"status": "not ready", "problems": reasons}, 503)
    return Answer({"status": "ready"}, 200)


def works(check: Check) -> bool:
    """Whether a service works, or is switched off on purpose."""
    return check.disabled or not check.problem()


def _looked_at(name: str, check: Check, now: datetime) -> dict[str, Any]:
    if check.disabled:
        return {"status": DISABLED}
    problem = check.problem()
    found: dict[str, Any] = {"status": FAILING if problem else WORKING.get(name, BESIDE), **check.evidence()}
    worked_at = check.worked_at()
    if worked_at is not None:
        found["age_seconds"] = round(max(0.0, (now - worked_at).total_seconds()), 1)
    if problem:
        found["reason"] = problem
    return found
