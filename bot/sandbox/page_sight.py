"""What one person sees on the page: places, messages with their threads, App Home, modal and mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import urlencode

from bot.sandbox.channels import Channel, is_top_level
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.page_blocks import standing
from bot.sandbox.page_letters import Conversation, Letter, conversations, read_letter
from bot.sandbox.page_unread import ReadMarks
from bot.sandbox.people import Person
from bot.sandbox.shapes import Json
from bot.sandbox.typed_text import typed
from bot.sandbox.workspace import Workspace

HOME = "home"
OWN, DESK = "own", "desk"
NEWEST = 60
FACES = 4
"""So many people have a face of their own and stand beside each other; the others are in a menu till one is them."""
NEWEST_REPLIES = 4
NEWEST_MAILS = 120


@dataclass(frozen=True)
class Sight:
    """Who looks (`person`) at what (`place`: a channel's id or `home`), and at which mailbox (`box`)."""

    workspace: Workspace
    mailbox: Mailbox
    marks: ReadMarks
    person: Person
    place: str
    box: str = OWN
    pane: str = "slack"
    newest: int = NEWEST

    def url(self, **changed: str) -> str:
        """Return the address of this sight with some of it changed: `who`, `at`, `box`, `pane`, `newest`."""
        present = {"as": self.person.id, "at": self.place, "box": self.box, "pane": self.pane}
        if "who" in changed:
            del present["box"]
        renamed = {"as" if key == "who" else key: value for key, value in changed.items()}
        return "/?" + urlencode(present | renamed)

    @property
    def where(self) -> dict[str, str]:
        """What every form tells of where it was sent from."""
        return {"as": self.person.id, "at": self.place, "box": self.box, "pane": self.pane}

    @property
    def channel(self) -> Channel | None:
        """The channel looked at, if it is one."""
        return self.workspace.channels.get(self.place)

    @property
    def title(self) -> str:
        """What stands above the conversation."""
        if self.channel is None:
            return "Casebot’s Home"
        return "Casebot" if self.channel.kind == "im" else f"#{self.channel.name}"

    def everybody(self) -> list[Json]:
        """Return the people one can be, with how much each has not read."""
        people = [person for person in self.workspace.people.values() if not person.is_bot]
        return [
            {
                "person": person,
                "face": number % FACES + 1,
                "beside": number < FACES or person.id == self.person.id,
                "is_team": self.is_team(person),
                "unread": self._all_unread(person) if number < FACES else 0,
            }
            for number, person in enumerate(people)
        ]

    def is_team(self, person: Person) -> bool:
        """Whether this person is in a channel that is not everybody's."""
        return any(person.id in c.members for c in self.workspace.channels.values() if c.name == "support")

    def face(self, user: str) -> int:
        """Return which colour a person's face has; 0 is the bot."""
        people = [person.id for person in self.workspace.people.values() if not person.is_bot]
        return people.index(user) % FACES + 1 if user in people else 0

    def places(self) -> list[Channel]:
        """Return the channels this person is in."""
        return self._places(self.person)

    def unread(self, channel: Channel) -> int:
        """Count what this person has not read here; nothing in the place looked at."""
        return 0 if channel.id == self.place else self.marks.unread(self.person.id, channel)

    def unread_mail(self) -> int:
        """Count the answers this person has not looked at."""
        return self.marks.unread_mail(self.person.id, len(self.mailbox.inbox(self.person.email)))

    def look(self) -> None:
        """Mark as read what is before this person now."""
        if self.channel is not None:
            self.marks.look(self.person.id, self.channel)
        if self.box == OWN:
            self.marks.read_mail(self.person.id, len(self.mailbox.inbox(self.person.email)))

    def said(self) -> list[Json]:
        """Return the newest messages of the place as the template draws them, oldest first."""
        channel = self.channel
        if channel is None:
            return []
        with self.workspace.changes.reading():
            shown = self._shown(channel)
            top = [m for m in shown if is_top_level(m)][-self.newest :]
            replies: dict[str, list[Json]] = {}
            for message in shown:
                if message.get("thread_ts", message["ts"]) != message["ts"]:
                    replies.setdefault(message["thread_ts"], []).append(message)
            drawn = [self._drawn(m) | {"replies": [self._drawn(r) for r in replies.get(m["ts"], [])]} for m in top]
        return _with_days(drawn)

    def is_longer(self) -> bool:
        """Whether the place holds more than is shown."""
        channel = self.channel
        return channel is not None and len(channel.top_level()) > self.newest

    def home(self) -> Json | None:
        """Return this person's App Home, as it was filled in."""
        view = self.workspace.home(self.person.id)
        return view and standing(view)

    def modal(self) -> Json | None:
        """Return the modal this person has open, as it was filled in."""
        view = self.workspace.modal(self.person.id)
        return view and standing(view)

    def mails(self) -> list[Conversation]:
        """Return the conversations of the mailbox looked at: this person's own, or all of the desk's."""
        arrived = [read_letter(raw) for _, raw in self.mailbox.stored()[-NEWEST_MAILS:]]
        if self.box == DESK:
            sent = [mail for mails in self.mailbox.inboxes().values() for mail in mails]
            return conversations([*arrived, *map(_sent, sent[-NEWEST_MAILS:])])
        own = [letter for letter in arrived if letter.address == self.person.email.casefold()]
        return conversations([*own, *map(_sent, self.mailbox.inbox(self.person.email)[-NEWEST_MAILS:])])

    def _places(self, person: Person) -> list[Channel]:
        return [c for c in self.workspace.channels.values() if c.kind != "im" and person.id in c.members]

    def _all_unread(self, person: Person) -> int:
        places = [*self._places(person), self.workspace.im(person.id)]
        seen = self.place if person.id == self.person.id else ""
        said = sum(self.marks.unread(person.id, place) for place in places if place.id != seen)
        return said + self.marks.unread_mail(person.id, len(self.mailbox.inbox(person.email)))

    def _shown(self, channel: Channel) -> list[Json]:
        alone = [m for m in self.workspace.whispers.get(self.person.id, []) if m["channel"] == channel.id]
        return sorted([*channel.messages.values(), *alone], key=lambda m: str(m["ts"]))

    def _drawn(self, message: Json) -> Json:
        author = self.workspace.people.get(str(message.get("user")))
        return {
            "ts": message["ts"],
            "author": (author.display_name or author.real_name) if author else "Slackbot",
            "face": self.face(author.id) if author else 0,
            "is_bot": "bot_id" in message or author is None,
            "at": datetime.fromtimestamp(float(message["ts"]), UTC),
            "text": message.get("text", ""),
            "blocks": message.get("blocks", []) if "bot_id" in message else [],
            "attachments": message.get("attachments", []),
            "files": message.get("files", []),
            "notice": message.get("subtype") in {"channel_join", "channel_leave", "tombstone"},
            "edited": "edited" in message and "bot_id" not in message,
            "alone": bool(message.get("is_ephemeral")),
            "reactions": [self._reaction(reaction) for reaction in message.get("reactions", [])],
            "mine": message.get("user") == self.person.id and "subtype" not in message,
            "typed": typed(self.workspace, str(message.get("text", ""))),
            "where": self.where | {"channel": self.place, "ts": message["ts"]},
        }

    def _reaction(self, reaction: Mapping[str, object]) -> Json:
        users = reaction["users"] if isinstance(reaction["users"], list) else []
        names = [self.workspace.people[user].real_name for user in users if user in self.workspace.people]
        return {**reaction, "mine": self.person.id in users, "names": ", ".join(names)}


def _with_days(messages: list[Json]) -> list[Json]:
    """Mark the first message of each day."""
    day = None
    for message in messages:
        message["new_day"] = message["at"].date() != day
        day = message["at"].date()
    return messages


def _sent(mail: EmailMessage) -> Letter:
    """Read a mail that the desk sent."""
    return read_letter(bytes(mail))
