"""What /health says: whether all that is configured works, and if not, what does not and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# What each service is called while it works; anything else is a fault, and `disabled` is nobody's fault.
WORKING = {
    "database": "connected",
    "email_listener": "running",
    "scheduler": "running",
    "slack": "connected",
}
DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Check:
    """How one service is: `problem` is empty while it works; `disabled` where it is not configured."""

    problem: Callable[[], str]
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """The answer of /health and its HTTP status."""

    body: dict[str, Any]
    status_code: int


def health(checks: Mapping[str, Check]) -> Health:
    """Ask every service. Healthy: all work; unhealthy: the database is away; degraded: anything else is."""
    services: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, check in checks.items():
        problem = "" if check.disabled else check.problem()
        services[name] = DISABLED if check.disabled else "failing" if problem else WORKING[name]
        if problem:
            problems[name] = problem
    status = "healthy" if not problems else "unhealthy" if "database" in problems else "degraded"
    body: dict[str, Any] = {"status": status, "services": services}
    if problems:
        body["problems"] = problems
    return Health(body, 200 if not problems else 503)
