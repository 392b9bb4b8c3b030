"""What the outbox could not say, in an admin's hands: said after all, or dropped, with what follows for the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from bot.cases import answers
from bot.cases.announcements import Kind
from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author
from bot.cases.models import Message
from bot.cases.records import load, record
from bot.clock import Clock
from bot.db import Database
from bot.outbox.models import REFUSED, Delivery, DeliveryState

log = structlog.get_logger(__name__)


class ParkedDeliveries:
    """Says again what was refused, or drops what is not to be said. Each verb is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def refused(self) -> Sequence[int]:
        """Return the numbers of all deliveries that were refused, the oldest first."""
        with self._database.readers.begin() as session:
            found = session.exec(select(Delivery.id).where(REFUSED).order_by(col(Delivery.id))).all()
            return [number for number in found if number is not None]

    def retry(self, number: int, by: Author) -> Delivery:
        """Make a refused delivery due again, as if it had never been tried; IllegalMove where it was not refused."""
        with self._database.writers.begin() as session:
            delivery = _locked(session, number)
            if delivery.state != DeliveryState.REFUSED:
                raise IllegalMove(f"Delivery {number} was not refused: it is {delivery.state}.")
            now = self._clock.now()
            if delivery.kind == Kind.REPLY:
                message = session.get_one(Message, int(delivery.subject))
                case = load(session, message.case_id)
                record(session, answers.resend(case, message, by, now), message=message)
            delivery.state, delivery.attempts, delivery.error, delivery.settled_at = DeliveryState.DUE, 0, "", None
            # What a server puts off is given up a day after it was to be said: that day begins anew.
            delivery.created_at = delivery.due_at = now
            log.info("delivery retried", kind=delivery.kind, case=delivery.case_id, actor=by.identity)
            return delivery

    def drop(self, number: int, by: Author) -> Delivery:
        """Say a delivery never; IllegalMove where it was said, or may have been."""
        with self._database.writers.begin() as session:
            delivery = _locked(session, number)
            if delivery.state not in {DeliveryState.DUE, DeliveryState.REFUSED}:
                raise IllegalMove(f"Delivery {number} can't be dropped: it is {delivery.state}.")
            if delivery.unsure and delivery.state == DeliveryState.DUE:
                raise IllegalMove(
                    f"Delivery {number} may have arrived; Casebot is finding out. Look again in a minute."
                )
            now = self._clock.now()
            if delivery.kind == Kind.REPLY and not delivery.unsure:
                _stop_answer(session, delivery, by, now)
            delivery.state, delivery.settled_at = DeliveryState.DROPPED, now
            log.info("delivery dropped", kind=delivery.kind, case=delivery.case_id, actor=by.identity)
            return delivery


def _locked(session: Session, number: int) -> Delivery:
    """Return a delivery with its row locked: before its case's row, as the postman locks them."""
    delivery = session.exec(select(Delivery).where(Delivery.id == number).with_for_update()).first()
    if delivery is None:
        raise IllegalMove(f"There is no delivery {number}. `casebot outbox list` shows what there is.")
    return delivery


def _stop_answer(session: Session, delivery: Delivery, by: Author, now: datetime) -> None:
    message = session.get_one(Message, int(delivery.subject))
    case = load(session, message.case_id)
    record(session, answers.stop(case, message, by, now), message=message)
