"""The world of the journeys: the real bot, started, on a Slack and a mailbox that speak over TCP."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar, Unpack

import httpx
from sqlmodel import SQLModel, select

from bot.cases.models import Case
from bot.leases import TERM_SECONDS
from bot.mail.models import LedgerEntry
from bot.outbox.models import Delivery
from bot.outbox.pacing import Pacing
from bot.runtime import Runtime
from bot.sandbox.letters import Extras
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import Interaction
from bot.sandbox.workspace import text_of
from bot.settings import load_settings
from bot.web.health import works
from bot.wiring import Bot, build_bot
from tests.services.dovecot import Dovecot
from tests.services.http import http
from tests.services.process import free_port
from tests.services.standing import migrated

Json = dict[str, Any]
Row = TypeVar("Row", bound=SQLModel)
Seen = TypeVar("Seen")

SUPPORT, ALERTING, LOGGING, CUSTOMERS = "#support", "#alerting", "#logging", "#customers"
CARLA = "carla@example.com"
TOKEN = "a-token-of-the-tests"


class World:
    """One desk: a workspace with two customers and two admins, a mailbox, and the bot between them."""

    def __init__(self, sandbox: Sandbox, directory: Path, dovecot: Dovecot | None = None, **settings: str) -> None:
        self.sandbox = sandbox
        self.workspace = sandbox.workspace
        self._dovecot = dovecot
        mailbox = (dovecot.environment() if dovecot else {}) | {"EMAIL_POLL_INTERVAL": "1"}
        port = free_port()
        if settings.get("SLACK_MODE") == "http":
            sandbox.deliver_by_http(f"http://127.0.0.1:{port}/slack/events", pauses=(0.1, 0.5, 1.0))
        (directory / "cases.db").write_bytes(migrated())
        ours = {"DATABASE_URL": f"sqlite:///{directory / 'cases.db'}", "PORT": str(port), "WEB_TOKEN": TOKEN}
        self.settings = load_settings(sandbox.environment() | mailbox | ours | settings, env_file=None)
        self.term_seconds = TERM_SECONDS
        self._delivered = 0
        self.bot: Bot
        self._runtime: Runtime

    # -- the bot -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the bot on what its database holds; returns when everything it needs is connected."""
        self.bot = build_bot(self.settings, self.sandbox.clock, Pacing(0.0, 0.0), self.term_seconds)
        self._runtime = Runtime(self.bot)
        self._runtime.start()
        self.until(lambda: all(map(works, self.bot.checks.values())))  # a tenth of what asking over HTTP costs
        self.until(lambda: self.health()["status"] == "healthy")

    def stop(self) -> None:
        self._runtime.stop()

    def health(self) -> Json:
        answer: Json = self.asks("/health").json()
        return answer

    def asks(self, path: str) -> httpx.Response:
        """A page of the bot's web server, as who knows the token sees it."""
        token = {"Authorization": f"Bearer {TOKEN}"}
        return http.get(f"http://127.0.0.1:{self.settings.port}{path}", headers=token)

    def passes(self, **span: float) -> None:
        """Let time pass; returns when the sweep has come round."""
        self.sandbox.advance(timedelta(**span))
        self._runtime.sweep_now()

    # -- people write --------------------------------------------------------------------------------------------

    def mail(self, sender: str, subject: str, text: str, **extras: Unpack[Extras]) -> EmailMessage:
        """Somebody sends a mail to the desk."""
        letter = self.sandbox.mailbox.compose(sender, subject, text, **extras)
        self.deliver(letter.as_bytes(policy=policy.SMTP))
        return letter

    def deliver(self, raw: bytes) -> None:
        """A mail arrives as it is."""
        if self._dovecot is not None:
            self._dovecot.deliver(raw)
        else:
            self.sandbox.mailbox.deliver(raw)
        self._delivered += 1

    def writes(self, customer: str, text: str) -> str:
        """A customer writes the bot a direct message; returns its ts."""
        return self.workspace.say(customer, self.workspace.dm(customer), text)

    def opens(self, customer: str, text: str) -> Json:
        """A customer who has no open case writes; returns the new case's card."""
        known = len(self.workspace.messages(SUPPORT))
        self.writes(customer, text)
        card = self.until(lambda: self.workspace.messages(SUPPORT)[known])
        self.until(self._rests)
        return card

    def command(self, user: str, text: str, channel: str = SUPPORT) -> str:
        """Somebody types /case; returns every word of the private answer."""
        known = len(self.workspace.ephemerals(user))
        assert self.workspace.command(user, channel, "/case", text).acked
        return self.told(user, known)

    def told(self, user: str, known: int = 0) -> str:
        """The first private word to somebody after those `known`."""
        return text_of(self.until(lambda: self.workspace.ephemerals(user)[known]))

    def clicks(self, user: str, message: Json, action_id: str, channel: str = SUPPORT) -> Interaction:
        return self.workspace.click(user, channel, str(message["ts"]), action_id)

    # -- what is seen --------------------------------------------------------------------------------------------

    def until(self, look: Callable[[], Seen | None]) -> Seen:
        """What `look` sees as soon as it sees something."""
        return self.workspace.wait_for(lambda: _there(look()), timeout=15)[0]

    def sees(self, channel: str, *words: str) -> Json:
        """The first message of a channel that has all these words, once it is there and the outbox knows it."""
        self.until(lambda: self.find(channel, *words))
        self.until(self._rests)
        return self.until(lambda: self.find(channel, *words))

    def find(self, channel: str, *words: str) -> Json | None:
        found = (message for message in self.workspace.messages(channel) if has(message, *words))
        return next(found, None)

    def sees_in_thread(self, of: Json, *words: str, channel: str = SUPPORT) -> Json:
        """The first reply in a message's thread that has all these words, once it is there."""
        return self.until(lambda: next((reply for reply in self.replies(of, channel) if has(reply, *words)), None))

    def replies(self, of: Json, channel: str = SUPPORT) -> list[Json]:
        return self.workspace.thread(channel, str(of["ts"]))[1:]

    def now(self, message: Json, channel: str = SUPPORT) -> str:
        """Every word of a message as it stands now."""
        return text_of(self.workspace.message(channel, str(message["ts"])))

    def texts(self, channel: str) -> list[str]:
        return [str(message["text"]) for message in self.workspace.messages(channel) if not message.get("subtype")]

    # -- what is stored ------------------------------------------------------------------------------------------

    def case(self, case_id: str = "CASE-1") -> Case:
        return self.bot.desk.queries.sheet(case_id).case

    def rows(self, table: type[Row]) -> Sequence[Row]:
        with self.bot.desk.database.readers.begin() as session:
            return session.exec(select(table)).all()

    def settles(self) -> None:
        """Wait until everything that was written is taken in, and everything decided is said."""
        self.until(lambda: self.sandbox.waiting == 0 and len(self.rows(LedgerEntry)) == self._delivered)
        self.until(self._rests)

    def _rests(self) -> bool:
        """Whether nothing is left to be said."""
        return all(delivery.state not in {"due", "sending"} for delivery in self.rows(Delivery))


@contextmanager
def journey(
    directory: Path, dovecot: Dovecot | None = None, *, term: float = TERM_SECONDS, **settings: str
) -> Iterator[World]:
    """A fresh desk, and the bot at work in it, whose roles and database are looked after several times a `term`."""
    with Sandbox() as sandbox:
        world = World(sandbox, directory, dovecot, **settings)
        world.term_seconds = term
        world.start()
        try:
            yield world
        finally:
            world.stop()


def has(message: Mapping[str, Any], *words: str) -> bool:
    text = text_of(dict(message))
    return all(word in text for word in words)


def buttons(message: Mapping[str, Any]) -> dict[str, Json]:
    """A message's buttons by what stands on them."""
    rows = [block["elements"] for block in message.get("blocks", []) if block["type"] == "actions"]
    return {element["text"]["text"]: element for row in rows for element in row if element["type"] == "button"}


def _there(found: Seen | None) -> list[Seen]:
    return [found] if found else []
