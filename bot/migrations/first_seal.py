"""How revisions 0005 to 0007 sealed the facts of a case; kept for the migrations that meet such seals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

_SEALED = (
    "case_id", "kind", "at", "actor", "actor_name", "message_id", "escalation_id", "question_id", "detail", "version",
    "key",
)  # fmt: skip


def digest(previous: str, fact: Mapping[str, object]) -> str:
    """Return the SHA-256 (hex) of a fact behind the digest before it, which is empty for the first of a case."""
    sealed = {name: fact[name] for name in _SEALED}
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"), default=_moment)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def _moment(value: object) -> str:
    """Write a time in the one form that both databases give back."""
    if not isinstance(value, datetime):
        raise TypeError(f"a fact can't hold {type(value).__name__}")
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")
