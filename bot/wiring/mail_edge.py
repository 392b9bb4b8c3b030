"""The mail edge's inward half: the watcher, with what reads, keeps and settles the mails of each folder."""

from __future__ import annotations

from bot.clock import Clock
from bot.db import Database
from bot.mail.archive import archive_of
from bot.mail.arrivals import Arrivals
from bot.mail.collection import Collection
from bot.mail.fetching import Fetching
from bot.mail.ledger import Ledger
from bot.mail.oauth import Tokens, tokens_of
from bot.mail.processed import ProcessedMail
from bot.mail.reception import Intake, Reception, Tell
from bot.mail.settling import Settling
from bot.mail.watcher import MailWatcher
from bot.measures import Measures
from bot.settings import Settings
from bot.tls import tls_context


def mail_watcher(
    settings: Settings,
    database: Database,
    clock: Clock,
    intake: Intake,
    tell: Tell,
    tokens: Tokens | None = None,
    measures: Measures | None = None,
) -> MailWatcher:
    """Return the watcher of the settings' folders, not connected yet.

    The first folder's collection is the last: that one is open then, and waited in.
    """
    archive, reception = archive_of(database.url), Reception(settings, intake, tell)
    collections = []
    for folder in reversed(settings.imap_folders):
        ledger = Ledger((settings.imap_email or "").lower(), folder)
        arrivals = Arrivals(settings, database, clock, ledger, Fetching(database, clock, ledger, archive))
        settling = Settling(database, clock, reception, tell, ledger, archive, measures)
        collections.append(Collection(settings, database, clock, tell, ledger, arrivals, settling))
    processed = ProcessedMail(settings.imap_processed_folder, database)
    return MailWatcher(settings, clock, collections, processed, tokens or tokens_of(settings, clock, tls_context()))
