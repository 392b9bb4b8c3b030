"""The app's manifest as Slack would install it: what Casebot may do and hear, its commands and its shortcuts."""

from __future__ import annotations

from pathlib import Path

import structlog
import yaml

from bot.sandbox.page_stage import Shortcut
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import Json

log = structlog.get_logger(__name__)
NAME = "manifest.yml"
_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE, _PACKAGE.parent)
"""Where it lies: inside an installed package, or beside the package in a clone."""


def read_manifest() -> Json | None:
    """Return the manifest, None where Casebot was installed without it."""
    for folder in _FOLDERS:
        if (folder / NAME).exists():
            parsed: Json = yaml.safe_load((folder / NAME).read_text(encoding="utf-8"))
            return parsed
    return None


def shortcuts(manifest: Json, kind: str) -> tuple[Shortcut, ...]:
    """Return the shortcuts of a kind: message or global."""
    declared: list[Json] = manifest["features"].get("shortcuts", [])
    return tuple(
        Shortcut(one["callback_id"], one["name"], one.get("description", "")) for one in declared if one["type"] == kind
    )


def install_app(sandbox: Sandbox) -> None:
    """Install the app as its manifest describes it, before the bot starts: what is missing there fails here first."""
    manifest = read_manifest()
    if manifest is None:
        log.warning("no manifest here, so every scope and event is granted", file=NAME)
        return
    sandbox.workspace.grants.install(manifest)
