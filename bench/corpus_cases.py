"""The shared corpus as cases: where each mail lies, of which kind it is and what its makers expect of a reader."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_WRAPPED = {
    "rfc822": b"",
    "header": b"",
    "text-body": b"From: Writer <writer@example.com>\nContent-Type: text/plain; charset=utf-8\n\n",
    "html-body": b"From: Writer <writer@example.com>\nContent-Type: text/html; charset=utf-8\n\n",
}
_ROBOTS = frozenset({"is_bounce", "is_auto_reply", "is_feedback_report", "bounce", "failed_recipients"})


@dataclass(frozen=True, slots=True)
class Case:
    """One mail; `raw` is a whole mail even where the corpus holds a body alone."""

    name: str
    corpus: str
    format: str
    raw: bytes
    expect: dict[str, object] = field(default_factory=dict)

    @property
    def is_ordinary(self) -> bool:
        """Tell whether people's mail must not be taken for a machine's report here: nobody says that it is one."""
        if self.format == "header" or self.corpus in {"sisimai", "flufl_bounce"} or self.expect.keys() & _ROBOTS:
            return False
        head = message_from_bytes(self.raw.partition(b"\n\n")[0][:20_000], policy=compat32)
        sender = str(head.get("from", "")).lower()
        kind = str(head.get("content-type", "")).lower()
        return "report" not in kind and "daemon" not in sender and "<>" not in str(head.get("return-path", ""))

    def states(self, wanted: object) -> bool:
        """Tell whether every single word that is expected stands in the mail: else no reader can find it there."""
        words = [str(word) for word in _leaves(wanted) if not isinstance(word, bool | int)]
        return all(word.lower().encode() in self.raw.lower() for word in words)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    elif value is not None:
        yield value


def folder() -> Path:
    """Return the corpus that CASEBOT_CORPUS names, or `shared/corpus` beside the repository."""
    return Path(os.environ.get("CASEBOT_CORPUS") or _ROOT.parent / "shared" / "corpus") / "mail"


def cases() -> Iterator[Case]:
    """Yield every mail of the corpus in the order of its list."""
    root = folder()
    for line in (root / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        raw = _WRAPPED[entry["format"]] + (root / entry["path"]).read_bytes()
        yield Case(entry["id"], entry["corpus"], entry["format"], raw, entry["expect"])
