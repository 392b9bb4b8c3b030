"""Slack's JSON Schemas for app manifests: Slack's files, so they are looked for beside the repository."""

import os
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def files() -> list[Path]:
    """The schemas in the folder CASEBOT_SCHEMAS names, or in `shared/schemas` beside the repository."""
    folder = Path(os.environ.get("CASEBOT_SCHEMAS") or _ROOT.parent / "shared" / "schemas")
    return sorted(folder.glob("slack_manifest_*.json"))
