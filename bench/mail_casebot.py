"""One run of the mail benchmark: what stands in the mailbox, through the real watcher into cases; figures as JSON.

    python -m bench.mail_casebot DATABASE_URL [--profile FILE]       (IMAP_* in the environment say which mailbox)

The desk has looked into the mailbox while it was empty, so every mail is news: cards, follow-ups and alerts are stored
for the outbox, and a postman's bell is rung by each commit.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import os
import resource
import sys
import time
from collections import Counter

from sqlmodel import SQLModel, func, select

from bot.cases.models import Attachment, Case, Escalation, Message
from bot.clock import SystemClock
from bot.db import Database
from bot.log import configure
from bot.mail.connection import open_mailbox, tls_context
from bot.mail.ledger import Beginning, Ledger, Mark
from bot.mail.models import LedgerEntry
from bot.mail.oauth import tokens_of
from bot.outbox.models import Delivery
from bot.outbox.waking import wake_on_commit
from bot.runtime import SWITCH_SECONDS
from bot.settings import Settings, load_settings
from bot.wiring.desk import Desk, open_desk
from bot.wiring.mail_edge import mail_watcher

_DESK = {
    "SLACK_BOT_TOKEN": "xoxb-1-bench",
    "SLACK_APP_TOKEN": "xapp-1-bench",
    "SUPPORT_SLACK_CHANNEL": "#support",
    "ALERTING_SLACK_CHANNEL": "#alerts",
    "LOGGING_SLACK_CHANNEL": "#log",
}
_TABLES: tuple[type[SQLModel], ...] = (Case, Message, Attachment, Escalation, Delivery)


def seen_empty(desk: Desk, settings: Settings) -> None:
    """Enter in the books that the folder was looked into before its first mail."""
    clock = desk.clock
    mailbox = open_mailbox(settings, tokens_of(settings, clock, tls_context()))
    mailbox.open(settings.imap_folders[0])
    beginning = Beginning(None, Mark(mailbox.uid_validity, 0))
    mailbox.close()
    with desk.database.writers.begin() as session:
        Ledger((settings.imap_email or "").lower(), settings.imap_folders[0]).begin(session, beginning, clock.now())


def counted(database: Database) -> dict[str, int]:
    """Return how many rows each table has, and how the mails ended."""
    with database.readers.begin() as session:
        rows = {table.__name__: session.exec(select(func.count()).select_from(table)).one() for table in _TABLES}
        ends = Counter(session.exec(select(LedgerEntry.state)).all())
    return rows | {str(state): number for state, number in sorted(ends.items())}


def main() -> None:
    """Take everything in and say how long it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("database_url")
    parser.add_argument("--profile", metavar="FILE")
    asked = parser.parse_args()
    configure("INFO", "json")
    settings = load_settings(_DESK | dict(os.environ) | {"DATABASE_URL": asked.database_url}, None)
    desk = open_desk(settings, SystemClock())
    wakes = Counter[str]()
    wake_on_commit(desk.database.writers, lambda: wakes.update(["postman"]))
    seen_empty(desk, settings)
    watcher = mail_watcher(settings, desk.database, desk.clock, desk.intake, desk.tell_support)
    # As bot/runtime.py does.
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    profile = cProfile.Profile(time.process_time)
    if asked.profile:
        profile.enable()
    begun, worked = time.perf_counter(), time.process_time()
    taken = watcher.collect()
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    profile.disable()
    if asked.profile:
        profile.dump_stats(asked.profile)
    watcher.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {"mails": taken, "seconds": seconds, "cpu": worked, "peak": peak, "rows": counted(desk.database)}
    print(json.dumps(figures | {"wakes": wakes["postman"]}))


if __name__ == "__main__":
    main()
