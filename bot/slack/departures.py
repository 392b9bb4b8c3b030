"""What a person is told of an answer of his while it leaves: how it can be stopped, and that it has left."""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import partial

from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author
from bot.cases.models import CaseEvent, EventKind, Sending
from bot.cases.queries import CaseQueries
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.rows import after_commit_of
from bot.slack.asides import Asides
from bot.slack.spot import Spot
from bot.slack.views import offers
from bot.slack.views.parts import Drawing
from bot.slack.views.words import escape

# Who waits for news of more answers than this, in one process.
REMEMBERED = 500
_NEWS = frozenset({EventKind.ANSWERED, EventKind.UNDELIVERED, EventKind.STOPPED})


class Departures:
    """Tells in private that an answer leaves, and sets that right once it has left, where Slack lets us.

    A private message in a channel can be changed only by the response URL of a click on it, one in a DM always. So
    the words say when the answer leaves: they stay true where nothing can be changed, as after a restart.
    """

    def __init__(self, replies: Replies, queries: CaseQueries, desk_rules: Rules, asides: Asides) -> None:
        self._replies = replies
        self._queries = queries
        self._rules = desk_rules
        self._asides = asides
        self._lock = threading.Lock()
        self._told: OrderedDict[int, Spot] = OrderedDict()

    def watch(self, writers: sessionmaker[Session]) -> None:
        """Hear of each answer that has left, was stopped or will never leave."""
        after_commit_of(writers, CaseEvent, self._heard, lambda event: event.kind in _NEWS)

    def tell(self, message_id: int, spot: Spot, *, once: str = "") -> None:
        """Tell who wrote an answer that it leaves, and let him stop it; in the place of what he clicked, if any."""
        offer, follow = self.offer(message_id), partial(self._follow, message_id)
        if spot.url:
            self._asides.replace(spot, offer, stands=follow)
        else:
            self._asides.show(spot, offer, once=once, stands=follow)

    def offer(self, message_id: int) -> Drawing:
        """Return what is said of an answer that leaves."""
        return offers.leaving(self._queries.letter(message_id), self._rules.undo)

    def stop(self, message_id: int, by: Author, spot: Spot) -> None:
        """Keep an answer back, and give its words back; too late, that is said in the place of the button."""
        try:
            self._replies.stop(message_id, by)
        except IllegalMove as refusal:
            if not spot.url:
                raise
            is_on_its_way = any(message.sending == Sending.WAITING for message in self._queries.messages([message_id]))
            follow = partial(self._follow, message_id) if is_on_its_way else None
            self._asides.replace(spot, offers.done(escape(str(refusal))), stands=follow)
            return
        self._asides.replace(spot, offers.stopped(self._queries.letter(message_id).message))
        self._forget(message_id)

    def catch_up(self) -> None:
        """Set right what was told of answers that have left by now, or never will."""
        with self._lock:
            told = list(self._told)
        for message in self._queries.messages(told):
            spot = self._forget(message.id or 0) if message.sending != Sending.WAITING else None
            if spot is not None:
                self._asides.replace(spot, offers.outcome(self._queries.letter(message.id or 0)))

    def _heard(self) -> None:
        if self._told:
            self._asides.soon(self.catch_up)

    def _follow(self, message_id: int, spot: Spot) -> None:
        with self._lock:
            self._told[message_id] = spot
            while len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        self.catch_up()  # it may have left while that was being said

    def _forget(self, message_id: int) -> Spot | None:
        with self._lock:
            return self._told.pop(message_id, None)
