"""What the demo tells the sandbox's page of Casebot: its commands, its story, and how to pull the bot's plug."""

from __future__ import annotations

import re

from bot.demo.process import BotProcess
from bot.demo.steps import STEPS
from bot.sandbox.page_stage import Command, Shortcut, Stage
from bot.sandbox.server import Sandbox
from bot.slack.views.answers import usage

# Message shortcuts as manifest.yml names them; a test compares the two.
SHORTCUTS: tuple[Shortcut, ...] = ()
COMMAND = "/case"
_USAGE = re.compile(rf"^`{COMMAND} ([^`]+)` (.+)$", re.MULTILINE)


class BotPlugs:
    """Lets the page kill the bot's process and start it again."""

    def __init__(self, bot: BotProcess) -> None:
        self._bot = bot

    @property
    def bot_running(self) -> bool:
        """Whether the process lives."""
        return self._bot.running

    def kill_bot(self) -> None:
        """End the process without a word."""
        self._bot.kill()

    def start_bot(self) -> None:
        """Start the process; it connects by itself."""
        self._bot.start(wait=False)


def set_stage(sandbox: Sandbox, bot: BotProcess) -> None:
    """Give the page of a running sandbox its hints, its story and the bot's plug."""
    sandbox.outlets.connect_bot(BotPlugs(bot))
    sandbox.page.stage = Stage((case_command(),), SHORTCUTS, STEPS, since=sandbox.workspace.newest_ts())


def case_command() -> Command:
    """Return the command with what `/case help` says of it, so that the page's hints can't differ from the help."""
    texts = [str(block.to_dict().get("text", {}).get("text", "")) for block in usage(admin=True).blocks]
    return Command(COMMAND, "the desk at a glance", tuple(_USAGE.findall("\n".join(texts))))
