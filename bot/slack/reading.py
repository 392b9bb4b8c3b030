"""What is new in one conversation: its messages, replies in its threads, edits and deletions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.db import Database
from bot.slack.hearing import order
from bot.slack.history import Closed, History, Message, Place
from bot.slack.inbound import moment
from bot.slack.missed import Event, after_joining, deletion, events_of, has_newer_replies, stands
from bot.slack.threads import known_since

# How far a channel is looked through for parents of new replies; what lies deeper is asked for one by one.
PAGES_BACK = 10
THREADS_ASKED = 50
# The shortest retention Slack offers is a day: what is gone sooner than that was deleted by somebody.
DELETED_WITHIN = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Found:
    """The events that a conversation held for us, and up to which ts it is known now."""

    known_to: str
    events: Sequence[Event] = field(default_factory=tuple)


class Reading:
    """Reads conversations for the catch-up. `as_of` is a ts that lay in the past when the reading began."""

    def __init__(self, history: History, database: Database, bot_user_id: str, as_of: str) -> None:
        self._history = history
        self._database = database
        self._bot_user_id = bot_user_id
        self.as_of = as_of

    def news(self, place: Place, since: str, threads: Sequence[str]) -> Found:
        """Return everything that happened after `since`; `threads` are old parents that may have new replies."""
        recent = self._history.since(place.channel, since)
        oldest = min(threads, key=order, default=since)
        older: list[Message] = []
        reached = since
        if order(oldest) < order(since):
            older, reached = self._history.before(place.channel, oldest, since, PAGES_BACK)
        shown = [*older, *recent]
        events = [*events_of(shown, place, since), *self._deleted(place, shown, reached)]
        parents = [str(message["ts"]) for message in shown if has_newer_replies(message, since)]
        deeper = [parent for parent in threads if order(parent) < order(reached)]
        for parent in dict.fromkeys([*parents, *deeper[:THREADS_ASKED]]):
            events += events_of(self._replies(place, parent, since), place, since)
        # Replies older than the newest message shown were there too when it was, so the threads are known as far.
        return Found(max(since, self.as_of, *(str(message["ts"]) for message in shown), key=order), events)

    def first_sight(self, place: Place, since: str) -> Found:
        """Return what was said in an unknown channel after the bot joined it, if that was after `since`.

        Where it was there before, the channel's past is not ours: it is read from now on.
        """
        shown = self._history.since(place.channel, since)
        newest = max((str(message["ts"]) for message in shown), key=order, default=self.as_of)
        heard = after_joining(shown, self._bot_user_id) or []
        events = list(events_of(heard, place, since))
        for message in heard:
            if has_newer_replies(message, since):
                events += events_of(self._replies(place, str(message["ts"]), since), place, since)
        return Found(max(newest, self.as_of, key=order), events)

    def from_now_on(self, place: Place) -> Found:
        """Return nothing but the point from which a conversation will be read."""
        newest = "" if place.is_direct else self._history.newest(place.channel)
        return Found(max(newest, self.as_of, key=order))

    def _replies(self, place: Place, parent: str, since: str) -> list[Message]:
        try:
            return self._history.replies(place.channel, parent, since)
        except Closed:
            return []

    def _deleted(self, place: Place, shown: Sequence[Message], reached: str) -> list[Event]:
        oldest = max(moment(reached), moment(self.as_of) - DELETED_WITHIN)
        with self._database.readers.begin() as session:
            kept = known_since(session, place.channel, oldest)
        standing = {message["ts"] for message in shown if stands(message)}
        gone = (ts for ts in kept if ts not in standing and order(ts) <= order(self.as_of))
        return [deletion(ts, kept[ts], place, self.as_of) for ts in gone]
