"""One mail file by hand, through the same road as a mail from the mailbox."""

from __future__ import annotations

from datetime import datetime

from bot.db import Database
from bot.mail.ledger import Settled
from bot.mail.reception import Intake, Reception, tell_nobody
from bot.settings import Settings


def ingest(raw: bytes, settings: Settings, database: Database, intake: Intake, *, received_at: datetime) -> Settled:
    """Take in one mail that stands in no folder: it gets no ledger row, but is known by its Message-ID and content.

    Raises UnreadableMail for what would be quarantined.
    """
    reception = Reception(settings, intake, tell_nobody)
    read = reception.read(raw, received_at)
    with database.writers.begin() as session:
        return reception.take(session, read)
