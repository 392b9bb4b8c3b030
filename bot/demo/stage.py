"""What the demo tells the sandbox's page of Casebot: its commands, shortcuts and story."""

from __future__ import annotations

import re

from bot.demo.steps import STEPS
from bot.sandbox.page_stage import Command, Shortcut, Stage
from bot.sandbox.server import Sandbox
from bot.slack.views.answers import usage

# Message shortcuts as manifest.yml names them; a test compares the two.
SHORTCUTS: tuple[Shortcut, ...] = ()
COMMAND = "/case"
_USAGE = re.compile(rf"^`{COMMAND} ([^`]+)` (.+)$", re.MULTILINE)


def set_stage(sandbox: Sandbox) -> None:
    """Give the page of a running sandbox its hints and its story, which begins now."""
    sandbox.page.stage = Stage((case_command(),), SHORTCUTS, STEPS, since=sandbox.workspace.newest_ts())


def case_command() -> Command:
    """Return the command with what `/case help` says of it, so that the page's hints can't differ from the help."""
    texts = [str(block.to_dict().get("text", {}).get("text", "")) for block in usage(admin=True).blocks]
    return Command(COMMAND, "the desk at a glance", tuple(_USAGE.findall("\n".join(texts))))
