"""The workspace as people use it and tests read it: say, edit, react, join; messages, threads, homes."""

import copy
from collections.abc import Iterable
from datetime import datetime

from bot.sandbox import events, postings
from bot.sandbox.channels import Channel
from bot.sandbox.files import StoredFile
from bot.sandbox.modals import Modals
from bot.sandbox.people import Person
from bot.sandbox.residents import Residents
from bot.sandbox.shapes import Json
from bot.sandbox.typed_text import sent_text


class Workspace(Residents, Modals):
    """A small Slack. `user` and `channel` are ids or names; `@casebot` is a person's DM with the bot.

    Every method may be called from any thread but the sandbox's own loop; what is returned is a copy.
    """

    def say(
        self, user: str, channel: str, text: str, thread_ts: str = "", *, files: Iterable[tuple[str, bytes]] = ()
    ) -> str:
        """Type a message and return its ts; `@casebot`, `#support` and links become what Slack makes of them.

        `files` are attached, each a name and its content; the bot hears file_share and downloads `url_private`.
        """
        with self.changes.writing():
            person, place = self._member(user, channel)
            message = postings.words_of(self, person.id, sent_text(self, text))
            stored = [self.files.add(self.new_file(name, person.id, content)) for name, content in files]
            if stored:
                return str(postings.share(self, place, message, stored, thread_ts or "")["ts"])
            return str(postings.post(self, place, message, thread_ts or "")["ts"])

    def recall(self, user: str, channel: str, text: str, at: datetime, thread_ts: str = "") -> Json:
        """Let a person have said something in the past: it stands there, the bot is not told.

        Returns the message event that Slack would have sent then. Call it in the order of time, before anything else
        is said in that channel.
        """
        with self.changes.writing():
            person, place = self._member(user, channel)
            message = postings.words_of(self, person.id, sent_text(self, text))
            micros = max((int(ts.replace(".", "")) for ts in place.messages), default=0) + 1
            micros = max(int(at.timestamp() * 1_000_000), micros)
            postings.recall(place, message, f"{micros // 1_000_000}.{micros % 1_000_000:06d}", thread_ts)
            told = events.told(message) | {"channel": place.id, "channel_type": place.kind}
            return copy.deepcopy(told | {"event_ts": message["ts"]})

    def upload(self, user: str, channel: str, name: str, content: bytes, text: str = "", thread_ts: str = "") -> str:
        """Share one file, with words or without; returns the message's ts."""
        return self.say(user, channel, text, thread_ts, files=[(name, content)])

    def file(self, file_id: str) -> StoredFile:
        """Return a file that people or the bot shared or attached; LookupError if there is none."""
        with self.changes.reading():
            return copy.copy(self.files.stored[file_id])

    def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        """Change one's own message."""
        with self.changes.writing():
            person, place = self._own(user, channel, ts)
            new = postings.words_of(self, person.id, sent_text(self, text))
            postings.change(self, place, ts, person.id, text=new["text"], blocks=new["blocks"])

    def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete one's own message."""
        with self.changes.writing():
            _, place = self._own(user, channel, ts)
            postings.remove(self, place, ts)

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Add a reaction, named without colons."""
        with self.changes.writing():
            person, place = self._member(user, channel)
            postings.react(self, place, ts, person.id, name)

    def unreact(self, user: str, channel: str, ts: str, name: str) -> None:
        """Take one's reaction back."""
        with self.changes.writing():
            person, place = self._member(user, channel)
            postings.unreact(self, place, ts, person.id, name)

    def dm(self, user: str) -> str:
        """Return the id of a person's DM with the bot."""
        with self.changes.reading():
            return self.im(self.person(user).id).id

    def messages(self, channel: str) -> list[Json]:
        """Return what stands in a channel, oldest first, without replies."""
        with self.changes.reading():
            return copy.deepcopy(self.channel(channel).top_level())

    def thread(self, channel: str, ts: str) -> list[Json]:
        """Return a message and its replies, oldest first."""
        with self.changes.reading():
            return copy.deepcopy(self.channel(channel).thread(ts))

    def message(self, channel: str, ts: str) -> Json:
        """Return one message; LookupError if there is none."""
        with self.changes.reading():
            return copy.deepcopy(self.channel(channel).messages[ts])

    def ephemerals(self, user: str) -> list[Json]:
        """Return what was said to this person alone, oldest first; each has its `channel`."""
        with self.changes.reading():
            return copy.deepcopy(self.whispers.get(self.person(user).id, []))

    def reload(self, user: str) -> None:
        """Restart a person's Slack: what was said to him alone, and his open modals, are gone."""
        with self.changes.writing():
            person = self.person(user)
            self.whispers.pop(person.id, None)
            self.shelf.close(person.id, whole=True)

    def home(self, user: str) -> Json | None:
        """Return a person's App Home as it was last published."""
        with self.changes.reading():
            return copy.deepcopy(self.shelf.homes.get(self.person(user).id))

    def modal(self, user: str) -> Json | None:
        """Return the modal a person has before him."""
        with self.changes.reading():
            return copy.deepcopy(self.shelf.top(self.person(user).id))

    def modal_errors(self, user: str) -> dict[str, str]:
        """Return what the bot found wrong with the last submission, by block_id."""
        with self.changes.reading():
            return dict(self.shelf.errors.get(self.person(user).id, {}))

    def reactions(self, channel: str, ts: str) -> dict[str, list[str]]:
        """Return who reacted with what, as user ids by emoji name."""
        with self.changes.reading():
            reactions = self.channel(channel).messages[ts].get("reactions", [])
            return {reaction["name"]: list(reaction["users"]) for reaction in reactions}

    def called(self, method: str) -> list[Json]:
        """Return the arguments of each call of a Web API method, oldest first."""
        with self.changes.reading():
            return [call.arguments for call in self.calls if call.method == method]

    def _own(self, user: str, channel: str, ts: str) -> tuple[Person, Channel]:
        person, place = self._member(user, channel)
        if place.messages[ts].get("user") != person.id:
            raise ValueError(f"{person.name} can't change somebody else's message")
        return person, place


def text_of(message: Json) -> str:
    """Return every text of a message or view, a line each: its text and all its blocks hold."""
    return "\n".join(_texts({key: message.get(key) for key in ("text", "title", "blocks")}))


def _texts(node: object) -> list[str]:
    if isinstance(node, list):
        return [text for item in node for text in _texts(item)]
    if not isinstance(node, dict):
        return []
    found = []
    for key, value in node.items():
        if key in {"text", "alt_text"} and isinstance(value, str):
            found.append(value)
        else:
            found += _texts(value)
    return found
