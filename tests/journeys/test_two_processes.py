"""Two processes on one PostgreSQL: everything once, and who dies is replaced."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import SQLModel, col, select

from bot.cases.models import Case, Message
from bot.db import Database
from bot.demo.process import BotProcess
from bot.leases import Lease
from bot.mail.models import LedgerEntry
from bot.outbox.models import Delivery
from bot.sandbox.server import Sandbox
from tests.journeys.world import ALERTING, SUPPORT
from tests.services.postgresql import Postgres
from tests.services.process import wait_until

Row = TypeVar("Row", bound=SQLModel)

TERM_SECONDS = 3.0
SLACK_PEOPLE = ("cosmo", "carla")


class Fleet:
    """Two bots on one database, one workspace and one mailbox."""

    def __init__(self, sandbox: Sandbox, url: str, folder: Path) -> None:
        self.sandbox = sandbox
        self.database = Database(url)
        environment = sandbox.environment() | {"DATABASE_URL": url, "EMAIL_POLL_INTERVAL": "1"}
        self.bots = [BotProcess(environment, folder, name, TERM_SECONDS) for name in ("one", "other")]
        self.mails = 0

    def start(self) -> None:
        for bot in self.bots:
            bot.start(wait=False)
        for bot in self.bots:
            bot.wait_until_healthy()
        wait_until(lambda: self.sandbox.link.connections == len(self.bots), "both to hear")

    def stop(self) -> None:
        for bot in self.bots:
            bot.stop()
        self.database.close()

    def mail(self) -> None:
        """A mail of somebody who never wrote before."""
        self.mails += 1
        self.sandbox.mailbox.deliver(
            self.sandbox.mailbox.compose(
                f"customer{self.mails}@example.com", f"Order {self.mails}", f"Urgent: where is order {self.mails}?"
            ).as_bytes()
        )

    def everybody_writes(self, words: str) -> None:
        for person in SLACK_PEOPLE:
            self.sandbox.workspace.say(person, self.sandbox.workspace.dm(person), words)

    def holder(self, role: str) -> BotProcess | None:
        """The living bot that plays a role."""
        owners = [lease.owner for lease in self.rows(Lease) if lease.role == role]
        return next((bot for bot in self.bots if owners and bot.pid and f"/{bot.pid}/" in owners[0]), None)

    def rows(self, table: type[Row]) -> Sequence[Row]:
        with self.database.readers.begin() as session:
            return session.exec(select(table)).all()

    def settles(self, messages: int) -> None:
        """Wait until all is taken in and said."""
        wait_until(lambda: len(self.rows(Message)) >= messages, f"{messages} messages", 30)
        wait_until(lambda: self.sandbox.link.waiting == 0 and self._is_silent(), "all to be said", 30)

    def posts_of(self, channel: str) -> list[str]:
        """The deliveries behind a channel's posts and replies."""
        messages = self.sandbox.workspace.messages(channel)
        all_of_them = [post for head in messages for post in self.sandbox.workspace.thread(channel, head["ts"])]
        return [post["metadata"]["event_payload"]["delivery_id"] for post in all_of_them]

    def _is_silent(self) -> bool:
        with self.database.readers.begin() as session:
            return not session.exec(select(Delivery.id).where(col(Delivery.state).in_(("due", "sending")))).first()


@pytest.fixture
def fleet(postgres: Postgres, tmp_path: Path) -> Iterator[Fleet]:
    postgres.start()
    with postgres.database() as url, Sandbox() as sandbox:
        fleet = Fleet(sandbox, url, tmp_path)
        try:
            fleet.start()
            yield fleet
        finally:
            fleet.stop()


@pytest.mark.timeout(150)
def test_everything_comes_once_whoever_holds_the_mailbox_and_dies(fleet: Fleet) -> None:
    for _ in range(5):
        fleet.mail()
    fleet.everybody_writes("Urgent, the shop is down!")
    wait_until(lambda: len(fleet.rows(LedgerEntry)) >= 2, "some mails to be taken in")
    dead = fleet.holder("mailbox")
    assert dead is not None
    [survivor] = [bot for bot in fleet.bots if bot is not dead]

    dead.kill()
    for _ in range(5):
        fleet.mail()
    fleet.everybody_writes("Still down.")

    wait_until(lambda: fleet.holder("mailbox") is survivor and fleet.holder("clock") is survivor, "the survivor", 30)
    fleet.settles(messages=10 + 2 * len(SLACK_PEOPLE))
    customers = [case.customer_identifier for case in fleet.rows(Case)]
    assert len(fleet.rows(Message)) == 10 + 2 * len(SLACK_PEOPLE)
    assert len(fleet.rows(LedgerEntry)) == 10
    assert len(customers) == len(set(customers)) == 10 + len(SLACK_PEOPLE)
    assert len(fleet.sandbox.workspace.messages(SUPPORT)) == len(customers)
    assert len(fleet.sandbox.workspace.messages(ALERTING)) == len(customers)
    posted = fleet.posts_of(SUPPORT) + fleet.posts_of(ALERTING)
    assert len(posted) == len(set(posted))
    survivor.wait_until_healthy()

    # And back again, in order this time: a stop hands over at once.
    dead.start()
    assert all(bot.healthy() for bot in fleet.bots)
    survivor.stop()
    fleet.mail()

    wait_until(lambda: fleet.holder("mailbox") is dead, "the other one's turn", 30)
    fleet.settles(messages=11 + 2 * len(SLACK_PEOPLE))
    assert len(fleet.sandbox.workspace.messages(SUPPORT)) == len(customers) + 1
