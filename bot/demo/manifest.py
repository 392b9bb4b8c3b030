"""The app's manifest as Slack would install it: what Casebot may do and hear, its commands and its shortcuts."""

from __future__ import annotations

import structlog
import yaml

from bot.doctor.manifest import NoManifest, manifest_text
from bot.sandbox.page_stage import Shortcut
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import Json

log = structlog.get_logger(__name__)


def read_manifest() -> Json | None:
    """Return the manifest, None where Casebot was installed without it."""
    try:
        parsed: Json = yaml.safe_load(manifest_text())
    except NoManifest:
        return None
    return parsed


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
        log.warning("no manifest here, so every scope and event is granted")
        return
    sandbox.workspace.grants.install(manifest)
