"""The workspace's state: team, people, channels, and the ways to find and number them."""

import itertools
import secrets
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from bot.sandbox.changes import Changes
from bot.sandbox.channels import Channel
from bot.sandbox.clock import SandboxClock
from bot.sandbox.files import FileShelf, StoredFile
from bot.sandbox.grants import Grants
from bot.sandbox.people import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Person, Usergroup, standard_people
from bot.sandbox.shapes import Call, Envelope, Json, SlackError
from bot.sandbox.tickets import ResponseUrls, Triggers
from bot.sandbox.views import ViewShelf

T = TypeVar("T")
STANDARD_CHANNELS = ("support", "alerting", "logging", "customers")
REMEMBERED_CALLS = 20_000


class Link(Protocol):
    """Where envelopes go: Socket Mode in a running sandbox, or calls of the bot's address."""

    def send(self, envelope: Envelope) -> None:
        """Hand over one envelope from any thread; does not wait."""


class State:
    """Everything the workspace remembers; hold `changes` while touching it."""

    team_id, app_id, bot_id, bot_user_id = TEAM_ID, APP_ID, BOT_ID, BOT_USER_ID
    team_domain = "sandbox"

    def __init__(self, clock: SandboxClock, changes: Changes, link: Link) -> None:
        self.clock, self.changes, self.link = clock, changes, link
        self.url = "http://127.0.0.1/"
        self.socket_url: Callable[[], str] = str
        self.bot_token = f"xoxb-sandbox-{secrets.token_hex(12)}"
        self.app_token = f"xapp-sandbox-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.people = {person.id: person for person in standard_people()}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, Usergroup] = {}
        self.whispers: dict[str, list[Json]] = {}
        self.deleted: list[Json] = []
        self.commanders: set[str] = set()
        """The ids of those whose slash command was acked."""
        self.offered: dict[tuple[str, str], list[Json]] = {}
        """The options last suggested to a person for an external select, by user and action_id."""
        self.calls: deque[Call] = deque(maxlen=REMEMBERED_CALLS)
        self.unknown_methods: Counter[str] = Counter()
        self.grants = Grants()
        self.files = FileShelf()
        self.shelf = ViewShelf(clock)
        self.triggers = Triggers(clock)
        self.response_urls = ResponseUrls(clock)
        self._numbers = itertools.count(1)
        self._last_ts = 0
        for name in STANDARD_CHANNELS:
            self.add_channel(name, [id_ for id_ in self.people if name == "customers" or not _customer(id_)])

    def add_channel(self, name: str, members: Iterable[str], kind: str = "channel", user: str = "") -> Channel:
        """Open a conversation; ids are readable (C0SUPPORT) while they are free."""
        letter = "D" if kind == "im" else "C"
        id_ = letter + "0" + "".join(c for c in name.upper() if c.isalnum())
        if id_ in self.channels:
            id_ += str(next(self._numbers))
        created = int(self.clock.now().timestamp())
        self.channels[id_] = Channel(id_, name, kind, list(members), user, created)
        return self.channels[id_]

    def person(self, who: str) -> Person:
        """Return the person with this id, short name, full name or address; LookupError if there is none."""
        if who in self.people:
            return self.people[who]
        for person in self.people.values():
            if person.answers_to(who):
                return person
        raise LookupError(f"nobody here is called {who!r}")

    def channel(self, where: str) -> Channel:
        """Return the channel with this id or #name; LookupError if there is none."""
        if where in self.channels:
            return self.channels[where]
        for channel in self.channels.values():
            if channel.kind != "im" and channel.name == where.removeprefix("#"):
                return channel
        raise LookupError(f"there is no channel {where!r}")

    def described(self, person: Person) -> Json:
        """Return the user object that the app may see."""
        return person.shape(with_email=self.grants.allows("users:read.email"))

    def im(self, user: str) -> Channel:
        """Return the direct conversation of a person with the bot, opened if need be."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.user == user:
                return channel
        return self.add_channel(self.people[user].name, [user, BOT_USER_ID], "im", user)

    def place(self, user: str, where: str) -> Channel:
        """Return a channel as a person names it: an id, #name, or @casebot for his DM with the bot."""
        return self.im(user) if where in {"@casebot", BOT_USER_ID} else self.channel(where)

    def asked_channel(self, where: str, *, by_name: bool = False) -> Channel:
        """Return the channel a Web API call names or refuse; only chat.* take #names and users' ids."""
        if by_name and where in self.people and where != BOT_USER_ID:
            return self.im(where)
        try:
            channel = self.channel(where) if by_name else self.channels[where]
        except LookupError as unknown:
            raise SlackError("channel_not_found") from unknown
        if channel.kind != "channel" and not channel.has_bot:
            raise SlackError("channel_not_found")
        return channel

    def next_ts(self) -> str:
        """Return a ts of now that is later than every earlier one."""
        now = int(self.clock.now().timestamp() * 1_000_000)
        self._last_ts = max(now, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def newest_ts(self) -> str:
        """Return the last ts that was given, empty if none was."""
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}" if self._last_ts else ""

    def next_id(self, letter: str) -> str:
        """Return a new id such as Ev0000002A."""
        return f"{letter}{next(self._numbers):08X}"

    def numbers_given(self) -> Json:
        """Return how far ids and ts were given out, for a snapshot."""
        return {"ids": next(self._numbers), "ts": self._last_ts, "views": self.shelf.number_given()}

    def go_on_from(self, given: Json) -> None:
        """Give out nothing again that `numbers_given` counted."""
        self._numbers = itertools.count(given["ids"] + 1)
        self._last_ts = max(self._last_ts, given["ts"])
        self.shelf.go_on_from(given["views"])

    def new_file(self, name: str, user: str, content: bytes = b"") -> StoredFile:
        """Return a file with an id of its own, not kept yet."""
        return StoredFile(self.next_id("F"), name, user, int(self.clock.now().timestamp()), content=content)

    def wait_for(self, look: Callable[[], T], timeout: float = 10) -> T:
        """Return the first truthy answer of `look`, asked again after each change of the sandbox.

        A LookupError or StopIteration of `look` means "not yet"; a TimeoutError, after `timeout` seconds,
        describes the state.
        """
        return self.changes.wait_for(look, timeout, self.describe)

    def describe(self) -> str:
        """Return the channels' last messages and the last calls, a line each, for error messages."""
        with self.changes.reading():
            lines = []
            for channel in self.channels.values():
                said = list(channel.messages.values())
                lines.append(f"#{channel.name} ({channel.id}): {len(said)} messages")
                lines += [f"  {m['ts']} {m.get('user')}: {m.get('text', '')[:120]!r}" for m in said[-5:]]
            lines += [f"  to {who} alone: {len(said)}" for who, said in self.whispers.items()]
            last = [(call.method, call.answer.get("error", "ok")) for call in list(self.calls)[-8:]]
            return "\n".join([*lines, f"last calls: {last}"])


def _customer(user: str) -> bool:
    return user in {"U0CARLA", "U0COSMO"}
