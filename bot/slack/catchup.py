"""Catching up: what was said in Slack while nobody heard it comes in by the door of live events.

After a start and after every gap, history and replies of all watched conversations are read since the stored marks and
handed to the Bolt app as the events they would have been. What came already is known to the database by channel and
ts, so reading too much does no harm. Live events go on meanwhile and may overtake older ones: the core judges words by
their own time, so nothing here waits for them. Conversations are read in batches (the team's channels, customers'
channels, DMs with a case in them, other DMs); within a batch everything comes in by its ts, threads and all.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

import structlog
from slack_bolt import App, BoltRequest
from sqlmodel import Session

from bot.cases.announcements import Hearer
from bot.clock import Clock
from bot.db import Database
from bot.slack.connection import SlackAway, SlackConnection
from bot.slack.dispatch import REPLAYED
from bot.slack.hearing import Gap, Hearing, earlier, order
from bot.slack.history import Closed, History, Place
from bot.slack.identity import Identity
from bot.slack.marks import OVERLAP_SECONDS, Marks, move_channels, move_line, read_marks
from bot.slack.missed import Event, body_of
from bot.slack.patrol import Patrol
from bot.slack.places import Places
from bot.slack.reading import Found, Reading
from bot.slack.recap import announce_recap
from bot.slack.siblings import Siblings
from bot.slack.threads import case_threads

log = structlog.get_logger(__name__)

BATCH = 40
MARK_SECONDS = 20.0  # sooner than a sibling's patrol loses its patience
# A new channel is known before the overlap forgets that we joined it.
PLACES_SECONDS = OVERLAP_SECONDS - 60.0
# One event that fails while others succeed is tried so often; then it must not hold up the mark any longer.
TRIES = 5
IN_A_ROW = 3


class NotTaken(OSError):
    """Something could not be stored; the next try may succeed, and Slack keeps it until then."""


@dataclass(frozen=True, slots=True)
class Round:
    """One catch-up: where it begins, and a ts that lay in the past when it began."""

    gap: Gap
    marks: Marks
    reading: Reading
    threads: Mapping[str, Sequence[str]]
    back_at: datetime


class CatchUp:
    """Closes gaps, and while there is none keeps the mark and listens whether the line still hears."""

    def __init__(
        self,
        app: App,
        connection: SlackConnection,
        hearing: Hearing,
        history: History,
        identity: Identity,
        places: Places,
        database: Database,
        clock: Clock,
    ) -> None:
        self._app = app
        self._hearing = hearing
        self._history = history
        self._identity = identity
        self._places = places
        self._database = database
        self._clock = clock
        self._siblings = Siblings(alone=database.is_sqlite)
        self._patrol = Patrol(
            history,
            hearing,
            connection.renew,
            heard_elsewhere=self._is_heard_elsewhere,
            renewable=connection.renewable,
        )
        self._watched: Sequence[Place] = ()
        self._watched_at = 0.0
        self._kept_at = 0.0
        self._stored = ""
        self._back_at: datetime | None = None
        self._refused: Counter[str] = Counter()

    @property
    def problem(self) -> str:
        """What is wrong although the line seems to work; empty while all is well."""
        return self._patrol.problem

    def keep(self) -> int:
        """Do what is to be done now; returns how many events were handed in, or 1 where a new gap was found."""
        if not self._places.resolved or self._history.stopped:
            return 0
        gap = self._hearing.gap
        if gap is not None:
            return self._catch_up(gap) if self._hearing.ripe else 0
        if time.monotonic() - self._watched_at > PLACES_SECONDS:
            self._meet_places()
        self._keep_mark()
        return int(self._patrol.look(self._watched))

    def close(self) -> None:
        """Break off; what is whole is noted, so that the next start knows how long nobody heard."""
        self._history.stop()
        if self._hearing.gap is None:
            self._store_mark()
            with self._database.writers.begin() as session:
                self._siblings.leave(session)

    def _catch_up(self, gap: Gap) -> int:
        this = self._begin(gap)
        handed = 0
        for start in range(0, len(self._watched), BATCH):
            handed += self._take_batch(this, self._watched[start : start + BATCH])
        self._finish(this)
        return handed

    def _begin(self, gap: Gap) -> Round:
        now = self._clock.now()
        self._back_at = self._back_at or now
        with self._database.readers.begin() as session:
            marks = read_marks(session)
            marks = replace(marks, line=self._siblings.heard_by_all(session, marks.line))
            threads = case_threads(session, now)
        support = self._places.channel_of(Hearer.SUPPORT) or ""
        as_of = max(marks.line, self._hearing.newest, self._history.newest(support), key=order)
        if not marks.line:  # the very first start: from now on, whenever somebody last spoke
            as_of = max(as_of, f"{now.timestamp():.6f}", key=order)
        self._watch(self._history.places(), threads)
        reading = Reading(self._history, self._database, self._identity.user_id, as_of)
        return Round(gap, marks, reading, threads, self._back_at)

    def _take_batch(self, this: Round, batch: Sequence[Place]) -> int:
        found = {place.channel: self._read(this, place) for place in batch}
        events = sorted((event for each in found.values() for event in each.events), key=_time)
        self._hand_in(events)
        with self._database.writers.begin() as session:
            move_channels(session, [(channel, each.known_to) for channel, each in found.items()], self._clock.now())
            self._siblings.breathe(session, self._clock.now())
        for channel, each in found.items():
            self._hearing.learn(channel, each.known_to)
        return len(events)

    def _read(self, this: Round, place: Place) -> Found:
        since = this.marks.start_of(place)
        try:
            if since is not None:
                return this.reading.news(place, since, this.threads.get(place.channel, ()))
            if this.marks.line:
                return this.reading.first_sight(place, earlier(this.marks.line, OVERLAP_SECONDS))
            return this.reading.from_now_on(place)
        except Closed as closed:
            log.warning("conversation can't be read", channel=place.channel, reason=str(closed))
            return Found(since or this.reading.as_of)

    def _hand_in(self, events: Sequence[Event]) -> None:
        """Hand events to the app in order; NotTaken where any of them is still to be stored."""
        failed = 0
        unproven: list[str] = []
        for event in events:
            if self._history.stopped:
                raise SlackAway("the bot stops")
            name = f"{event['channel']}:{event['event_ts']}"
            if self._refused[name] >= TRIES:
                continue
            if self._is_taken(event):
                self._blame(unproven)
                unproven.clear()
                continue
            failed += 1
            unproven.append(name)
            if len(unproven) >= IN_A_ROW:
                break
        if failed:
            raise NotTaken(f"{failed} of {len(events)} messages from history could not be stored yet")

    def _is_taken(self, event: Event) -> bool:
        body = body_of(event, self._identity.team_id)
        request = BoltRequest(mode="socket_mode", body=body, context={REPLAYED: True})
        return self._app.dispatch(request).status == HTTPStatus.OK

    def _blame(self, failed: Sequence[str]) -> None:
        """Count a try against those that failed right before one was stored: it was not the database's fault."""
        for name in failed:
            self._refused[name] += 1
            if self._refused[name] == TRIES:
                log.error("message from history given up", message=name)

    def _finish(self, this: Round) -> None:
        now = self._clock.now()
        since = this.gap.since or this.marks.line_at
        with self._database.writers.begin() as session:
            self._siblings.bury(session)
            self._move_line(session, this.reading.as_of, now)
            if since is not None:
                announce_recap(session, since, this.back_at, now)
        self._back_at = None
        self._kept_at = time.monotonic()
        self._hearing.close(this.gap)
        log.info("caught up with slack", conversations=len(self._watched), away_since=str(since or ""))

    def _watch(self, places: Sequence[Place], threads: Mapping[str, Sequence[str]]) -> None:
        """Watch every conversation the bot is in, for admins are heard everywhere; those that matter most first."""
        inside, support = self._places.inside, self._places.channel_of(Hearer.SUPPORT)

        def rank(place: Place) -> tuple[bool, ...]:
            strange = not self._places.hears_customers(place.channel, place.kind)
            return (
                place.channel != support,
                place.channel not in inside,
                place.is_direct or strange,
                place.channel not in threads,
            )

        self._watched = sorted(places, key=rank)
        self._watched_at = time.monotonic()

    def _meet_places(self) -> None:
        """Learn of conversations that are new; a channel's past is left alone from here on."""
        places = self._history.places()
        with self._database.readers.begin() as session:
            marks = read_marks(session)
            threads = case_threads(session, self._clock.now())
        self._watch(places, threads)
        new = [place for place in self._watched if place.channel not in marks.channels]
        channels = [(p.channel, self._history.newest(p.channel) or marks.line) for p in new if not p.is_direct]
        with self._database.writers.begin() as session:
            move_channels(session, channels, self._clock.now())
        for place in new:
            self._hearing.learn(place.channel, marks.line)
        for channel, ts in channels:
            self._hearing.learn(channel, ts)

    def _keep_mark(self) -> None:
        if time.monotonic() - self._kept_at > MARK_SECONDS:
            self._store_mark()
            self._look_after_siblings()

    def _look_after_siblings(self) -> None:
        """Read on from where a process died: what Slack had sent to it alone may be known to nobody."""
        with self._database.readers.begin() as session:
            still = self._siblings.standing_still(session)
        if still:
            log.warning("a process hears no more; reading what it may have missed", processes=len(still))
            self._hearing.missed(min(still.values()))

    def _store_mark(self) -> None:
        with self._database.writers.begin() as session:
            self._move_line(session, self._hearing.newest, self._clock.now())
        self._kept_at = time.monotonic()

    def _move_line(self, session: Session, ts: str, at: datetime) -> None:
        self._stored = max(self._stored, ts, key=order)
        line = move_line(session, ts, at)
        # Our line is whole now, so whatever was sent to us is in, however far the others have heard.
        self._siblings.note(session, line, at)

    def _is_heard_elsewhere(self, ts: str) -> bool:
        """Whether the mark stands past this ts, and another process on this database has moved it there."""
        with self._database.readers.begin() as session:
            line = order(read_marks(session).line)
        return line >= order(ts) and line > order(self._stored)


def _time(event: Event) -> tuple[int, int]:
    return order(str(event["event_ts"]))
