"""After an outage, one line to the team: how long we were away and what came in; counted from the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from bot.agenda import Act, appoint
from bot.cases.announcements import notice
from bot.cases.inbound import DESK, Source
from bot.cases.models import CaseEvent, Escalation, Message

RECAP = "recap"
# By then the mailbox was looked through too, and the sweep came by.
SETTLING = timedelta(seconds=20)
# A restart or a short drop is not worth a line, unless something was said in it.
WORTH_TELLING = timedelta(minutes=2)
# What was taken in so much later than it was said had been waiting for us.
LATE = timedelta(seconds=20)


def announce_recap(session: Session, since: datetime, until: datetime, now: datetime) -> None:
    """Make the appointment for the line, in the transaction that ends the outage: so it comes exactly once."""
    appoint(session, RECAP, f"{since.isoformat()}/{until.isoformat()}", now + SETTLING, now)


def recap_acts() -> Mapping[str, Act]:
    """Return what the agenda does when the time for the line has come."""
    return {RECAP: tell}


def tell(session: Session, subject: str, now: datetime) -> None:
    """Say the line, if the outage was long or anything had waited in Slack; else nothing."""
    since, until = (datetime.fromisoformat(moment) for moment in subject.split("/"))
    waited = _slack_messages(session, since, until)
    if until - since < WORTH_TELLING and not waited:
        return
    content = {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "mails": _mails(session, since, until),
        "messages": waited,
        "escalations": _escalations(session, since, now),
    }
    session.add(notice(RECAP, content, now))


def _slack_messages(session: Session, since: datetime, until: datetime) -> int:
    """Count what was said in Slack before our return and taken in afterwards, or much later than it was said."""
    said = (
        select(Message.timestamp, func.min(CaseEvent.at))
        .join(CaseEvent, col(CaseEvent.message_id) == col(Message.id))
        .where(Message.source == Source.SLACK, Message.place != DESK)
        .where(Message.timestamp >= since - LATE, Message.timestamp <= until)
        .group_by(col(Message.id), col(Message.timestamp))
    )
    return sum(taken >= until or taken - at > LATE for at, taken in session.exec(said))


def _mails(session: Session, since: datetime, until: datetime) -> int:
    whole = since.replace(microsecond=0)  # mailboxes note arrivals in whole seconds
    came = select(func.count()).where(
        Message.source == Source.EMAIL, Message.place != DESK, Message.timestamp >= whole, Message.timestamp <= until
    )
    return session.exec(came).one()


def _escalations(session: Session, since: datetime, now: datetime) -> int:
    due = select(func.count()).where(Escalation.raised_at >= since, Escalation.raised_at <= now)
    return session.exec(due).one()
