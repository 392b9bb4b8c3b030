"""Seconds for the first look into a full mailbox, from a real Dovecot into the database.

    python -m bench.backlog [mails] [IMAP_START ...]          (default: 50000, then 24h and now)

One mail in a thousand is of the last day. "server" is the time that Dovecot alone takes to number the mails; work is
this process's own time, which other programs on the machine prolong least.
"""

import os
import resource
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

from imapclient import IMAPClient
from sqlmodel import func, select

from bot.cases.intake import Intake
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.clock import SystemClock
from bot.db import Database
from bot.log import configure
from bot.mail.models import LedgerEntry
from bot.mail.reconcile import reconcile
from bot.settings import Settings, load_settings
from bot.wiring.mail_edge import mail_watcher
from tests.services.dovecot import Dovecot
from tests.services.standing import opened

_DESK = {
    "SLACK_BOT_TOKEN": "xoxb-1-bench",
    "SLACK_APP_TOKEN": "xapp-1-bench",
    "SUPPORT_SLACK_CHANNEL": "#support",
    "ALERTING_SLACK_CHANNEL": "#alerts",
    "LOGGING_SLACK_CHANNEL": "#log",
}


def mail_of(number: int) -> bytes:
    return (
        f"From: Customer {number} <c{number}@example.com>\r\nTo: support@example.test\r\nSubject: Question {number}\r\n"
        f"Message-ID: <{number}@example.com>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + f"Hello, this is question {number}.\r\n"
        * 10
    ).encode()


def fill(server: Dovecot, mails: int) -> None:
    now = datetime.now(UTC)
    for number in range(mails):
        age = timedelta(hours=2) if number % 1_000 == 999 else timedelta(days=3 + number % 700)
        server.deliver(mail_of(number), arrived=now - age)


def number(server: Dovecot) -> float:
    begun = time.monotonic()
    client = IMAPClient(server.host, server.port, ssl=False, timeout=600)
    client.login(server.user, server.password)
    client.select_folder("INBOX", readonly=True)
    client.logout()
    return time.monotonic() - begun


def states(database: Database) -> Counter[str]:
    with database.readers.begin() as session:
        return Counter(dict(session.exec(select(LedgerEntry.state, func.count()).group_by(LedgerEntry.state)).all()))


def measure(settings: Settings) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/bench.db") as database:
        clock = SystemClock()
        replies = Replies(database, clock, Rules(), mail_leaves=False)
        intake = Intake(database, clock, Rules(), replies)
        watcher = mail_watcher(settings, database, clock, intake, lambda *_: None)
        begun, worked = time.monotonic(), time.process_time()
        taken = watcher.collect()
        seconds, worked = time.monotonic() - begun, time.process_time() - worked
        watcher.close()
        [account] = reconcile(settings, database, clock, patience=0)
        ended = ", ".join(f"{state} {count}" for state, count in sorted(states(database).items()))
        print(
            f"IMAP_START={settings.imap_start}: {taken} mails in {seconds:.1f} s, {worked:.1f} s of it work ({ended})"
        )
        print("   ", "; ".join(account.lines()))


def main(mails: int, starts: list[str]) -> None:
    configure("ERROR", "console")
    server = Dovecot()
    try:
        fill(server, mails)
        server.start()
        print(f"{mails} mails; server {number(server):.1f} s")
        for start in starts:
            measure(load_settings(_DESK | server.environment() | {"IMAP_START": start}, None))
        print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, {os.cpu_count()} cores")
    finally:
        server.remove()


if __name__ == "__main__":
    words = sys.argv[1:]
    main(int(words[0]) if words else 50_000, words[1:] or ["24h", "now"])
