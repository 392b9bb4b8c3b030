"""Notices of mails that were set aside, drawn again once somebody looked after them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from bot.cases.announcements import Kind
from bot.cases.inbound import Author
from bot.mail.ledger import EntryKey, Settled
from bot.mail.models import LedgerState
from bot.outbox.models import Delivery, Priority

# What a notice says of a mail that ended otherwise than in a case.
ENDS = {
    LedgerState.ADMIN: "it is an admin's mail",
    LedgerState.AUTO_REPLY: "a machine wrote it, so no case was opened",
    LedgerState.BOUNCE: "it is a mail server's report, so no case was opened",
    LedgerState.OWN: "we sent it ourselves",
    LedgerState.DUPLICATE: "it was taken in already",
    LedgerState.BEFORE_START: "it is from before IMAP_START",
}


def redraw_notice(session: Session, key: EntryKey, settled: Settled, by: Author, at: datetime) -> None:
    """Store a redraw of the mail's notice in the caller's transaction.

    Its content gains `outcome` once the mail has ended, by which its view knows to draw no buttons any more; a mail
    that still waits gets today's `reason`.
    """
    of_mail = select(Delivery).where(
        Delivery.kind == Kind.NOTICE,
        col(Delivery.redraw).is_(False),
        col(Delivery.content)["key"].as_string() == str(key),
    )
    for told in session.exec(of_mail).all():
        waits = settled.state is LedgerState.QUARANTINED
        news = {"reason": settled.reason} if waits else {"outcome": f"{outcome_of(settled)} ({by.signature})"}
        session.add(
            Delivery(
                kind=told.kind,
                place=told.place,
                lane=told.lane,
                subject=told.subject,
                redraw=True,
                content=told.content | news,
                priority=Priority.COSMETIC,
                created_at=at,
                due_at=at,
            )
        )


def outcome_of(settled: Settled) -> str:
    """Return what became of a mail, in words."""
    if settled.state is LedgerState.OPENED:
        return f"opened as {settled.case_id}"
    if settled.state is LedgerState.JOINED:
        return f"added to {settled.case_id}"
    ended = ENDS.get(settled.state, settled.state.value)
    return f"{ended} ({settled.case_id})" if settled.case_id else ended
