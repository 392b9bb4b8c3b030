"""The verbs of the team: one verb, one transaction; who may do it is checked here, whatever the view showed."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from bot.agenda import appoint, cancel
from bot.cases import deeds, lifecycle
from bot.cases.announcements import redrawn_card
from bot.cases.errors import ONLY_ADMINS, IllegalMove, NoSuchCase, NotAllowed
from bot.cases.inbound import DESK, Author, Inbound, Source, Taken
from bot.cases.inquiries import open_case_of, pending_of
from bot.cases.intake import Intake
from bot.cases.models import Case, EventKind, Message, ReasonKind, Status
from bot.cases.questions import decide
from bot.cases.records import (
    latest_escalation_of,
    latest_event_of,
    load,
    record,
    recorded_under,
)
from bot.cases.replies import Replies
from bot.cases.rules import Reason, Rules
from bot.cases.staleness import refuse_stale
from bot.clock import Clock
from bot.db import Database, queue_up

REASON_LIMIT = 500
NOTE_LIMIT = 20_000


class CaseService:
    """What an admin may do to a case. Every verb refuses with a CaseError and then has changed nothing.

    `seen` is the version of the drawing that was clicked; 0 where none was. `by` is who acts.
    """

    def __init__(self, database: Database, clock: Clock, intake: Intake, replies: Replies, desk_rules: Rules) -> None:
        self._writers = database.writers
        self._clock = clock
        self._intake = intake
        self._replies = replies
        self._rules = desk_rules

    def acknowledge(self, case_id: str, by: Author, *, seen: int = 0) -> None:
        """Say "I have it": the pending escalation stops, clocks and counts start anew."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by, seen)
            escalation = latest_escalation_of(session, case)
            deeds.acknowledge(session, case, escalation, by, self._clock.now(), self._rules)

    def unacknowledge(self, case_id: str, by: Author, *, seen: int = 0) -> None:
        """Take the last acknowledgement back: its alert is pending again."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by, seen)
            now = self._clock.now()
            escalation = latest_escalation_of(session, case)
            acknowledged = latest_event_of(session, case, [EventKind.ACKNOWLEDGED])
            event = lifecycle.unacknowledge(case, escalation, acknowledged, by, now)
            record(session, event, escalation=escalation)
            if escalation is None:
                return
            cancel(session, deeds.ACK_EXPIRES, str(escalation.id), now)
            if self._rules.remind_after:
                appoint(session, deeds.REMIND, str(escalation.id), now + self._rules.remind_after, now)

    def assign(self, case_id: str, to: Author | None, by: Author, *, seen: int = 0) -> None:
        """Give a case to an admin, or with None to nobody; he hears of it where another one gave it to him."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by, seen)
            record(session, lifecycle.assign(case, to, by, self._clock.now()))

    def note(self, case_id: str, text: str, by: Author, *, key: str = "") -> None:
        """Write words that only the team sees into a case; no clock moves. `key` is as in `open`."""
        if not text.strip():
            raise IllegalMove("The note is empty: write some words first.")
        with self._writers.begin() as session:
            case = self._load(session, case_id, by)
            now = self._clock.now()
            if key and recorded_under(session, f"note:{key}") is not None:
                return
            message = Message(
                case_id=case.case_id,
                sender=by.identity,
                sender_name=by.name,
                is_admin=True,
                body=text.strip()[:NOTE_LIMIT],
                timestamp=now,
                source=Source.SLACK,
                place=DESK,
                external_id=uuid4().hex,
                internal=True,
            )
            event = lifecycle.note(case, message, now)
            event.key = f"note:{key}" if key else None
            record(session, event, message=message)

    def snooze(self, case_id: str, until: datetime, by: Author, *, seen: int = 0) -> None:
        """Let a case rest until then, or until its customer writes; a pending alert comes back afterwards."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by, seen)
            now = self._clock.now()
            event = lifecycle.snooze(case, pending_of(session, case), until, by, now)
            record(session, event, escalation=latest_escalation_of(session, case))
            appoint(session, deeds.WAKE, case.case_id, until, now)

    def wake(self, case_id: str, by: Author, *, seen: int = 0) -> None:
        """End a case's rest before its time."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by, seen)
            if case.snoozed_until is None:
                raise IllegalMove(f"{case.case_id} is not snoozed.")
            now = self._clock.now()
            deeds.wake(session, case, by, now)
            cancel(session, deeds.WAKE, case.case_id, now)

    def close(self, case_id: str, by: Author, reason: str = "", *, seen: int = 0, farewell: str = "") -> None:
        """End a case; the closing log hears of it, the case's thread of the reason, the customer of the farewell."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by, seen)
            now = self._clock.now()
            if farewell.strip() and case.status == Status.OPEN:
                self._replies.write(session, case, farewell, by, (), now)
            deeds.end(session, case, by, now, reason.strip()[:REASON_LIMIT])

    def solve(self, case_id: str, by: Author) -> None:
        """Let a customer end his own case; another's looks to him as if it did not exist."""
        with self._writers.begin() as session:
            case = load(session, case_id)
            if case.customer_identifier != by.identity:
                raise NoSuchCase(f"There is no {case_id} of yours.")
            deeds.end(session, case, by, self._clock.now(), "the customer says that it is solved")

    def reopen(self, case_id: str, by: Author, *, seen: int = 0) -> None:
        """Open a closed case again under its number, unless its customer has another open one."""
        _only_admins(by)
        with self._writers.begin() as session:
            case = load(session, case_id)
            # As the intake does, so that the customer can't open a case at the same moment.
            queue_up(session, f"{_medium(case.customer_identifier)}:{case.customer_identifier}")
            refuse_stale(session, case, seen, by, self._clock.now())
            other = open_case_of(session, case.customer_identifier)
            event = lifecycle.reopen(case, other if other is not case else None, by, self._clock.now())
            record(session, event, escalation=latest_escalation_of(session, case))

    def open(self, customer: Author, text: str, by: Author, *, subject: str = "", key: str = "") -> Taken:
        """Take words down for a customer (a telephone call): a case of his, or a message in his open one.

        `key` names the deed where it may be reported twice: it is done once.
        """
        _only_admins(by)
        if not text.strip():
            raise IllegalMove("What is it about? Write down what the customer said.")
        if customer.is_admin:
            raise IllegalMove(f"{customer.signature} is an admin, and admins have no cases.")
        return self._intake.receive(
            Inbound(
                source=_medium(customer.identity),
                place=DESK,
                external_id=key or uuid4().hex,
                author=customer,
                text=text.strip()[:NOTE_LIMIT],
                subject=subject.strip()[:REASON_LIMIT],
                at=self._clock.now(),
                taken_down_by=by,
            )
        )

    def escalate(self, case_id: str, by: Author, reason: str = "", *, seen: int = 0) -> None:
        """Make a case louder by hand."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by, seen)
            if case.status == Status.CLOSED:
                raise lifecycle.already_closed(case, self._clock.now())
            words = f"{by.signature} asks: {reason.strip()[:REASON_LIMIT] or 'please look at this case'}"
            now = self._clock.now()
            asked = Reason(ReasonKind.ASKED, words, now)
            if not deeds.raise_alarm(session, case, [asked], now, self._rules, by):
                raise IllegalMove(f"{case.case_id} is escalated already, for that very reason.")

    def confirm(self, question_id: int, by: Author) -> None:
        """Vouch for an unverified admin mail: its words are taken in, and a closure is `by`'s."""
        _only_admins(by)
        with self._writers.begin() as session:
            now = self._clock.now()
            inbound = decide(session, question_id, by, now, confirmed=True)
            if self._intake.confirm(session, inbound, by, now).case_id is None:
                raise IllegalMove("This mail names no case, so there is nothing to confirm.")

    def ignore(self, question_id: int, by: Author) -> None:
        """Drop what an unverified admin mail asks for; the mail itself stays kept."""
        _only_admins(by)
        with self._writers.begin() as session:
            decide(session, question_id, by, self._clock.now(), confirmed=False)

    def rename_customer(self, customer: str, name: str) -> None:
        """Give a customer who went by his id his name, once it is known; no fact of the case, only its drawing."""
        with self._writers.begin() as session:
            case = open_case_of(session, customer)
            if case is not None and case.customer_name == customer != name:
                case.customer_name = name
                session.add(redrawn_card(case, self._clock.now()))

    def _load(self, session: Session, case_id: str, by: Author, seen: int = 0) -> Case:
        _only_admins(by)
        case = load(session, case_id)
        refuse_stale(session, case, seen, by, self._clock.now())
        return case


def _medium(identity: str) -> Source:
    return Source.EMAIL if "@" in identity else Source.SLACK


def _only_admins(by: Author) -> None:
    if not by.is_admin:
        raise NotAllowed(ONLY_ADMINS)
