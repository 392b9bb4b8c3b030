"""Who is told what: one table, and its reader. To learn who hears of a fact, read one line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from bot.cases.models import Attachment, Case, CaseEvent, EventKind, Message, Question
from bot.outbox.models import Delivery, Priority


class Hearer(StrEnum):
    """The places of the team; the Slack edge knows which channels they are."""

    SUPPORT = "support"
    ALERTING = "alerting"
    LOGGING = "logging"


class Kind(StrEnum):
    """What a delivery says; the Slack edge has a view for each."""

    CARD = "card"
    ALERT = "alert"
    FOLLOW_UP = "follow_up"
    FLOOD = "flood"
    REVISION = "revision"
    CLOSING_LOG = "closing_log"
    CLOSE_REASON = "close_reason"
    REOPENING_LOG = "reopening_log"
    ANSWER = "answer"
    FACT = "fact"
    FILE = "file"
    SENT_MARK = "sent_mark"
    REMINDER = "reminder"
    REPLY = "reply"
    QUESTION = "question"
    NOTICE = "notice"


class About(StrEnum):
    """What a delivery draws, and so what its subject is."""

    CASE = "case"
    ESCALATION = "escalation"
    MESSAGE = "message"
    EVENT = "event"
    QUESTION = "question"
    FLOOD = "flood"


# In the detail of facts of history from elsewhere, with the time when it was taken in: nobody is told of them.
IMPORTED = "imported"

# Where answers by mail leave; answers in Slack leave in the place where the customer wrote.
MAIL = "email"

# Said in the case's thread, in order, one after the other. Files go there too, but each in a lane of its own: what
# can't be read or takes long holds up nobody's words.
_IN_THREAD = {Kind.FOLLOW_UP, Kind.FLOOD, Kind.REVISION, Kind.CLOSE_REASON, Kind.ANSWER, Kind.FACT}

# Of these, one post may say several that wait in a row; the others are edited later, or leave one by one.
FOLDABLE = frozenset({Kind.FOLLOW_UP, Kind.REVISION, Kind.FACT})


@dataclass(frozen=True, slots=True)
class Say:
    """One line of the table: what is said where, about what, and how pressing it is."""

    kind: Kind
    place: Hearer
    about: About
    priority: Priority
    redraw: bool = False


_CARD_AGAIN = Say(Kind.CARD, Hearer.SUPPORT, About.CASE, Priority.COSMETIC, redraw=True)
# Also right after the first alert: by then the card stands, and the alert can link to it.
_ALERT_AGAIN = Say(Kind.ALERT, Hearer.ALERTING, About.ESCALATION, Priority.COSMETIC, redraw=True)
_FOLLOW_UP = Say(Kind.FOLLOW_UP, Hearer.SUPPORT, About.MESSAGE, Priority.MESSAGE)
_REVISION = Say(Kind.REVISION, Hearer.SUPPORT, About.EVENT, Priority.MESSAGE)
# An answer written at the desk: its words once, then how far it has come.
_ANSWER = Say(Kind.ANSWER, Hearer.SUPPORT, About.MESSAGE, Priority.MESSAGE)
_ANSWER_AGAIN = Say(Kind.ANSWER, Hearer.SUPPORT, About.MESSAGE, Priority.COSMETIC, redraw=True)
# A fact in one line.
_FACT = Say(Kind.FACT, Hearer.SUPPORT, About.EVENT, Priority.MESSAGE)
_QUESTION_AGAIN = Say(Kind.QUESTION, Hearer.SUPPORT, About.QUESTION, Priority.COSMETIC, redraw=True)

ANNOUNCEMENTS: dict[EventKind, tuple[Say, ...]] = {
    EventKind.OPENED: (Say(Kind.CARD, Hearer.SUPPORT, About.CASE, Priority.MESSAGE),),
    EventKind.RECEIVED: (_FOLLOW_UP, _CARD_AGAIN),
    # Said once per flood, from then on only its counter is drawn again.
    EventKind.FLOODED: (
        Say(Kind.FLOOD, Hearer.SUPPORT, About.FLOOD, Priority.MESSAGE),
        Say(Kind.FLOOD, Hearer.SUPPORT, About.FLOOD, Priority.COSMETIC, redraw=True),
        _CARD_AGAIN,
    ),
    EventKind.REPLIED: (_ANSWER, _CARD_AGAIN),
    EventKind.STOPPED: (_ANSWER_AGAIN, _CARD_AGAIN),
    EventKind.UNDELIVERED: (_ANSWER_AGAIN, _FACT, _CARD_AGAIN),
    EventKind.RESENT: (_ANSWER_AGAIN, _CARD_AGAIN),
    EventKind.ANSWERED: (
        _FOLLOW_UP,
        _ANSWER_AGAIN,
        Say(Kind.SENT_MARK, Hearer.SUPPORT, About.MESSAGE, Priority.COSMETIC),
        _CARD_AGAIN,
    ),
    EventKind.NOTED: (_FOLLOW_UP,),
    EventKind.EDITED: (_REVISION, _CARD_AGAIN),
    EventKind.DELETED: (_REVISION, _CARD_AGAIN),
    EventKind.ESCALATED: (
        Say(Kind.ALERT, Hearer.ALERTING, About.ESCALATION, Priority.ESCALATION),
        _CARD_AGAIN,
        _ALERT_AGAIN,
    ),
    EventKind.REASON_JOINED: (_ALERT_AGAIN, _CARD_AGAIN),
    EventKind.ACKNOWLEDGED: (_ALERT_AGAIN, _CARD_AGAIN),
    EventKind.UNACKNOWLEDGED: (_ALERT_AGAIN, _CARD_AGAIN),
    EventKind.REMINDED: (Say(Kind.REMINDER, Hearer.ALERTING, About.EVENT, Priority.ESCALATION),),
    EventKind.ASSIGNED: (_FACT, _CARD_AGAIN),
    EventKind.UNASSIGNED: (_CARD_AGAIN,),
    EventKind.SNOOZED: (_FACT, _CARD_AGAIN, _ALERT_AGAIN),
    EventKind.WOKEN: (_FACT, _CARD_AGAIN),
    EventKind.CLOSED: (
        Say(Kind.CLOSING_LOG, Hearer.LOGGING, About.EVENT, Priority.CLOSURE),
        Say(Kind.CLOSE_REASON, Hearer.SUPPORT, About.EVENT, Priority.CLOSURE),
        _CARD_AGAIN,
        _ALERT_AGAIN,
    ),
    EventKind.REOPENED: (
        Say(Kind.REOPENING_LOG, Hearer.LOGGING, About.EVENT, Priority.CLOSURE),
        _FACT,
        _CARD_AGAIN,
        _ALERT_AGAIN,
    ),
    EventKind.ASKED: (Say(Kind.QUESTION, Hearer.SUPPORT, About.QUESTION, Priority.MESSAGE),),
    EventKind.CONFIRMED: (_QUESTION_AGAIN,),
    EventKind.IGNORED: (_QUESTION_AGAIN,),
    # What stands in Slack is drawn again without the words: see removal.py.
    EventKind.CLEARED: (),
    EventKind.ERASED: (),
    EventKind.EXPORTED: (),
}


def announce(event: CaseEvent, message: Message | None = None) -> list[Delivery]:
    """Return the deliveries of a stored fact; `message` is the one it is about, if any."""
    said = ANNOUNCEMENTS[EventKind(event.kind)]
    return [_delivery(say, event) for say in said if _applies(say, event, message)]


def hand_over(attachment: Attachment, at: datetime, place: str = Hearer.SUPPORT) -> Delivery:
    """Return the delivery of a file: a customer's to the case's thread, or one of ours to the customer's place."""
    return Delivery(
        kind=Kind.FILE,
        place=place,
        lane=f"{Kind.FILE}:{attachment.id}",
        subject=str(attachment.id),
        case_id=attachment.case_id,
        priority=Priority.MESSAGE,
        created_at=at,
        due_at=at,
    )


def send_out(message: Message, place: str, at: datetime, due_at: datetime) -> Delivery:
    """Return the delivery of an answer to its customer; until `due_at` it may be stopped."""
    return Delivery(
        kind=Kind.REPLY,
        place=place,
        lane=f"{Kind.REPLY}:{message.case_id}",
        subject=str(message.id),
        case_id=message.case_id,
        priority=Priority.CLOSURE,
        created_at=at,
        due_at=due_at,
    )


def ask(question: Question, *, redraw: bool = False) -> Delivery:
    """Return the delivery of a question that belongs to no case."""
    return Delivery(
        kind=Kind.QUESTION,
        place=Hearer.SUPPORT,
        lane=f"{Kind.QUESTION}:{question.id}",
        subject=str(question.id),
        redraw=redraw,
        priority=Priority.COSMETIC if redraw else Priority.MESSAGE,
        created_at=question.asked_at,
        due_at=question.asked_at,
    )


def notice(kind: str, content: dict[str, Any], at: datetime, place: str = Hearer.SUPPORT) -> Delivery:
    """Return a notice to the support channel, or another place, about something that belongs to no case.

    `kind` chooses its words. Its subject is its own, for two notices alike are still two.
    """
    name = f"{kind}:{uuid4().hex}"
    return Delivery(
        kind=Kind.NOTICE,
        place=place,
        lane=f"{Kind.NOTICE}:{name}",
        subject=name,
        content=content,
        priority=Priority.MESSAGE,
        created_at=at,
        due_at=at,
    )


def redrawn_card(case: Case, at: datetime) -> Delivery:
    """Return a redraw of the card for a change that is no fact of the case (a name learned)."""
    event = CaseEvent(case_id=case.case_id, kind="", at=at, actor="", actor_name="")
    return _delivery(_CARD_AGAIN, event)


def _applies(say: Say, event: CaseEvent, message: Message | None) -> bool:
    if event.detail.get(IMPORTED) or (event.detail.get("quiet") and say.place is Hearer.SUPPORT):
        return False
    if say.about is About.ESCALATION and event.escalation_id is None:
        return False
    if say.kind is Kind.CLOSE_REASON and not event.detail.get("reason"):
        return False
    if event.kind == EventKind.ASSIGNED and say.kind is Kind.FACT:
        return bool(event.detail["to"] != event.actor)  # who takes a case himself need not be told
    if message is not None and say.kind in _OF_WORDS:
        return _applies_to(say.kind, message)
    if say.about is About.FLOOD and not say.redraw and message is not None:
        return event.detail.get("flood") == str(message.id)
    return True


_OF_WORDS = {Kind.ANSWER, Kind.SENT_MARK, Kind.FOLLOW_UP, Kind.REVISION}


def _applies_to(kind: Kind, message: Message) -> bool:
    """What stands in the case's own thread already is not said there again; if it was sent on, it gets a mark."""
    stands_there = message.inside or message.copy_of is not None
    if kind is Kind.SENT_MARK:
        return bool(message.sending) and stands_there
    if kind is Kind.ANSWER:
        return bool(message.sending) and not stands_there
    if kind is Kind.FOLLOW_UP and message.sending:
        return False
    return not message.inside


def _delivery(say: Say, event: CaseEvent) -> Delivery:
    subject = _subject(say.about, event)
    lane = f"thread:{event.case_id}" if say.kind in _IN_THREAD else f"{say.kind}:{subject}"
    return Delivery(
        kind=say.kind,
        place=say.place,
        lane=lane,
        subject=subject,
        case_id=event.case_id,
        redraw=say.redraw,
        priority=say.priority,
        created_at=event.at,
        due_at=event.at,
    )


def _subject(about: About, event: CaseEvent) -> str:
    subjects: dict[About, object] = {
        About.CASE: event.case_id,
        About.ESCALATION: event.escalation_id,
        About.MESSAGE: event.message_id,
        About.EVENT: event.id,
        About.QUESTION: event.question_id,
        About.FLOOD: event.detail.get("flood"),
    }
    return str(subjects[about])
