"""The bot's plug, which the demo's page pulls and puts back."""

from __future__ import annotations

import threading

from bot.demo.process import BotProcess
from bot.sandbox.changes import Changes


class BotPlug:
    """Implements the sandbox's Plugs over the bot's process; until `connect`, there is no bot."""

    def __init__(self) -> None:
        self._bot: BotProcess | None = None
        self._changes: Changes | None = None
        self._lock = threading.Lock()

    def connect(self, bot: BotProcess, changes: Changes) -> None:
        """Say which bot is meant, and what to ring when it goes down or up."""
        self._bot, self._changes = bot, changes

    def bot_running(self) -> bool:
        """Whether the bot's process lives."""
        return self._bot is not None and self._bot.running

    def kill_bot(self) -> None:
        """End the bot as a power cut would."""
        with self._lock:
            if self._bot is not None and self._bot.running:
                self._bot.kill()
        self._ring()

    def start_bot(self) -> None:
        """Start the bot if it is down; it connects by itself."""
        with self._lock:
            if self._bot is not None and not self._bot.running:
                self._bot.start(wait=False)
        self._ring()

    def _ring(self) -> None:
        if self._changes is not None:
            with self._changes.writing():
                pass
