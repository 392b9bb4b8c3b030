"""Answers written at the desk: they wait a moment, leave by the outbox, and count once the customer can see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import structlog
from sqlmodel import Session, col, select

from bot.cases import answers
from bot.cases.announcements import MAIL, Kind, hand_over, send_out
from bot.cases.deeds import take_answer
from bot.cases.errors import ONLY_ADMINS, IllegalMove, NotAllowed
from bot.cases.inbound import DESK, Attached, Author, Source
from bot.cases.models import Attachment, Case, Message, Sending, Status
from bot.cases.records import attach, latest_of_customer, load, record, recorded_under
from bot.cases.rules import Rules
from bot.cases.staleness import refuse_stale
from bot.clock import Clock
from bot.db import Database
from bot.outbox.models import Delivery, DeliveryState
from bot.outbox.sending import Posted

log = structlog.get_logger(__name__)

REPLY_LIMIT = 20_000
MAIL_IS_OFF = "Outgoing mail is switched off (SMTP_SERVER is not set), so this customer can't be answered from here."


class Replies:
    """Writes answers, stops them, and hears from the postman what became of them (`outbox.sending.Consequences`)."""

    def __init__(self, database: Database, clock: Clock, desk_rules: Rules, *, mail_leaves: bool) -> None:
        self._writers = database.writers
        self._clock = clock
        self._rules = desk_rules
        self._mail_leaves = mail_leaves

    def reply(
        self, case_id: str, text: str, by: Author, attached: Sequence[Attached] = (), *, seen: int = 0, key: str = ""
    ) -> int:
        """Send words to a case's customer; returns the message's id, by which they can be stopped for a moment.

        `key` names the deed where it may be reported twice (a form that is submitted again): it is done once.
        """
        _only_admins(by)
        with self._writers.begin() as session:
            case = load(session, case_id)
            known = _written(session, key)
            if known is not None:
                return known
            refuse_stale(session, case, seen, by, self._clock.now())
            message = self.write(session, case, text, by, attached, self._clock.now(), key=key)
            return message.id or 0

    def send_note(self, place: str, external_id: str, by: Author) -> str:
        """Send a note that stands in a case's thread to the customer, as the words of `by`; returns the case id."""
        _only_admins(by)
        with self._writers.begin() as session:
            note = session.exec(
                select(Message).where(Message.place == place, Message.external_id == external_id)
            ).first()
            if note is None or not note.internal:
                raise IllegalMove("Only a note in a case's thread can be sent to the customer.")
            if note.words_removed:
                raise IllegalMove(f"The words of this note are gone: {note.body}.")
            case = load(session, note.case_id)
            if session.exec(select(Message.id).where(Message.copy_of == note.id)).first() is not None:
                raise IllegalMove(f"This note was sent to the customer of {case.case_id} already.")
            files = session.exec(select(Attachment).where(Attachment.message_id == note.id)).all()
            attached = [_attached(one) for one in files if not one.withheld]
            self.write(session, case, note.body, by, attached, self._clock.now(), note=note)
            return case.case_id

    def stop(self, message_id: int, by: Author) -> str:
        """Keep an answer back that has not left yet; returns the case id. IllegalMove once it has left."""
        _only_admins(by)
        with self._writers.begin() as session:
            # The delivery before the case, as the postman locks them.
            leaving = select(Delivery).where(Delivery.kind == Kind.REPLY, Delivery.subject == str(message_id))
            delivery = session.exec(leaving.with_for_update()).first()
            message = session.get(Message, message_id)
            if delivery is None or message is None:
                raise IllegalMove("There is no such answer.")
            if delivery.state != DeliveryState.DUE or delivery.unsure:
                raise IllegalMove(f"Too late: the answer {_PROGRESS[Sending(message.sending)]}.")
            now = self._clock.now()
            delivery.state, delivery.settled_at = DeliveryState.DROPPED, now
            case = load(session, message.case_id)
            record(session, answers.stop(case, message, by, now), message=message)
            log.info("reply stopped", case=case.case_id, actor=by.identity)
            return case.case_id

    def write(
        self,
        session: Session,
        case: Case,
        text: str,
        by: Author,
        attached: Sequence[Attached],
        now: datetime,
        *,
        key: str = "",
        note: Message | None = None,
    ) -> Message:
        """Store an answer and its delivery in the caller's transaction; the case's row is locked already."""
        if not text.strip() and not attached:
            raise IllegalMove("There is nothing to send: write some words first.")
        place = self._way_out(session, case)
        message = Message(
            case_id=case.case_id,
            sender=by.identity,
            sender_name=by.name,
            is_admin=True,
            body=text.strip()[:REPLY_LIMIT],
            timestamp=now,
            source=Source.EMAIL if place == MAIL else Source.SLACK,
            place=DESK,
            external_id=uuid4().hex,
            copy_of=note.id if note else None,
        )
        self._hand_out(session, case, message, by, place, now, key)
        attach(session, message, attached)
        return message

    def take(self, session: Session, case: Case, message: Message, by: Author, now: datetime) -> None:
        """Send on what an admin wrote in the case's thread, where thread text goes to the customer."""
        self._hand_out(session, case, message, by, self._way_out(session, case), now)

    def said(self, session: Session, delivery: Delivery, posted: Posted, at: datetime) -> None:
        """Make an answer that has left a fact: the customer can see it, so the clocks start anew."""
        if delivery.kind != Kind.REPLY:
            return
        message = session.get_one(Message, int(delivery.subject))
        case = load(session, message.case_id)
        message.sending = Sending.SENT
        if delivery.place == MAIL:
            message.reference = posted.external_id
        take_answer(session, case, message, Author(message.sender, message.sender_name, is_admin=True), at)
        if delivery.place != MAIL:  # a mail carries its files itself
            attached = session.exec(select(Attachment).where(Attachment.message_id == message.id)).all()
            session.add_all(hand_over(one, at, delivery.place) for one in attached if not one.withheld)

    def refused(self, session: Session, delivery: Delivery, reason: str, at: datetime) -> None:
        """Note that an answer will never leave."""
        if delivery.kind == Kind.REPLY:
            _fail(session, session.get_one(Message, int(delivery.subject)), reason, at)

    def _way_out(self, session: Session, case: Case) -> str:
        if case.status == Status.CLOSED:
            raise IllegalMove(f"{case.case_id} is closed. Reopen it first: `/case reopen {case.case_id}`")
        place, _ = way_to_customer(case, latest_of_customer(session, case))
        if place == MAIL and not self._mail_leaves:
            raise IllegalMove(MAIL_IS_OFF)
        return place

    def _hand_out(
        self, session: Session, case: Case, message: Message, by: Author, place: str, now: datetime, key: str = ""
    ) -> None:
        event = answers.reply(case, message, by, now)
        event.key = f"{Kind.REPLY}:{key}" if key else None
        record(session, event, message=message)
        session.add(send_out(message, place, now, now + self._rules.undo))
        log.info("reply written", case=case.case_id, actor=by.identity)


def bounced(session: Session, references: Sequence[str], reason: str, at: datetime) -> str | None:
    """Note that a mail of ours came back; returns its case id, or None where none of these Message-IDs is ours."""
    ours = select(Message).where(col(Message.reference).in_(references), Message.sending != Sending.NONE)
    message = session.exec(ours.order_by(col(Message.id).desc()).limit(1)).first()
    if message is None:
        return None
    if message.sending != Sending.FAILED:
        _fail(session, message, reason, at)
    return message.case_id


def way_to_customer(case: Case, latest: Message | None) -> tuple[str, str | None]:
    """Return (place, thread) of an answer: the mail's way out, or the customer's own thread, channel or DM in Slack.

    Words in a DM outside any thread are answered outside any thread. A customer who never wrote in Slack himself is
    written to by his user id, which opens a DM.
    """
    if "@" in case.customer_identifier:
        return MAIL, None
    if latest is None or latest.source != Source.SLACK:
        return case.customer_identifier, None
    if latest.place.startswith("D"):
        return latest.place, latest.thread
    return latest.place, latest.thread or latest.external_id


def _fail(session: Session, message: Message, reason: str, at: datetime) -> None:
    case = load(session, message.case_id)
    record(session, answers.fail(case, message, reason, at), message=message)
    log.warning("reply undelivered", case=case.case_id, reason=reason[:200])


def _written(session: Session, key: str) -> int | None:
    known = recorded_under(session, f"{Kind.REPLY}:{key}") if key else None
    return known.message_id if known else None


def _attached(one: Attachment) -> Attached:
    return Attached(name=one.name, content_type=one.content_type, size=one.size, held=one.held, withheld=one.withheld)


def _only_admins(by: Author) -> None:
    if not by.is_admin:
        raise NotAllowed(ONLY_ADMINS)


_PROGRESS = {
    Sending.NONE: "is on its way",
    Sending.WAITING: "is on its way",
    Sending.SENT: "has left",
    Sending.STOPPED: "was stopped already",
    Sending.FAILED: "did not reach the customer",
}
