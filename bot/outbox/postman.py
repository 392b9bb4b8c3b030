"""The postman: claims a due delivery, hands it to its sender, settles it. Knows senders, not Slack."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.db import Database, queue_up, time_of
from bot.log import correlated
from bot.measures import Deed, Measures
from bot.outbox.beats import Beat
from bot.outbox.choice import Choice
from bot.outbox.models import LEASE, Delivery, DeliveryState, Receipt, unsettled
from bot.outbox.pacing import Pacing, backoff
from bot.outbox.sending import Away, Consequences, Later, Parcel, Posted, Refused, Sender, Stuck, TooLate, Unsure

log = structlog.get_logger(__name__)

LONGEST_BACKOFF_SECONDS = 300
LONGEST_AWAY_SECONDS = 15
# From this many waiting lines of one kind in one thread on, one post says them all.
FOLD_FROM = 4
FOLD_AT_MOST = 20
# Commits wake him, and he knows when the next delivery falls due: he looks unasked for what other processes left.
IDLE_SECONDS = 5.0
LONG_REST_SECONDS = 1.0
# A claim that is older than this before the first word is renewed: a call may take ten of its 15 seconds.
FRESH_SECONDS = 4.0
# Behind thousands that wait for their places a look costs more than what woke him. After one in vain he rests so many
# times as long as it took: storing what a burst says must not wait for looks whether it can be said.
REST_AFTER_LOOK = 5
LONGEST_REST_SECONDS = 0.1
# Whoever stored it has an ack to send, and goes first.
LEAST_REST_SECONDS = 0.003


class Postman:
    """Says what is due, one delivery at a time, most pressing first, each lane in its order.

    `foldable` are the kinds of which one post may say several at once; everything else has a receipt of its own.
    `only` is his beat, `but` are the beats of others: a mail server or an upload that takes its time must not hold up
    an alert.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sender: Sender,
        pacing: Pacing,
        consequences: Consequences | None = None,
        foldable: Collection[str] = (),
        *,
        only: Beat | None = None,
        but: Sequence[Beat] = (),
        monotonic: Callable[[], float] = time.monotonic,
        claim_time: Callable[[Session], datetime] = time_of,
        measures: Measures | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._sender = sender
        self._pacing = pacing
        self._consequences = consequences
        self._foldable = frozenset(foldable)
        self._choice = Choice(only, but)
        self._monotonic, self._claim_time = monotonic, claim_time
        self._measures = measures
        self._away_times = 0
        self._next_due: datetime | None = None
        self._rested_at, self._looked_at, self._wakes_at = 0.0, pacing.now, math.inf

    def deliver_due(self) -> int:
        """Say the most pressing delivery that may be said now; returns how many were said, refused or put off.

        What was put off counts too: at once the next one gets its turn, or one that waits would hold up all the others.
        """
        self._looked_at, self._wakes_at = self._pacing.now, math.inf
        if self._pacing.held:
            return 0
        parcel = self._claim()
        if parcel is None:
            return 0
        with correlated(), structlog.contextvars.bound_contextvars(**_ids(parcel.delivery)):
            return self._carry(parcel)

    def pause(self) -> float:
        """Return how many seconds to rest when nothing can be said."""
        longest = IDLE_SECONDS
        if self._next_due is not None:
            longest = min(longest, (self._next_due - self._clock.now()).total_seconds())
        rest = self._pacing.pause(longest, self._looked_at)
        self._wakes_at = self._pacing.now + rest
        return rest

    def concerns(self, delivery: Delivery) -> bool:
        """Whether what was stored just now can be said before he wakes by himself."""
        free_at = self._pacing.free_at(delivery.place, redraw=delivery.redraw)
        return self._choice.covers(delivery) and free_at < self._wakes_at

    def breath(self) -> float:
        """Return how many seconds to let pass before looking again, although something was stored meanwhile."""
        return max(LEAST_REST_SECONDS, self._rested_at - self._monotonic())

    def free_leases(self) -> None:
        """Take back what a dead process had in hand; only where no other process can be at work (SQLite, at start)."""
        with self._database.writers.begin() as session:
            for delivery in session.exec(select(Delivery).where(Delivery.state == DeliveryState.SENDING)):
                delivery.state = DeliveryState.DUE
                delivery.unsure = True

    def _claim(self) -> Parcel | None:
        now, asked_at = self._clock.now(), self._monotonic()
        if not self._sees_any(now):
            seen_at = self._monotonic()
            self._rested_at = seen_at + min(REST_AFTER_LOOK * (seen_at - asked_at), LONGEST_REST_SECONDS)
            return None
        with self._database.writers.begin() as session:
            claimed_at = self._claim_time(session)
            sayable = self._choice.sayable(now, claimed_at, self._pacing.crowded())
            delivery = session.exec(sayable.with_for_update(skip_locked=True, of=Delivery)).first()
            if delivery is None:
                return None
            folded = self._folded(session, delivery, now)
            for claimed in (delivery, *folded):
                claimed.unsure = _doubtful(claimed)
                claimed.state = DeliveryState.SENDING
                claimed.claimed_until = claimed_at + LEASE
        return Parcel(delivery, folded, confirm=partial(self._confirm, [delivery, *folded], asked_at))

    def _sees_any(self, now: datetime) -> bool:
        """Whether there is something to say, which costs no write lock; most of the time there is nothing."""
        crowded = self._pacing.crowded()
        with self._database.readers.begin() as session:
            if session.exec(self._choice.sayable(now, self._claim_time(session), crowded)).first() is not None:
                return True
            # A crowded place mostly ends the rest soon enough.
            rests_long = self._pacing.pause(IDLE_SECONDS, self._looked_at) > LONG_REST_SECONDS
            self._next_due = session.exec(self._choice.due_later(now)).one() if rests_long else None
            return False

    def _confirm(self, claimed: Sequence[Delivery], asked_at: float) -> None:
        """Renew a claim that is no longer fresh; TooLate where somebody else took it over (we were frozen)."""
        if self._monotonic() - asked_at <= FRESH_SECONDS:
            return
        with self._database.writers.begin() as session:
            until = self._claim_time(session) + LEASE
            rows = _ours(session, claimed)
            if len(rows) < len(claimed):
                raise TooLate
            for row in rows:
                row.claimed_until = until
        for delivery in claimed:
            delivery.claimed_until = until

    def _folded(self, session: Session, head: Delivery, now: datetime) -> Sequence[Delivery]:
        """Return the later deliveries of the lane that the head's words can say too."""
        if not head.redraw and head.kind not in self._foldable:
            return []
        lane = select(Delivery).where(
            Delivery.lane == head.lane, unsettled(Delivery), col(Delivery.id) > (head.id or 0)
        )
        waiting: list[Delivery] = []
        for delivery in session.exec(lane.order_by(col(Delivery.id)).limit(FOLD_AT_MOST)):
            if not _goes_with(delivery, head) or (delivery.due_at > now >= head.due_at):
                break
            waiting.append(delivery)
        return waiting if head.redraw or len(waiting) + 1 >= FOLD_FROM else []

    def _carry(self, parcel: Parcel) -> int:
        delivery = parcel.delivery
        try:
            posted = self._sender.send(parcel)
        except TooLate:
            log.warning("claim lost to another process", kind=delivery.kind, case=delivery.case_id)
        except Later as later:
            if later.whole_place:
                self._pacing.hold(delivery.place, later.seconds)
            self._put_back(parcel, later.seconds, later)
        except Away as away:
            self._pacing.hold_all(backoff(self._away_times, LONGEST_AWAY_SECONDS))
            self._away_times += 1
            self._put_back(parcel, 0, away)
        except Refused as refused:
            self._refuse(parcel, refused)
        except Exception as fault:  # noqa: BLE001 - whatever a sender meets, the delivery is kept and tried again
            unsure = isinstance(fault, Unsure)
            seconds = backoff(delivery.attempts, LONGEST_BACKOFF_SECONDS)
            self._put_back(parcel, seconds, fault, unsure=unsure, failed=True)
        else:
            self._away_times = 0
            self._pacing.spend(delivery.place, redraw=delivery.redraw)
            self._settle(parcel, posted)
            return 1 + len(parcel.folded)
        return 1

    def _settle(self, parcel: Parcel, posted: Posted | None) -> None:
        now = self._clock.now()
        with self._database.writers.begin() as session:
            for waiting in _again(session, [parcel.delivery, *parcel.folded]):
                said = waiting.id == parcel.delivery.id and posted is not None
                waiting.state = DeliveryState.SENT if said else DeliveryState.FOLDED
                waiting.settled_at, waiting.claimed_until, waiting.error = now, None, ""
            if posted is not None:
                _keep_receipt(session, parcel.delivery, posted, now)
                if self._consequences is not None:
                    self._consequences.said(session, parcel.delivery, posted, now)
        log.debug("delivery settled", kind=parcel.delivery.kind, said=posted is not None)
        if posted is not None and self._measures is not None:
            _measure(self._measures, parcel)

    def _put_back(
        self, parcel: Parcel, seconds: float, cause: Exception, *, unsure: bool = False, failed: bool = False
    ) -> None:
        due_at = self._clock.now() + timedelta(seconds=seconds)
        error = f"{type(cause).__name__}: {cause}"[:500]
        with self._database.writers.begin() as session:
            if isinstance(cause, Stuck) and self._consequences is not None:
                self._consequences.stuck(session, parcel.delivery, str(cause), self._clock.now())
            for waiting in _ours(session, [parcel.delivery, *parcel.folded]):
                waiting.state, waiting.due_at, waiting.claimed_until = DeliveryState.DUE, due_at, None
                waiting.attempts += failed
                waiting.unsure = waiting.unsure or unsure
                waiting.error = error
        if parcel.delivery.error != error:
            log.warning("delivery put off", kind=parcel.delivery.kind, seconds=round(seconds, 1), reason=error[:200])

    def _refuse(self, parcel: Parcel, refused: Refused) -> None:
        now = self._clock.now()
        with self._database.writers.begin() as session:
            for waiting in _ours(session, [parcel.delivery, *parcel.folded]):
                waiting.state, waiting.error = DeliveryState.REFUSED, str(refused)[:500]
                waiting.settled_at, waiting.claimed_until = now, None
                if self._consequences is not None:
                    self._consequences.refused(session, waiting, str(refused), now)
        log.error("delivery refused", kind=parcel.delivery.kind, reason=str(refused))


def _ids(delivery: Delivery) -> dict[str, str]:
    """Return what each line tells that is logged while it is carried, by whomever."""
    case = {"case": delivery.case_id} if delivery.case_id else {}
    return {"delivery": delivery.delivery_id, **case}


def _measure(measures: Measures, parcel: Parcel) -> None:
    """Tell how long the words took from the decision on; a drawing made again says nothing new."""
    for said in (parcel.delivery, *parcel.folded):
        if not said.redraw:
            facts = {"delivery": said.delivery_id, "case": said.case_id, "place": said.place}
            measures.since(Deed.CASE_TO_POST, said.kind, said.created_at, **facts)


def _goes_with(delivery: Delivery, head: Delivery) -> bool:
    """Whether one drawing says both: redraws of one and the same thing, or words of one kind in a row."""
    if delivery.kind != head.kind or delivery.redraw != head.redraw:
        return False
    if head.redraw:
        return delivery.subject == head.subject
    # Words that may have been said already were said without the later ones.
    return _doubtful(delivery) == _doubtful(head)


def _doubtful(delivery: Delivery) -> bool:
    """Whether it may have been said: a claim that ran out was left by a process that died with it in hand."""
    return delivery.unsure or delivery.state == DeliveryState.SENDING


def _again(session: Session, claimed: Sequence[Delivery]) -> Sequence[Delivery]:
    ids = [delivery.id for delivery in claimed]
    return session.exec(select(Delivery).where(col(Delivery.id).in_(ids)).with_for_update()).all()


def _ours(session: Session, claimed: Sequence[Delivery]) -> Sequence[Delivery]:
    """Return those of which the claim is still ours: what somebody took over is his to put back."""
    until = {delivery.id: delivery.claimed_until for delivery in claimed}
    found = _again(session, claimed)
    return [row for row in found if row.state == DeliveryState.SENDING and row.claimed_until == until[row.id]]


def _keep_receipt(session: Session, delivery: Delivery, posted: Posted, now: datetime) -> None:
    queue_up(session, f"receipt:{delivery.kind}:{delivery.subject}")
    known = select(Receipt).where(Receipt.kind == delivery.kind, Receipt.subject == delivery.subject)
    receipt = session.exec(known).first() or Receipt(
        kind=delivery.kind, subject=delivery.subject, case_id=delivery.case_id, place="", external_id="", said_at=now
    )
    receipt.place, receipt.external_id, receipt.drawn = posted.place, posted.external_id, posted.drawn
    session.add(receipt)
