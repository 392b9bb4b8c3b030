"""Real mails of other projects: theirs, so they are read beside the repository and never copied into it."""

import os
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def folder() -> Path:
    """The corpus that CASEBOT_CORPUS names, or `shared/corpus` beside the repository."""
    return Path(os.environ.get("CASEBOT_CORPUS") or _ROOT.parent / "shared" / "corpus")


def index() -> list[Path]:
    """The list of the mails, if it is there."""
    return [path for path in [folder() / "mail" / "cases.jsonl"] if path.exists()]
