"""The hash chain through the facts of a case: each digest seals its fact and, by the one before, all earlier ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlmodel import SQLModel

from bot.cases.models import CaseEvent

# What a digest covers. Never to be changed: what is stored was sealed with these names, and JSON sorts them.
SEALED = (
    "case_id", "kind", "at", "actor", "actor_name", "message_id", "escalation_id", "question_id", "detail", "version",
    "key",
)  # fmt: skip


def digest(previous: str, fact: Mapping[str, object]) -> str:
    """Return the SHA-256 (hex) of a fact behind the digest before it, which is empty for the first of a case."""
    sealed = {name: fact[name] for name in SEALED}
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"), default=_moment)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def digest_of(previous: str, event: CaseEvent) -> str:
    """Return the digest of a fact that has all its references already."""
    return digest(previous, {name: getattr(event, name) for name in SEALED})


def _moment(value: object) -> str:
    """Write a time in the one form that both databases give back."""
    if not isinstance(value, datetime):
        raise TypeError(f"a fact can't hold {type(value).__name__}")
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


# The migration that seals the facts there are has to do it as this does, and imports nothing of bot.
SQLModel.metadata.info["digest"] = digest
