"""Who is in the workspace: people come, go, are renamed and deactivated, join channels and user groups."""

from collections.abc import Iterable

from bot.sandbox import events, postings
from bot.sandbox.channels import Channel
from bot.sandbox.people import BOT_USER_ID, Person, Usergroup
from bot.sandbox.state import State


class Residents(State):
    """Members, channels and user groups; the bot is told as Slack tells it."""

    def settle_in(self, name: str, real_name: str, email: str, *channels: str) -> Person:
        """Let somebody have been here for long: a member of these channels, and nobody is told."""
        with self.changes.writing():
            id_ = f"U0{name.upper()}"
            self.people[id_] = Person(id_, name, real_name, email, real_name, is_extra=True)
            for channel in channels:
                self.channel(channel).members.append(id_)
            return self.people[id_]

    def add_person(
        self,
        name: str,
        real_name: str,
        email: str = "",
        *,
        admin: bool = False,
        guest: bool = False,
        single_channel_guest: bool = False,
        stranger: bool = False,
    ) -> Person:
        """Let somebody into the workspace: a member of no channel. A `stranger` comes by Slack Connect, unannounced."""
        with self.changes.writing():
            id_ = f"U0{name.upper()}"
            self.people[id_] = Person(id_, name, real_name, email, real_name, is_admin=admin)
            person = self.people[id_]
            person.is_guest, person.is_single_channel_guest, person.is_stranger = guest, single_channel_guest, stranger
            if not stranger:
                events.tell_person(self, "team_join", person)
            return person

    def rename_person(self, user: str, display_name: str) -> None:
        """Change a display name; the bot hears user_change."""
        with self.changes.writing():
            person = self.person(user)
            person.display_name = display_name
            events.tell_person(self, "user_change", person)

    def deactivate_person(self, user: str, *, deleted: bool = True) -> None:
        """Deactivate an account, or bring it back; the bot hears user_change."""
        with self.changes.writing():
            person = self.person(user)
            person.deleted = deleted
            events.tell_person(self, "user_change", person)

    def join(self, user: str, channel: str) -> None:
        """Join a channel, or be added to it (the bot too: then it hears of it)."""
        with self.changes.writing():
            person, place = self.person(user), self.channel(channel)
            if person.id not in place.members:
                postings.let_in(self, place, person.id)

    def leave(self, user: str, channel: str) -> None:
        """Leave a channel."""
        with self.changes.writing():
            person, place = self._member(user, channel)
            postings.let_go(self, place, person.id)

    def create_channel(
        self, name: str, members: Iterable[str] = (), *, private: bool = False, with_bot: bool = True
    ) -> str:
        """Create a channel and return its id; nobody is told."""
        with self.changes.writing():
            ids = [self.person(member).id for member in members] + [BOT_USER_ID] * with_bot
            return self.add_channel(name, dict.fromkeys(ids), "group" if private else "channel").id

    def create_usergroup(self, handle: str, users: Iterable[str]) -> str:
        """Create a user group and return its id; the bot hears subteam_created."""
        with self.changes.writing():
            group = Usergroup(self.next_id("S"), handle, self._ids(users), int(self.clock.now().timestamp()))
            self.usergroups[group.id] = group
            events.tell_usergroup(self, "subteam_created", group)
            return group.id

    def change_usergroup(self, handle: str, users: Iterable[str]) -> None:
        """Change who is in a group; the bot hears subteam_members_changed and subteam_updated."""
        with self.changes.writing():
            group = self._group(handle)
            before, old, new = group.updated, group.users, self._ids(users)
            group.users, group.updated = new, int(self.clock.now().timestamp())
            added, removed = [id_ for id_ in new if id_ not in old], [id_ for id_ in old if id_ not in new]
            events.tell_members_changed(self, group, added, removed, before)
            events.tell_usergroup(self, "subteam_updated", group)

    def disable_usergroup(self, handle: str) -> None:
        """Disable a group: it is listed only to those who ask for disabled ones; the bot hears subteam_updated."""
        with self.changes.writing():
            group = self._group(handle)
            group.updated = group.deleted = int(self.clock.now().timestamp())
            events.tell_usergroup(self, "subteam_updated", group)

    def _group(self, handle: str) -> Usergroup:
        for group in self.usergroups.values():
            if handle.removeprefix("@") in {group.id, group.handle}:
                return group
        raise LookupError(f"there is no user group {handle!r}")

    def _ids(self, users: Iterable[str]) -> list[str]:
        return [self.person(user).id for user in users]

    def _member(self, user: str, channel: str) -> tuple[Person, Channel]:
        person = self.person(user)
        place = self.place(person.id, channel)
        if person.id not in place.members:
            raise ValueError(f"{person.name} is not in #{place.name}: let {person.name} join first")
        return person, place
