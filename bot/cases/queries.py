"""Questions about cases: reads only, each in a reader's transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_
from sqlmodel import Session, col, select

from bot.cases.announcements import Kind
from bot.cases.board import Board as Board
from bot.cases.board import Filter as Filter
from bot.cases.board import Sort as Sort
from bot.cases.board import board
from bot.cases.errors import ONLY_ADMINS, NoSuchCase, NotAllowed
from bot.cases.grounds import Grounds, grounds
from bot.cases.inbound import Author
from bot.cases.models import Attachment, Case, CaseEvent, Escalation, EventKind, Message, Question
from bot.cases.placing import case_of_thread
from bot.cases.records import latest_of_customer
from bot.cases.replies import way_to_customer
from bot.cases.search import Page, search
from bot.cases.sheets import CASES, listing, sheet_of, sheets
from bot.cases.sheets import Sheet as Sheet
from bot.db import Database
from bot.outbox.models import Delivery, DeliveryState, Receipt, unsettled

_OWN = listing(CASES.c.customer_identifier == bindparam("customer"), order=[CASES.c.created_at.desc()], own=True)


@dataclass(frozen=True, slots=True)
class Flood:
    """More mails of one customer than anybody wants to be told of: how many were not said one by one."""

    case_id: str
    mails: int
    first: Message
    latest: Message


@dataclass(frozen=True, slots=True)
class Letter:
    """An answer that leaves: its words, the customer's message that it answers, and its files.

    `place` and `thread` are where it goes in Slack. `token` is unguessable and the same at every try, so that a mail
    that is sent twice is one mail to its reader. `earlier` are the Message-IDs of the case's other mails, oldest first.
    """

    case: Case
    message: Message
    answered: Message | None
    attachments: Sequence[Attachment]
    token: str
    place: str
    thread: str | None
    earlier: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact of a timeline, and the message it is about, if any."""

    event: CaseEvent
    message: Message | None


class CaseQueries:
    """Answers questions about cases, and shows each asker only what is his to see."""

    def __init__(self, database: Database) -> None:
        self._readers = database.readers

    def sheet(self, case_id: str) -> Sheet:
        """Return one case with what its drawings need."""
        return self._sheet(case_id, own=False)

    def sheet_for(self, case_id: str, viewer: Author) -> Sheet:
        """Return one case to an admin or to its own customer; to others it looks as if it did not exist."""
        sheet = self._sheet(case_id, own=not viewer.is_admin)
        if not viewer.is_admin and sheet.case.customer_identifier != viewer.identity:
            raise NoSuchCase(f"There is no {case_id}.")
        return sheet

    def _sheet(self, case_id: str, *, own: bool) -> Sheet:
        with self._readers.begin() as session:
            found = sheet_of(session, case_id, own=own)
        if found is None:
            raise NoSuchCase(f"There is no {case_id}.")
        return found

    def board(
        self,
        limit: int,
        which: Filter = Filter.OPEN,
        viewer: str = "",
        after: str = "",
        today: datetime | None = None,
        sort: Sort = Sort.LONGEST,
    ) -> Board:
        """Return the figures and a page of a list, `after` another one's; `viewer` is the admin who asks."""
        with self._readers.begin() as session:
            return board(session, limit, which, viewer, after, today, sort)

    def of_customer(self, customer: str, limit: int = 10) -> Sequence[Sheet]:
        """Return a customer's own cases, the newest first."""
        with self._readers.begin() as session:
            return sheets(session, _OWN, {"customer": customer}, limit)

    def search(self, typed: str, viewer: Author, limit: int = 10, after: str = "") -> Page:
        """Return the cases in which everything typed stands, as far as the viewer may see them; see `search.search`."""
        with self._readers.begin() as session:
            return search(session, typed, viewer, limit, after)

    def messages(self, message_ids: Sequence[int]) -> Sequence[Message]:
        """Return messages in the order of their own time."""
        chosen = select(Message).where(col(Message.id).in_(message_ids))
        with self._readers.begin() as session:
            return session.exec(chosen.order_by(col(Message.timestamp), col(Message.id))).all()

    def flood(self, first: int) -> Flood:
        """Return how a flood of mails stands, by the id of the message in which it was noticed."""
        with self._readers.begin() as session:
            begun = session.get_one(Message, first)
            counted = select(func.count(), func.max(CaseEvent.message_id)).where(
                CaseEvent.case_id == begun.case_id,
                CaseEvent.kind == EventKind.FLOODED,
                col(CaseEvent.detail)["flood"].as_string() == str(first),
            )
            mails, latest = session.exec(counted).one()
            return Flood(begun.case_id, mails, begun, session.get_one(Message, latest))

    def escalation(self, escalation_id: int) -> Escalation:
        """Return one escalation; LookupError if there is none."""
        with self._readers.begin() as session:
            return session.get_one(Escalation, escalation_id)

    def event(self, event_id: int) -> CaseEvent:
        """Return one fact of a timeline."""
        with self._readers.begin() as session:
            return session.get_one(CaseEvent, event_id)

    def question(self, question_id: int) -> Question:
        """Return one question to the team."""
        with self._readers.begin() as session:
            return session.get_one(Question, question_id)

    def receipt(self, kind: str, subject: str) -> Receipt | None:
        """Return where a thing we said stands, or None while it was not said yet."""
        said = select(Receipt).where(Receipt.kind == kind, Receipt.subject == subject)
        with self._readers.begin() as session:
            return session.exec(said).first()

    def is_posted_file(self, external_id: str) -> bool:
        """Return whether a file that we posted is called so by its channel."""
        with self._readers.begin() as session:
            named = select(Receipt.id).where(Receipt.kind == Kind.FILE, Receipt.external_id == external_id)
            return session.exec(named.limit(1)).first() is not None

    def is_card_in_flight(self) -> bool:
        """Return whether a card may stand in Slack already whose receipt we don't have yet."""
        doubtful = or_(col(Delivery.state) == DeliveryState.SENDING, col(Delivery.unsure).is_(True))
        flying = select(Delivery.id).where(unsettled(), Delivery.kind == Kind.CARD, doubtful)
        with self._readers.begin() as session:
            return session.exec(flying.limit(1)).first() is not None

    def is_awaited(self, lane: str) -> bool:
        """Return whether something of this lane is still to be said."""
        with self._readers.begin() as session:
            return (
                session.exec(select(Delivery.id).where(Delivery.lane == lane, unsettled()).limit(1)).first() is not None
            )

    def letter(self, message_id: int) -> Letter:
        """Return an answer written at the desk with all that its sender needs; LookupError if there is none."""
        with self._readers.begin() as session:
            message = session.get_one(Message, message_id)
            case = session.get_one(Case, message.case_id)
            leaving = select(Delivery.delivery_id).where(
                Delivery.kind == Kind.REPLY, Delivery.subject == str(message_id)
            )
            latest = latest_of_customer(session, case, before=message)
            place, thread = way_to_customer(case, latest)
            return Letter(
                case=case,
                message=message,
                answered=latest,
                attachments=_attachments(session, message_id),
                token=session.exec(leaving).one(),
                place=place,
                thread=thread,
                earlier=_earlier_mails(session, message),
            )

    def note_of(self, message_id: int) -> Message:
        """Return the note of which this message is a copy, or the message itself; LookupError if there is none."""
        with self._readers.begin() as session:
            message = session.get_one(Message, message_id)
            return session.get_one(Message, message.copy_of) if message.copy_of else message

    def attachments(self, message_id: int) -> Sequence[Attachment]:
        """Return the files of a message, in their order."""
        with self._readers.begin() as session:
            return _attachments(session, message_id)

    def attachment(self, attachment_id: int) -> Attachment:
        """Return one file; LookupError if there is none."""
        with self._readers.begin() as session:
            return session.get_one(Attachment, attachment_id)

    def case_of_thread(self, place: str, thread: str) -> str | None:
        """Return the case in whose thread, or under whose customer's message, a Slack thread stands; or None."""
        with self._readers.begin() as session:
            return case_of_thread(session, place, thread)

    def grounds(self, case_id: str, viewer: Author) -> Grounds:
        """Return what the rules judge a case by; the team's inner life, so for admins only."""
        if not viewer.is_admin:
            raise NotAllowed(ONLY_ADMINS)
        with self._readers.begin() as session:
            return grounds(session, case_id)

    def timeline(self, case_id: str, limit: int = 1000) -> Sequence[Entry]:
        """Return the facts of a case in their order, each with the message it is about, the newest `limit` of them."""
        newest = (
            select(CaseEvent, Message)
            .join(Message, col(CaseEvent.message_id) == col(Message.id), isouter=True)
            .where(CaseEvent.case_id == case_id)
            .order_by(col(CaseEvent.id).desc())
            .limit(limit)
        )
        with self._readers.begin() as session:
            return [Entry(event, message) for event, message in reversed(session.exec(newest).all())]


def _earlier_mails(session: Session, message: Message) -> Sequence[str]:
    """Return the Message-IDs of the mails that the customer wrote or got before, the newest hundred of them."""
    visible = select(Message.reference).where(
        Message.case_id == message.case_id,
        Message.reference != "",
        col(Message.internal).is_(False),
        col(Message.id) < message.id,
    )
    newest = visible.order_by(col(Message.timestamp).desc(), col(Message.id).desc()).limit(100)
    return list(reversed(session.exec(newest).all()))


def _attachments(session: Session, message_id: int) -> Sequence[Attachment]:
    of_message = select(Attachment).where(Attachment.message_id == message_id)
    return session.exec(of_message.order_by(col(Attachment.id))).all()
