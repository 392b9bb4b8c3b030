"""What the demo tells the sandbox's page of Casebot: its commands, shortcuts and story."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.demo.manifest import read_manifest, shortcuts
from bot.demo.steps import STEPS
from bot.sandbox.page_stage import Command, Stage
from bot.sandbox.server import Sandbox
from bot.slack.verbs import usage

COMMAND = "/case"
_CASE = re.compile(r"CASE-(\d+)")
_USAGE = re.compile(rf"^`{COMMAND} ([^`]+)` (.+)$", re.MULTILINE)


def set_stage(sandbox: Sandbox, told_before: int = 0) -> None:
    """Give the page of a running sandbox its hints, its shortcuts and its story, which begins now.

    The first `told_before` cases are the history's; their cards may still be on their way.
    """
    manifest = read_manifest() or {"features": {}}
    sandbox.page.stage = Stage(
        (case_command(),),
        shortcuts(manifest, "message"),
        STEPS,
        sandbox.workspace.newest_ts(),
        about_others(told_before),
        shortcuts(manifest, "global"),
    )


def about_others(told_before: int) -> Callable[[str], bool]:
    """Return whether a text is about anything but the first cases."""

    def is_news(text: str) -> bool:
        numbers = [int(number) for number in _CASE.findall(text)]
        return not numbers or max(numbers) > told_before

    return is_news


def case_command() -> Command:
    """Return the command with what `/case help` says of it, so that the page's hints can't differ from the help."""
    texts = [str(block.to_dict().get("text", {}).get("text", "")) for block in usage(admin=True).blocks]
    return Command(COMMAND, "the desk at a glance", tuple(_USAGE.findall("\n".join(texts))))
