"""What whoever starts the sandbox may tell the page of his app: its commands, shortcuts and story."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.page_story import Step


def anything(_: str) -> bool:
    """Take every text for news."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command, and what may follow it with what that does."""

    name: str
    description: str
    usages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of the app's: in each message's menu, or in the ⚡ menu where one writes."""

    callback_id: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """The app as its manifest and its story tell; without one the page has no hints and no story.

    Two kinds of Slack messages are history that the story does not count: those up to the ts `since`, and those whose
    text is no news, said late about something from before.
    """

    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    """Those of messages."""
    steps: tuple[Step, ...] = ()
    since: str = ""
    is_news: Callable[[str], bool] = anything
    global_shortcuts: tuple[Shortcut, ...] = ()
