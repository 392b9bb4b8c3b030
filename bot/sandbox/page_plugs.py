"""Pulling the plug: Slack, the mailbox and the bot can be taken away and brought back on the page."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.sandbox.changes import Changes
from bot.sandbox.plugs import Plugs

BOT = "bot"


@dataclass(frozen=True)
class Switch:
    """How to take one thing away and bring it back, and what is said of it."""

    title: str
    off: Callable[[], None]
    on: Callable[[], None]
    is_on: Callable[[], bool]
    away: str
    """What stands on the page while it is off."""


class Outlets:
    """Everything that can be unplugged, and how often each came back."""

    def __init__(self, changes: Changes, switches: Mapping[str, Switch], plugs: Plugs | None = None) -> None:
        self._changes = changes
        self._switches = dict(switches)
        self._returns: Counter[str] = Counter()
        self._turning = threading.Lock()
        if plugs is not None:
            self.connect_bot(plugs)

    def connect_bot(self, plugs: Plugs) -> None:
        """Let the page kill and start this bot; without it there is no such button."""
        away = "The bot is dead. Write something: it is waiting for the bot when you start it again."
        self._switches[BOT] = Switch("Bot", plugs.kill_bot, plugs.start_bot, plugs.bot_running, away)

    @property
    def switches(self) -> Mapping[str, Switch]:
        """What can be unplugged, by name."""
        return self._switches

    @property
    def returns(self) -> Mapping[str, int]:
        """How often each came back."""
        return dict(self._returns)

    def turn(self, name: str, *, on: bool) -> None:
        """Bring something back, or take it away; LookupError if there is no such plug. Once is enough."""
        switch = self._switches[name]
        with self._turning:
            if switch.is_on() == on:
                return
            (switch.on if on else switch.off)()
        with self._changes.writing():
            self._returns[name] += on
