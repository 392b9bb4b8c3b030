"""Who a Slack user is: name, and admin or not. Answers from memory; kept in the database, fed by Slack."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlmodel import Session, col, delete, select

from bot.cases.inbound import Author
from bot.clock import Clock
from bot.db import Database
from bot.settings import Settings
from bot.slack.models import GroupMember, Person

log = structlog.get_logger(__name__)

# Of clocks that differ a little, and of transactions that took long to commit.
READ_AGAIN = timedelta(minutes=1)


class Directory:
    """The people of the workspace. No listener asks the Web API who somebody is: this does, beforehand."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, web: WebClient) -> None:
        self._listed = frozenset(settings.admin_slack_users)
        self._groups = tuple(settings.admin_slack_usergroups)
        self._admin_emails = frozenset(settings.admin_emails)
        self._database = database
        self._clock = clock
        self._web = web
        self._lock = threading.Lock()
        self._people: dict[str, Person] = {}
        self._names: tuple[dict[str, Person], dict[str, str]] = self._people, {}
        self._in_groups: frozenset[str] = frozenset()
        self._groups_told = 0
        self._reread_at = clock.now()

    def load(self) -> None:
        """Read what the last process knew; without admin groups in the settings, nobody is an admin by group."""
        with self._database.readers.begin() as session:
            people = {person.user_id: person for person in session.exec(select(Person))}
            members = _members(session) if self._groups else frozenset()
        with self._lock:
            self._people, self._in_groups = people, members

    def reread(self) -> None:
        """Take in what other processes on this database heard of people and groups since the last time.

        Slack tells each change to one process only; a dismissed admin must be none in all of them.
        """
        since, told = self._reread_at - READ_AGAIN, self._groups_told
        self._reread_at = self._clock.now()
        with self._database.readers.begin() as session:
            changed = session.exec(select(Person).where(col(Person.seen_at) >= since)).all()
            members = _members(session) if self._groups else frozenset()
        with self._lock:
            known = self._people
            newer = {
                person.user_id: person
                for person in changed
                if person.user_id not in known or known[person.user_id].seen_at < person.seen_at
            }
            if newer:
                self._people = known | newer
            if told == self._groups_told:  # else we were told ourselves meanwhile, and know better
                self._in_groups = members

    @property
    def is_empty(self) -> bool:
        """Whether nobody was ever described to us."""
        return not self._people

    def author(self, user_id: str) -> Author:
        """Return who this is, as far as is known; a stranger goes by his id until Slack tells his name."""
        person = self._people.get(user_id)
        name = person.name if person else user_id
        return Author(user_id, name, is_admin=self._is_admin(user_id, person))

    def correspondent(self, address: str) -> Author:
        """Return who writes from a mail address; a listed admin's address is an admin, whatever he signs with."""
        identity = address.strip().lower()
        return Author(identity, identity, is_admin=identity in self._admin_emails)

    def zone(self, user_id: str) -> tzinfo:
        """Return somebody's time zone; UTC while it is unknown."""
        person = self._people.get(user_id)
        return _zone(person.tz) if person and person.tz else UTC

    def knows(self, user_id: str) -> bool:
        """Return whether Slack ever described this user to us."""
        return user_id in self._people

    def names(self) -> Mapping[str, str]:
        """Return the display names by user id."""
        people, names = self._names
        if people is not self._people:  # each message asks, and few of them come after somebody was renamed
            people = self._people
            names = {user_id: person.name for user_id, person in people.items()}
            self._names = people, names
        return names

    def is_bot(self, user_id: str) -> bool:
        """Return whether this is an app's user."""
        person = self._people.get(user_id)
        return person is not None and person.is_bot

    def admin_ids(self) -> list[str]:
        """Return everybody who may act, for refusals that say who can."""
        known = {user_id for user_id, person in self._people.items() if self._is_admin(user_id, person)}
        return sorted(known | self._listed)

    def team(self) -> list[Author]:
        """Return everybody who may be given a case, by name; whom Slack never described to us is left out."""
        known = {user_id for user_id in self.admin_ids() if self.knows(user_id) and not self.is_bot(user_id)}
        return sorted((self.author(user_id) for user_id in known), key=lambda admin: admin.name.casefold())

    def refresh(self) -> int:
        """Ask Slack for everybody and for the admin groups; returns how many people it described."""
        described = [member for page in self._web.users_list(limit=200) for member in page["members"]]
        self.learn(described)
        self.refresh_groups()
        log.info("directory refreshed", people=len(described), admins=len(self.admin_ids()))
        return len(described)

    def meet(self, user_id: str) -> None:
        """Ask Slack about one unknown user (a newcomer, or somebody of another workspace)."""
        if user_id not in self._people:
            answer = self._web.users_info(user=user_id)
            self.learn([answer["user"]])

    def learn(self, described: Iterable[Mapping[str, Any]]) -> None:
        """Take in Slack's user objects, from users.list as from user_change and team_join."""
        described = list(described)
        people = [self._person(user) for user in described]
        with self._database.writers.begin() as session:
            for person in people:
                session.merge(person)
        with self._lock:
            self._people = self._people | {person.user_id: person for person in people}

    def regroup(self, group_id: str, members: Iterable[str]) -> None:
        """Replace the members of one admin group."""
        with self._database.writers.begin() as session:
            session.exec(delete(GroupMember).where(col(GroupMember.group_id) == group_id))
            session.add_all(GroupMember(group_id=group_id, user_id=user_id) for user_id in members)
            session.flush()
            members_of_all = _members(session)
        with self._lock:
            self._in_groups = members_of_all
            self._groups_told += 1

    def _is_admin(self, user_id: str, person: Person | None) -> bool:
        if user_id in self._listed:
            return True
        return user_id in self._in_groups and person is not None and not person.outsider

    def refresh_groups(self) -> None:
        """Ask Slack who belongs to the admin groups now: a few calls, and nobody removed may act on."""
        if not self._groups:
            return
        try:
            groups = self._web.usergroups_list()["usergroups"]
        except SlackApiError as error:
            reason = error.response.get("error")
            log.error("ADMIN_SLACK_USERGROUPS can't be read; add the scope usergroups:read", reason=reason)
            return
        chosen = {group["id"] for group in groups if self._is_admin_group(group)}
        missing = [name for name in self._groups if not any(_called(group, name) for group in groups)]
        if missing:
            log.error("no such user group; correct ADMIN_SLACK_USERGROUPS", groups=missing)
        self._forget_groups(chosen)
        for group_id in chosen:
            self.regroup(group_id, self._web.usergroups_users_list(usergroup=group_id)["users"])

    def _forget_groups(self, kept: set[str]) -> None:
        with self._database.writers.begin() as session:
            session.exec(delete(GroupMember).where(col(GroupMember.group_id).not_in(kept)))
            left = _members(session)
        with self._lock:
            self._in_groups = left
            self._groups_told += 1

    def _is_admin_group(self, group: Mapping[str, Any]) -> bool:
        return any(_called(group, name) for name in self._groups)

    def _person(self, user: Mapping[str, Any]) -> Person:
        profile = user.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
        marks = ("deleted", "is_restricted", "is_ultra_restricted", "is_stranger")
        return Person(
            user_id=user["id"],
            name=name or user["id"],
            email=(profile.get("email") or "").lower(),
            is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            outsider=any(user.get(mark) for mark in marks),
            tz=_zone_name(user),
            seen_at=self._clock.now(),
        )


def _members(session: Session) -> frozenset[str]:
    return frozenset(session.exec(select(GroupMember.user_id)))


def _called(group: Mapping[str, Any], name: str) -> bool:
    return name == group.get("id") or name.removeprefix("@") == group.get("handle")


def _zone_name(user: Mapping[str, Any]) -> str:
    """Return the name of somebody's zone; where this machine does not know it, today's offset from UTC in seconds."""
    name = user.get("tz") or ""
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError):
        return f"{int(user.get('tz_offset') or 0):+d}"


def _zone(name: str) -> tzinfo:
    return timezone(timedelta(seconds=int(name))) if name[0] in "+-" else ZoneInfo(name)


def forget_person(session: Session, user_id: str) -> None:
    """Remove what is kept of a member in the caller's transaction; who still is one comes back with the next look."""
    person = session.get(Person, user_id)
    if person is not None:
        session.delete(person)
