"""The one door for incoming words: seen before? whose case? store, judge, and say what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from sqlmodel import Session, select

from bot.cases import lifecycle, rules
from bot.cases.deeds import end, raise_alarm, take_answer, wake
from bot.cases.errors import ONLY_ADMINS, IllegalMove, NotAllowed
from bot.cases.ferry import Ferry
from bot.cases.foresight import foreseen
from bot.cases.inbound import Author, Inbound, Outcome, Revision, Source, Taken
from bot.cases.inquiries import (
    cases_that_know,
    flood_since,
    look_ahead,
    mails_since,
    next_case_id,
    open_case_of,
    unanswered_messages,
)
from bot.cases.models import Attachment, Case, CaseEvent, Escalation, EventKind, Message, Status
from bot.cases.placing import case_cited, case_joined, cases_meant, closed_case_of_thread, place
from bot.cases.questions import ask
from bot.cases.records import (
    attach,
    attach_incoming,
    load,
    open_books,
    record,
    recorded_under,
    store,
)
from bot.cases.replies import Replies, bounced
from bot.clock import Clock
from bot.db import Database, queue_up
from bot.gathered import gather

log = structlog.get_logger(__name__)

# While one transaction waits for PostgreSQL's answer, another one goes on; SQLite lets one write at a time.
WRITING_AT_ONCE = 4


class Intake:
    """Takes inbounds in, each exactly once, and judges keywords and follow-ups in the same transaction."""

    def __init__(self, database: Database, clock: Clock, desk_rules: rules.Rules, replies: Replies) -> None:
        self._writers = database.writers
        self._clock = clock
        self._rules = desk_rules
        self._replies = replies
        boats = 1 if database.is_sqlite else WRITING_AT_ONCE
        self._ferry: Ferry[Inbound | Revision] = Ferry(database.writers, self._expect, boats)

    def receive(self, inbound: Inbound) -> Taken:
        """Take one inbound in, in a transaction with what arrives at the same time; returns after its commit."""
        taken = self._ferry.carry(inbound, partial(self.take, inbound=inbound))
        if taken.outcome is not Outcome.DUPLICATE:
            log.info("inbound taken", outcome=taken.outcome.value, case=taken.case_id, source=inbound.source.value)
        return taken

    def take(self, session: Session, inbound: Inbound) -> Taken:
        """Take one inbound in, in the caller's writing transaction (which may store a mark or a ledger row with it)."""
        queue_up(session, inbound.queue)
        known = _seen(session, inbound)
        if known is not None:
            return known
        return self._place(session, inbound, self._clock.now())

    def expect(self, session: Session, inbounds: Sequence[Inbound]) -> None:
        """Prepare to take several in, one by one, in the caller's transaction: ask once for all, write at its end."""
        if len(inbounds) > 1:
            queue_up(session, *(inbound.queue for inbound in inbounds))
            foreseen(session).look_up_references(session, (name for inbound in inbounds for name in inbound.references))
            look_ahead(session, inbounds, cases_meant(session, inbounds), self._rules.flood_window)
            files = sum(len(inbound.attachments) for inbound in inbounds)
            gather(session, {Message: len(inbounds), CaseEvent: len(inbounds), Attachment: files, Escalation: 1})

    def _expect(self, session: Session, aboard: Sequence[Inbound | Revision]) -> None:
        self.expect(session, [words for words in aboard if isinstance(words, Inbound)])

    def add_to(self, case_id: str, inbound: Inbound, by: Author) -> Taken:
        """Put somebody's words into a case of an admin's choice: as a message of its customer, or else as a note."""
        if not by.is_admin:
            raise NotAllowed(ONLY_ADMINS)
        with self._writers.begin() as session:
            queue_up(session, inbound.queue)
            known = _seen(session, inbound)
            if known is not None:
                raise IllegalMove(f"These words stand in {known.case_id or 'a question to the team'} already.")
            case = load(session, case_id)
            now = self._clock.now()
            if case.customer_identifier == inbound.author.identity and case.status == Status.OPEN:
                return self._from_customer(session, inbound, now)
            self._noted(session, case, inbound, now)
            return Taken(Outcome.JOINED, case.case_id)

    def bounced(self, session: Session, references: Sequence[str], reason: str, at: datetime) -> str | None:
        """Note in the caller's transaction that a mail of ours came back; returns its case id, or None if not ours."""
        return bounced(session, references, reason, at)

    def confirm(self, session: Session, inbound: Inbound, by: Author, at: datetime) -> Taken:
        """Take a questioned mail in as the admin's words it claims to be; `by` answers for it and closes."""
        return self._from_admin(session, inbound, at, closer=by)

    def revise(self, revision: Revision) -> bool:
        """Record an edit or deletion; False where there is nothing to record (unknown, unchanged, or seen before)."""
        return self._ferry.carry(revision, partial(self.amend, revision=revision))

    def amend(self, session: Session, revision: Revision) -> bool:
        """Record an edit or deletion in the caller's writing transaction, as `revise` does in one of its own."""
        queue_up(session, revision.queue)
        message = session.exec(
            select(Message).where(
                Message.source == revision.source,
                Message.place == revision.place,
                Message.external_id == revision.external_id,
            )
        ).first()
        if message is None or message.deleted_at is not None or revision.text == message.body:
            return False
        if message.words_removed:  # they would come back by the edit
            return False
        if recorded_under(session, _key(revision)) is not None:
            return False
        self._revise(session, message, revision)
        return True

    def _place(self, session: Session, inbound: Inbound, now: datetime) -> Taken:
        if inbound.author.is_admin:
            return self._from_admin(session, inbound, now, closer=inbound.author)
        if inbound.author.claims_admin:
            return self._from_doubtful(session, inbound, now)
        if inbound.inside:
            return self._from_teammate(session, inbound, now)
        return self._from_customer(session, inbound, now)

    def _from_customer(self, session: Session, inbound: Inbound, now: datetime) -> Taken:
        case = case_joined(session, inbound) or open_case_of(session, inbound.author.identity)
        opening = case is None
        if case is None:
            case, opened = lifecycle.open_case(next_case_id(session), inbound, now, case_cited(session, inbound))
            open_books(session, case)
            message = _message(case, inbound)
            lifecycle.receive(case, message, now)  # the opening is the fact; receiving only counts
            record(session, opened, message=message)
        else:
            message = _message(case, inbound)
            received = self._received(session, case, message, now)
            received.detail |= {"quiet": True} if inbound.quiet else {}
            record(session, received, message=message)
            if case.snoozed_until is not None:
                wake(session, case, inbound.author, now)
        attach_incoming(session, message, inbound.attachments, now, quiet=inbound.quiet)
        words = rules.judged_words(inbound.text, inbound.subject, case.subject, opening=opening)
        reasons = rules.keyword_reasons(words, self._rules, inbound.at)
        reasons += rules.followup_reason(unanswered_messages(session, case), self._rules, inbound.at)
        raise_alarm(session, case, reasons, now, self._rules)
        return Taken(Outcome.OPENED if opening else Outcome.JOINED, case.case_id)

    def _received(self, session: Session, case: Case, message: Message, now: datetime) -> CaseEvent:
        """Take a further message in; of a flood of mails only the counter of one notice is said."""
        since = message.timestamp - self._rules.flood_window
        if message.source != Source.EMAIL or mails_since(session, case, since) < self._rules.flood_mails:
            return lifecycle.receive(case, message, now)
        store(session, message)
        flood = flood_since(session, case, since) or str(message.id)
        return lifecycle.flood(case, message, now, flood)

    def _from_admin(self, session: Session, inbound: Inbound, now: datetime, closer: Author) -> Taken:
        wants_close = rules.closes(inbound.text, self._rules.closure_phrases)
        placed = place(session, inbound)
        if placed is None:
            return Taken(Outcome.UNPLACED, ask_back=_which_case(session, inbound, wants_close=wants_close))
        case = placed.case
        ask_back = ""
        if placed.visible:
            message = _message(case, inbound)
            take_answer(session, case, message, inbound.author, now)
            attach_incoming(session, message, inbound.attachments, now)
        elif inbound.inside and self._rules.thread_replies and not wants_close:
            ask_back = self._sent_on(session, case, inbound, now)
        else:
            self._noted(session, case, inbound, now)
        if wants_close and case.status == Status.CLOSED:
            ask_back = str(lifecycle.already_closed(case, now))
        elif wants_close:
            end(session, case, closer, now)
        return Taken(Outcome.ADMIN, case.case_id, ask_back=ask_back)

    def _sent_on(self, session: Session, case: Case, inbound: Inbound, now: datetime) -> str:
        """Send on what an admin wrote in a case's thread (THREAD_REPLIES); what can't leave is kept as a note."""
        message = _message(case, inbound)
        try:
            self._replies.take(session, case, message, inbound.author, now)
        except IllegalMove as refusal:
            self._noted(session, case, inbound, now)
            return str(refusal)
        attach(session, message, inbound.attachments)
        return ""

    def _noted(self, session: Session, case: Case, inbound: Inbound, now: datetime) -> None:
        message = _message(case, inbound, internal=True)
        record(session, lifecycle.note(case, message, now), message=message)
        if inbound.inside:
            attach(session, message, inbound.attachments)  # they stand in the thread already
        else:
            attach_incoming(session, message, inbound.attachments, now)

    def _from_doubtful(self, session: Session, inbound: Inbound, now: datetime) -> Taken:
        placed = place(session, inbound)
        closing = rules.closes(inbound.text, self._rules.closure_phrases)
        ask(session, inbound, placed.case if placed else None, now, self._rules, closes=closing)
        return Taken(Outcome.ASKED, placed.case.case_id if placed else None)

    def _from_teammate(self, session: Session, inbound: Inbound, now: datetime) -> Taken:
        placed = place(session, inbound)
        if placed is None:
            return Taken(Outcome.UNPLACED)
        self._noted(session, placed.case, inbound, now)
        wants_close = rules.closes(inbound.text, self._rules.closure_phrases)
        return Taken(Outcome.ADMIN, placed.case.case_id, ask_back=ONLY_ADMINS if wants_close else "")

    def _revise(self, session: Session, message: Message, revision: Revision) -> None:
        now = self._clock.now()
        case = session.get_one(Case, message.case_id, with_for_update=True)
        before = message.body
        if revision.text is None:
            event = lifecycle.delete(case, message, revision.author, now)
        else:
            late = _superseded(session, message, revision)
            event = lifecycle.edit(case, message, revision.text, revision.author, now, revision.at, late=late)
        event.key = _key(revision)
        record(session, event, message=message)
        if revision.text is not None and not message.is_admin and not message.internal:
            said_before = {word for word, _ in rules.keywords_in(before, self._rules.keywords)}
            reasons = rules.keyword_reasons(revision.text, self._rules, revision.at)
            fresh = [reason for reason in reasons if reason.detail["keyword"] not in said_before]
            raise_alarm(session, case, fresh, now, self._rules)


def _seen(session: Session, inbound: Inbound) -> Taken | None:
    known = cases_that_know(session, inbound)
    return Taken(Outcome.DUPLICATE, known[0]) if known else None


def _key(revision: Revision) -> str:
    kind = EventKind.DELETED if revision.text is None else EventKind.EDITED
    return f"{kind}:{revision.place}:{revision.external_id}:{revision.at.timestamp():.6f}"


def _superseded(session: Session, message: Message, revision: Revision) -> bool:
    """Return whether a later edit was taken in before this one."""
    edits = select(CaseEvent.detail).where(
        CaseEvent.case_id == message.case_id,
        CaseEvent.message_id == message.id,
        CaseEvent.kind == EventKind.EDITED,
    )
    return any(datetime.fromisoformat(edit["said_at"]) > revision.at for edit in session.exec(edits))


def _message(case: Case, inbound: Inbound, *, internal: bool = False) -> Message:
    return Message(
        case_id=case.case_id,
        sender=inbound.author.identity,
        sender_name=inbound.author.name,
        is_admin=inbound.author.is_admin or inbound.author.claims_admin,
        body=inbound.text,
        full_body=inbound.full_text,
        subject=inbound.subject,
        timestamp=inbound.at,
        source=inbound.source,
        place=inbound.place,
        external_id=inbound.external_id,
        thread=inbound.thread,
        reference=inbound.reference,
        internal=internal,
        inside=inbound.inside,
        raw_mail_id=inbound.raw_mail_id,
        verdict=inbound.verdict,
        readers=sorted(inbound.readers),
    )


def _which_case(session: Session, inbound: Inbound, *, wants_close: bool) -> str:
    """Return what to ask an admin whose words belong to no case; silence for ordinary talk."""
    if wants_close:
        return "Which case do you mean? Write its number with it (CASE-42), or use `/case close CASE-42`."
    closed = closed_case_of_thread(session, inbound)
    if closed is not None:
        return f"{closed} is closed and its customer has no open case, so your words were kept in no case."
    return ""
