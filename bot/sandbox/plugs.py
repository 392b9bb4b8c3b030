"""What the page may pull besides Slack and the mailbox: the bot itself, where the sandbox's owner runs one."""

from typing import Protocol


class Plugs(Protocol):
    """The bot's process as the page sees it; `casebot demo` provides one, tests and `casebot sandbox` none.

    Every method may be called from any thread but the sandbox's own loop.
    """

    def bot_running(self) -> bool:
        """Whether the bot's process lives."""
        ...

    def kill_bot(self) -> None:
        """End the bot without a word, as a power cut would; nothing happens if it is down already."""
        ...

    def start_bot(self) -> None:
        """Start the bot; returns before it is connected, and does nothing if it runs already."""
        ...
