"""A desk that goes away and comes back: the real bot on its socket, started and stopped at will."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from sqlmodel import SQLModel, select

from bot.cases.announcements import Kind
from bot.cases.models import Case, Message
from bot.db import Database
from bot.outbox.models import Delivery, Receipt
from bot.outbox.pacing import Pacing
from bot.sandbox.server import Sandbox
from bot.settings import load_settings
from bot.slack.marks import Marks, read_marks
from bot.wiring import Bot, build_bot
from tests.services.process import wait_until
from tests.services.standing import lay_down

SUPPORT, CUSTOMERS = "#support", "#customers"

Row = TypeVar("Row", bound=SQLModel)


class Outage:
    """A workspace whose Slack gives events up at once while nobody is connected, and a desk on any database."""

    def __init__(self, sandbox: Sandbox, database_url: str, **settings: str) -> None:
        self.sandbox = sandbox
        self.workspace = sandbox.workspace
        sandbox.link.keeps_events = False
        given = {"DATABASE_URL": database_url, "IMAP_SERVER": "", "SMTP_SERVER": ""}
        self.environment = sandbox.environment() | given | settings
        self.settings = load_settings(self.environment, env_file=None)
        lay_down(database_url)
        self.database = Database(database_url)
        self.bot: Bot | None = None

    # -- the bot -------------------------------------------------------------------------------------------------

    def up(self, *, whole: bool = True, by_hand: bool = False) -> Bot:
        """Start; with `whole`, return once everything that was missed is in; `by_hand` leaves that to the test."""
        self.bot = bot = build_bot(self.settings, self.sandbox.clock, Pacing(0.0, 0.0))
        bot.slack.directory.load()
        for loop in (bot.connecting, bot.delivering):
            loop.start()
        if by_hand:
            wait_until(lambda: bot.slack.hearing.hears, "the socket")
            return bot
        bot.catching_up.start()
        if whole:
            self.is_whole()
        return bot

    def is_whole(self) -> None:
        bot = self.running
        wait_until(lambda: bot.slack.hearing.hears and bot.slack.hearing.gap is None, "the catch-up", 40)

    def down(self) -> None:
        """Stop in order."""
        bot, self.bot = self.running, None
        bot.connecting.stop()
        bot.slack.connection.close()
        bot.slack.catchup.close()
        for loop in (bot.catching_up, bot.delivering):
            loop.stop()
        bot.slack.asides.close()
        bot.desk.database.close()

    @property
    def running(self) -> Bot:
        assert self.bot is not None
        return self.bot

    def recap(self) -> list[str]:
        """What the desk tells of its outages, once it is time for it."""
        self.sandbox.clock.advance(timedelta(seconds=30))
        self.running.desk.agenda.keep_due()
        self.says_all()
        return [text for text in self.texts(SUPPORT) if text.startswith("Away")]

    # -- people --------------------------------------------------------------------------------------------------

    def writes(self, customer: str, text: str) -> str:
        """A customer writes the bot a direct message; returns its ts."""
        return self.workspace.say(customer, self.workspace.dm(customer), text)

    def opens(self, customer: str, text: str) -> dict[str, Any]:
        """A customer's case, with its card in the support channel."""
        known = self.count(Case)
        self.writes(customer, text)
        wait_until(lambda: self.count(Case) > known, "the case")
        self.says_all()
        [*_, receipt] = self.rows(Receipt, Receipt.kind == Kind.CARD)
        return self.workspace.message(SUPPORT, receipt.external_id)

    def texts(self, channel: str) -> list[str]:
        return [str(message["text"]) for message in self.workspace.messages(channel)]

    # -- what is stored ------------------------------------------------------------------------------------------

    def says_all(self) -> None:
        self.until(lambda: all(row.state not in {"due", "sending"} for row in self.rows(Delivery)), "the outbox")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        wait_until(holds, what)

    def bodies(self) -> list[str]:
        """All words that were taken in, in the order of their own time."""
        return [row.body for row in sorted(self.rows(Message), key=lambda row: row.timestamp)]

    def case(self, case_id: str = "CASE-1") -> Case:
        return self.rows(Case, Case.case_id == case_id)[0]

    def marks(self) -> Marks:
        with self.database.readers.begin() as session:
            return read_marks(session)

    def count(self, table: type[SQLModel]) -> int:
        return len(self.rows(table))

    def rows(self, table: type[Row], *which: Any) -> Sequence[Row]:
        with self.database.readers.begin() as session:
            return session.exec(select(table).where(*which)).all()

    def asked(self, method: str) -> list[Mapping[str, Any]]:
        return list(self.workspace.called(method))


@contextmanager
def outage(database_url: str, **settings: str) -> Iterator[Outage]:
    """A fresh workspace, and a desk that is not up yet."""
    with Sandbox() as sandbox:
        world = Outage(sandbox, database_url, **settings)
        try:
            yield world
        finally:
            if world.bot is not None:
                world.down()
            world.database.close()
