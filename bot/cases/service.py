"""The verbs of the team: one verb, one transaction; who may do it is checked here, whatever the view showed."""

from __future__ import annotations

from sqlmodel import Session

from bot.cases import lifecycle
from bot.cases.announcements import redrawn_card
from bot.cases.errors import ONLY_ADMINS, IllegalMove, NotAllowed
from bot.cases.inbound import Author
from bot.cases.intake import Intake, end, raise_alarm
from bot.cases.models import Case, ReasonKind, Status
from bot.cases.questions import decide
from bot.cases.records import latest_escalation_of, load, open_case_of, record
from bot.cases.rules import Reason
from bot.clock import Clock
from bot.db import Database

REASON_LIMIT = 500


class CaseService:
    """What an admin may do to a case. Every verb refuses with a CaseError and then has changed nothing."""

    def __init__(self, database: Database, clock: Clock, intake: Intake) -> None:
        self._writers = database.writers
        self._clock = clock
        self._intake = intake

    def acknowledge(self, case_id: str, by: Author) -> None:
        """Say "I have it": the pending escalation stops, clocks and counts start anew."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by)
            escalation = latest_escalation_of(session, case)
            event = lifecycle.acknowledge(case, escalation, by, self._clock.now(), "acknowledged")
            record(session, event, escalation=escalation)

    def close(self, case_id: str, by: Author, reason: str = "") -> None:
        """End a case; the closing log hears of it, and the case's thread of the reason."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by)
            end(session, case, by, self._clock.now(), reason.strip()[:REASON_LIMIT])

    def escalate(self, case_id: str, by: Author, reason: str = "") -> None:
        """Make a case louder by hand."""
        with self._writers.begin() as session:
            case = self._load(session, case_id, by)
            if case.status == Status.CLOSED:
                raise lifecycle.already_closed(case, self._clock.now())
            words = f"{by.signature} asks: {reason.strip()[:REASON_LIMIT] or 'please look at this case'}"
            now = self._clock.now()
            if not raise_alarm(session, case, [Reason(ReasonKind.ASKED, words, now)], now, by):
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

    def _load(self, session: Session, case_id: str, by: Author) -> Case:
        _only_admins(by)
        return load(session, case_id)


def _only_admins(by: Author) -> None:
    if not by.is_admin:
        raise NotAllowed(ONLY_ADMINS)
