"""The story told beside the page: steps that tick themselves off when what they tell of has happened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Protocol

from bot.sandbox.mailbox import Mailbox
from bot.sandbox.page_letters import Letter, read_letter
from bot.sandbox.page_plugs import Outlets
from bot.sandbox.shapes import Json
from bot.sandbox.workspace import Workspace, text_of

NEWEST = 300


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the story sees it; `buttons` are (label, action_id) pairs."""

    ts: str
    user: str
    text: str
    thread_ts: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    reactions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class World:
    """Everything the steps may look at; a value, so that a step's `done` is a pure function."""

    said: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    """By channel name, oldest first; direct messages under `@` and the person's short name."""
    commanders: frozenset[str] = frozenset()
    """Who got an answer to a slash command, by short name."""
    mails: tuple[Letter, ...] = ()
    received: Mapping[str, tuple[Letter, ...]] = field(default_factory=dict)
    """What the desk sent, by address, oldest first."""
    homes: frozenset[str] = frozenset()
    ahead: timedelta = timedelta(0)
    returns: Mapping[str, int] = field(default_factory=dict)
    plugs: frozenset[str] = frozenset()
    hears: frozenset[str] = frozenset()
    """The events that the app's manifest subscribes to; none where no manifest was installed."""


class Actor(Protocol):
    """What a step may do by itself."""

    workspace: Workspace
    mailbox: Mailbox
    outlets: Outlets

    @property
    def world(self) -> World:
        """How things stand now."""
        ...

    def advance(self, by: timedelta) -> None:
        """Move the clock on."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """Where to look: who (short name) at which place (#channel, @casebot or home), and which pane matters."""

    person: str
    place: str
    pane: str = "slack"
    box: str = "own"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try."""

    key: str
    title: str
    hint: str
    done: Callable[[World], bool]
    view: View
    """Where it shows that it has happened."""
    act: Callable[[Actor], None] | None = None
    label: str = "Do it for me"
    by_hand: View | None = None
    """Where one does it oneself, if not where it shows."""
    possible: Callable[[World], bool] = lambda _: True
    """Whether the step makes sense here at all; others are left out."""


@dataclass(frozen=True, slots=True)
class Told:
    """A step and whether it has happened."""

    step: Step
    done: bool
    current: bool


def tell(steps: tuple[Step, ...], world: World) -> list[Told]:
    """Return the steps that make sense, ticked where they happened; the first other one is current."""
    sensible = [step for step in steps if step.possible(world)]
    done = [step.done(world) for step in sensible]
    current = done.index(False) if False in done else -1
    return [
        Told(step, ticked, number == current) for number, (step, ticked) in enumerate(zip(sensible, done, strict=True))
    ]


def look_at(
    workspace: Workspace, mailbox: Mailbox, outlets: Outlets, since: str, is_news: Callable[[str], bool]
) -> World:
    """Return how things stand, leaving out Slack messages up to the ts `since` and those that are no news."""
    mails = tuple(read_letter(raw) for _, raw in mailbox.stored()[-NEWEST:])
    inboxes = mailbox.inboxes()
    with workspace.changes.reading():
        return World(
            said={
                _name(workspace, c.id): _said(list(c.messages.values()), since, is_news)
                for c in workspace.channels.values()
            },
            commanders=frozenset(workspace.people[user].name for user in workspace.commanders),
            mails=mails,
            received={address: tuple(map(_sent, letters[-NEWEST:])) for address, letters in inboxes.items()},
            homes=frozenset(workspace.people[user].name for user in workspace.shelf.homes if user in workspace.people),
            ahead=workspace.clock.offset,
            returns=outlets.returns,
            plugs=frozenset(outlets.switches),
            hears=workspace.grants.events or frozenset(),
        )


def _name(workspace: Workspace, channel_id: str) -> str:
    channel = workspace.channels[channel_id]
    return f"@{workspace.people[channel.user].name}" if channel.kind == "im" else f"#{channel.name}"


def _said(messages: list[Json], since: str, is_news: Callable[[str], bool]) -> tuple[Said, ...]:
    return tuple(
        Said(
            message["ts"],
            str(message.get("user", "")),
            text,
            str(message.get("thread_ts", "")),
            tuple(_buttons(message)),
            frozenset(str(reaction["name"]) for reaction in message.get("reactions", [])),
        )
        for message in messages[-NEWEST:]
        if message["ts"] > since and is_news(text := text_of(message))
    )


def _sent(mail: EmailMessage) -> Letter:
    return read_letter(bytes(mail))


def _buttons(message: Json) -> list[tuple[str, str]]:
    elements = [e for block in message.get("blocks", []) if block["type"] == "actions" for e in block["elements"]]
    return [(str(e["text"]["text"]), str(e.get("action_id"))) for e in elements if e["type"] == "button"]
