"""Mixed mails arrive on a real Dovecot while the bot is killed again and again: nothing may be lost or doubled.

    python -m bench.kill_collect --mails 200 --kills 5 --seed 1 [--database-url postgresql+psycopg://…]

Of a customer's ten mails one comes twice, one has a program attached, one is a robot's and one a server's; one of
fifty nobody can read. Run from the repository with Dovecot installed, on an empty database. Exit code 0 only if every
figure is right.
"""

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from enum import Enum
from pathlib import Path

from sqlalchemy import ColumnElement, func, true
from sqlmodel import SQLModel, select

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.cases.models import Case, Message
from bot.clock import SystemClock
from bot.db import Database
from bot.demo.process import BotProcess
from bot.mail.models import LedgerEntry
from bot.mail.reconcile import Account, reconcile
from bot.outbox.models import Delivery, unsettled
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import text_of
from bot.settings import load_settings
from tests.services.dovecot import Dovecot

EACH_WRITES = 10
PATIENCE_SECONDS = 90.0
ALERTING_FROM = 4  # the fourth message without an answer escalates
NUMBER = re.compile(r"This is mail number (\d+)\.")


@dataclass(frozen=True)
class Figures:
    """What the desk holds and says; `words_missing` and `words_doubled` are follow-ups in the cards' threads."""

    messages: int
    ledger: int
    ends: dict[str, int]
    cases: int
    cards: int
    alerts: int
    posts_doubled: int
    words_missing: int
    words_doubled: int
    unaccounted: int


class Kind(Enum):
    """What a mail is; the value is how its UID ends, without what only the intake knows."""

    WORDS = "opened or joined"
    TWICE = "duplicate"
    ROBOT = "auto_reply"
    REPORT = "bounce"
    UNREADABLE = "quarantined"


_KINDS = {5: Kind.TWICE, 7: Kind.ROBOT, 8: Kind.REPORT}
_EACH_UNREADABLE = 50


def kind_of(number: int) -> Kind:
    """Return what the mail of this number is."""
    if number % _EACH_UNREADABLE == _EACH_UNREADABLE - 1:
        return Kind.UNREADABLE
    return _KINDS.get(number % EACH_WRITES, Kind.WORDS)


def expected(mails: int) -> Figures:
    """Each mail once; each customer one case and one card; an alert for whoever wrote often enough."""
    kinds = Counter(kind_of(number) for number in range(mails))
    written = Counter(number // EACH_WRITES for number in range(mails) if kind_of(number) is Kind.WORDS)
    alerts = sum(1 for count in written.values() if count >= ALERTING_FROM)
    words, cases = kinds.pop(Kind.WORDS), len(written)
    ends = {kind.value: count for kind, count in kinds.items()}
    return Figures(words, mails, ends | {"opened": cases, "joined": words - cases}, cases, cases, alerts, 0, 0, 0, 0)


def faults(found: Figures, mails: int) -> list[str]:
    """Return which figures are wrong, in words."""
    wanted = asdict(expected(mails))
    return [f"{name}: {number} instead of {wanted[name]}" for name, number in asdict(found).items()
            if number != wanted[name]]  # fmt: skip


class Ordeal:
    """One run: mails come in bursts, and in the middle of each but the last the bot's process is killed."""

    def __init__(self, sandbox: Sandbox, dovecot: Dovecot, directory: Path, database_url: str = "") -> None:
        self._sandbox = sandbox
        self._dovecot = dovecot
        given = {"DATABASE_URL": database_url} if database_url else {}
        self._environment = sandbox.environment() | dovecot.environment() | given
        self._bot = BotProcess(self._environment, directory)
        self._database = Database(database_url or self._bot.database_url)

    def run(self, mails: int, kills: int, seed: int) -> Figures:
        """Go through it; TimeoutError if the desk does not come to rest."""
        chance = random.Random(seed)
        bursts = [range(mails)[start::kills + 1] for start in range(kills + 1)]  # fmt: skip
        delivered = 0
        self._bot.start()
        try:
            for burst in bursts:
                for number in sorted(burst):
                    self._dovecot.deliver(_mail(number))
                delivered += len(burst)
                if burst is not bursts[-1]:
                    self._kill_at(chance.randrange(delivered - len(burst), delivered))
            self._wait(lambda: self._count(LedgerEntry) == mails and not self._unsaid(), "everything to be said")
        finally:
            self._bot.stop()
            figures = self._figures(mails)
            self._database.close()
        return figures

    def _kill_at(self, taken: int) -> None:
        """Kill the bot as soon as it has taken in so many mails, with the rest of the burst before it."""
        self._wait(lambda: self._count(LedgerEntry) > taken, f"{taken} mails to be taken in")
        self._bot.kill()
        self._bot.start(wait=False)

    def _wait(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline or not self._bot.running:
                raise TimeoutError(f"waited in vain for {what}; {self._count(LedgerEntry)} mails are in the ledger")
            time.sleep(0.005)

    def _figures(self, mails: int) -> Figures:
        workspace = self._sandbox.workspace
        cards = [message for message in workspace.messages("#support") if message["text"].startswith("CASE-")]
        alerts = workspace.messages("#alerting")
        replies = [reply for card in cards for reply in workspace.thread("#support", card["ts"])[1:]]
        said = Counter(int(number) for reply in replies for number in NUMBER.findall(_shown(reply)))
        names = Counter(post["metadata"]["event_payload"]["delivery_id"] for post in [*cards, *alerts, *replies])
        return Figures(
            messages=self._count(Message),
            ledger=self._count(LedgerEntry),
            ends=self._ends(),
            cases=self._count(Case),
            cards=len(cards),
            alerts=len(alerts),
            posts_doubled=sum(names.values()) - len(names),
            # A customer's first mail stands on the card itself.
            words_missing=expected(mails).messages - len(said) - self._count(Case),
            words_doubled=sum(said.values()) - len(said),
            unaccounted=len(self._account().unaccounted),
        )

    def _account(self) -> Account:
        settings = load_settings(dict(self._environment), None)
        [account] = reconcile(settings, self._database, SystemClock(), patience=0)
        return account

    def _ends(self) -> dict[str, int]:
        counted = select(LedgerEntry.state, func.count()).group_by(LedgerEntry.state)
        with self._database.readers.begin() as session:
            return dict(session.exec(counted).all())

    def _unsaid(self) -> int:
        return self._count(Delivery, unsettled(Delivery))

    def _count(self, table: type[SQLModel], which: ColumnElement[bool] | None = None) -> int:
        counted = select(func.count()).select_from(table).where(true() if which is None else which)
        with self._database.readers.begin() as session:
            return session.exec(counted).one()


def _mail(number: int) -> bytes:
    kind = kind_of(number)
    if kind is Kind.TWICE:
        return _mail(number - 1)
    letter = EmailMessage()
    letter["From"] = f"customer{number // EACH_WRITES}@example.com"
    letter["To"] = "support@desk.test"
    letter["Subject"] = f"Order {number}"
    letter["Message-ID"] = f"<order-{number}@example.com>"
    if kind is Kind.ROBOT:
        letter["Auto-Submitted"] = "auto-replied"
    if kind is Kind.REPORT:
        letter["X-Failed-Recipients"] = "carla@example.com"
    letter.set_content(f"This is mail number {number}.")
    if kind is Kind.UNREADABLE:
        levels = (f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n' for level in range(60))
        return f"From: customer{number}@example.com\nSubject: Order {number}\n{''.join(levels)}".encode()
    if number % EACH_WRITES == EACH_WRITES - 4:
        letter.add_alternative(f"<p>This is mail number {number}.</p>", subtype="html")
        letter.add_attachment(bytes(200_000), maintype="application", subtype="x-msdownload", filename="setup.exe")
    return letter.as_bytes()


def _shown(reply: dict[str, object]) -> str:
    """What its blocks say: the text beside them says the same once more, for notifications."""
    return text_of({"blocks": reply.get("blocks")})


def main() -> int:
    """Run it by hand and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url", default="", help="an empty database; SQLite in a temporary file by default")
    asked = parser.parse_args()
    dovecot = Dovecot()
    began = time.monotonic()
    try:
        dovecot.start()
        with tempfile.TemporaryDirectory(prefix="casebot-kill-") as directory, Sandbox() as sandbox:
            ordeal = Ordeal(sandbox, dovecot, Path(directory), asked.database_url)
            found = ordeal.run(asked.mails, asked.kills, asked.seed)
    finally:
        dovecot.remove()
    print(f"{asked.mails} mails, {asked.kills} kills, seed {asked.seed}: {time.monotonic() - began:.1f} s")
    for name, number in asdict(found).items():
        print(f"  {name:14} {number!s:>4}   expected {asdict(expected(asked.mails))[name]!s:>4}")
    wrong = faults(found, asked.mails)
    print("\n".join(wrong) or "Nothing lost, nothing doubled.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
