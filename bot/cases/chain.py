"""The hash chain through the facts of a case: each digest seals its fact and, by the one before, all earlier ones.

What people said and who they are goes into it by a salted digest of its own. So these words can be removed later, and
the salt with them, while the digest and with it the chain stays; and what stands in their place is sealed by the fact
that tells of the removal (decision 26).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlmodel import SQLModel

from bot.cases.models import CaseEvent

# What a digest covers. Never to be changed without a migration: what is stored was sealed with these names.
FIGURES = ("case_id", "kind", "at", "message_id", "escalation_id", "question_id", "version")
WORDS = ("actor", "actor_name", "detail", "key")
# Under this name the fact of a removal tells what it left (`remains_of`).
REMAINS = "remains"
SEALED = (*FIGURES, *WORDS, "salt", "words_digest")


def digest(previous: str, fact: Mapping[str, object]) -> str:
    """Return the SHA-256 (hex) of a fact behind the digest before it, which is empty for the first of a case."""
    figures = {name: fact[name] for name in FIGURES}
    return _sha256(previous, figures | {"words": fact["words_digest"] or digest_of_words(fact)})


def digest_of(previous: str, event: CaseEvent) -> str:
    """Return the digest of a fact that has all its references already."""
    return digest(previous, _as_mapping(event))


def digest_of_words(fact: Mapping[str, object]) -> str:
    """Return what stands in the seal for a fact's words: without the salt, nobody can guess them from it."""
    return _sha256(str(fact["salt"]), {name: fact[name] for name in WORDS})


def take_out_words(event: CaseEvent) -> None:
    """Let what a fact says be changed from now on, once and for all; its seal stays that of what it said."""
    if not event.words_digest:
        event.words_digest = digest_of_words(_as_mapping(event))
        event.salt = ""


class Remains:
    """What stands in a case's timeline in the place of removed words, as one digest over its facts in their order."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, number: int, fact: Mapping[str, object]) -> None:
        """Add a fact, by its id, if its words were removed."""
        if fact["words_digest"]:
            self._digest.update(_sha256(str(number), {name: fact[name] for name in WORDS}).encode())

    def told(self) -> str:
        """Return the digest so far."""
        return self._digest.hexdigest()


def remains_of(events: Iterable[CaseEvent]) -> str:
    """Return what the fact of a removal seals; `events` are all facts of the case in their order."""
    remains = Remains()
    for event in events:
        remains.add(event.id or 0, _as_mapping(event))
    return remains.told()


def _as_mapping(event: CaseEvent) -> Mapping[str, object]:
    return {name: getattr(event, name) for name in SEALED}


def _sha256(before: str, content: Mapping[str, object]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_moment)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _moment(value: object) -> str:
    """Write a time in the one form that both databases give back."""
    if not isinstance(value, datetime):
        raise TypeError(f"a fact can't hold {type(value).__name__}")
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


# A migration that seals the facts there are has to do it as this does, and imports nothing of bot. Who changes the form
# once more first puts this one beside `first_seal` there.
SQLModel.metadata.info["digest"] = digest
