"""A check of Block Kit by Slack's documented limits; not part of the repository, so it is looked for beside it."""

import os
from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from bot.sandbox.workspace import Workspace

_ROOT = Path(__file__).parents[2]


def program() -> Path | None:
    """The check in the folder CASEBOT_SHARED names, or in `shared` beside the repository."""
    shared = Path(os.environ.get("CASEBOT_SHARED") or _ROOT.parent / "shared")
    found = shared / "tools" / "blockkit_check.py"
    return found if found.is_file() else None


def faults_of_message(arguments: dict[str, Any]) -> list[str]:
    """What Slack would hold against the arguments of chat.postMessage; a warning is a fault, too."""
    return _told(_check().check_message, arguments)


def faults_of_view(view: dict[str, Any]) -> list[str]:
    """What Slack would hold against a view."""
    return _told(_check().check_view, view)


def faults_of_workspace(workspace: Workspace) -> list[str]:
    """What Slack would hold against all that was ever said or shown there; nothing where the check is not at hand."""
    if program() is None:
        return []
    said = [
        faults_of_message(call) for method in ("chat.postMessage", "chat.update") for call in workspace.called(method)
    ]
    shown = [
        faults_of_view(call["view"])
        for method in ("views.publish", "views.open", "views.update", "views.push")
        for call in workspace.called(method)
    ]
    return [fault for faults in (*said, *shown) for fault in faults]


def _told(check: Callable[[dict[str, Any]], list[object]], drawn: dict[str, Any]) -> list[str]:
    return [str(violation) for violation in check(drawn)]


@cache
def _check() -> ModuleType:
    path = program()
    spec = spec_from_file_location("blockkit_check", path) if path else None
    if spec is None or spec.loader is None:
        raise FileNotFoundError("blockkit_check.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
