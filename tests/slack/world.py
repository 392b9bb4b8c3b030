"""The Slack edge in a test: the real bot wired to the sandbox's Web API, its events handed in directly."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from slack_bolt import BoltRequest, BoltResponse
from sqlalchemy import event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel, select

from bot.cases.models import Case
from bot.db import Database
from bot.outbox.models import Delivery
from bot.outbox.pacing import Pacing
from bot.sandbox.server import Sandbox
from bot.settings import load_settings
from bot.wiring import Bot, build_bot
from tests.cases.desk import StillClock
from tests.outbox.round import Stopwatch
from tests.services.blockkit import faults_of_workspace
from tests.services.process import wait_until
from tests.services.standing import migrated
from tests.slack.payloads import Body

_Row = TypeVar("_Row", bound=SQLModel)
_Seen = TypeVar("_Seen")


class SlackWorld:
    """A workspace, and a bot in it that hears what `dispatch` hands in; no socket, and nothing runs by itself."""

    def __init__(self, sandbox: Sandbox, directory: Path, **settings: str) -> None:
        self.sandbox = sandbox
        self.workspace = sandbox.workspace
        self.clock = StillClock()
        self.stopwatch = Stopwatch()
        (directory / "cases.db").write_bytes(migrated())
        url = {"DATABASE_URL": f"sqlite:///{directory / 'cases.db'}", "IMAP_SERVER": "", "SMTP_SERVER": ""}
        self.settings = load_settings(sandbox.environment() | url | settings, env_file=None)
        pacing = Pacing(post_seconds=0, redraw_seconds=0, monotonic=self.stopwatch)
        self.bot: Bot = build_bot(self.settings, self.clock, pacing)
        self.slack = self.bot.slack

    def meet(self) -> None:
        """What the connection does before it opens the socket."""
        self.slack.connection.identify()
        self.slack.places.resolve()
        self.slack.directory.refresh()

    def dispatch(self, body: Body) -> BoltResponse:
        """Hand one payload to the Bolt app as Socket Mode does."""
        return self.slack.app.dispatch(BoltRequest(mode="socket_mode", body=body))

    def hears(self, *bodies: Body) -> None:
        """Hand payloads in; each must be acked."""
        for body in bodies:
            assert self.dispatch(body).status == 200

    def answer(self, body: Body) -> str:
        """All words of the answer that rides on a command's ack."""
        response = self.dispatch(body)
        assert response.status == 200
        return words_of(json.loads(response.body))

    def deliver(self) -> None:
        """Let the postman say everything that waits; what must wait a little gets its time."""
        for _ in range(20):
            while self.carry():
                pass
            if not self.unsettled():
                return
            self.passes(seconds=10)
        raise AssertionError(f"still to be said: {self.unsettled()}")

    def carry(self) -> int:
        """Let both postmen of the edge, of words and of files, say one thing."""
        return self.slack.postman.deliver_due() + self.slack.porter.deliver_due()

    def unsettled(self) -> list[Delivery]:
        return [delivery for delivery in self.rows(Delivery) if delivery.state in {"due", "sending"}]

    def passes(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))
        self.stopwatch.seconds += timedelta(**span).total_seconds()

    def told(self, user: str, count: int = 1) -> str:
        """The last private word to somebody, once there are `count` of them."""
        return words_of(self.seen(lambda: self.workspace.ephemerals(user)[count - 1 :] or None)[-1])

    def seen(self, look: Callable[[], _Seen | None]) -> _Seen:
        """What shows up in the workspace a moment later."""
        found: list[_Seen] = []

        def looked() -> bool:
            there = look()
            found.extend([there] if there else [])
            return bool(there)

        wait_until(looked, "what the bot should do", seconds=15)
        return found[-1]

    def case(self, case_id: str = "CASE-1") -> Case:
        return self.bot.desk.queries.sheet(case_id).case

    def rows(self, table: type[_Row]) -> Sequence[_Row]:
        with self.bot.desk.database.readers.begin() as session:
            return session.exec(select(table).order_by(*inspect(table).primary_key)).all()

    def snapshot(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, to claim that nothing at all was changed."""
        with self.bot.desk.database.readers.begin() as session:
            return {
                table.name: sorted((tuple(row) for row in session.connection().execute(table.select())), key=repr)
                for table in SQLModel.metadata.sorted_tables
            }

    def failing_commits(self) -> AbstractContextManager[None]:
        """While this lasts, the database breaks off each writing transaction at its commit."""
        return failing_commits(self.bot.desk.database)

    def close(self) -> None:
        self.slack.asides.close()
        self.bot.desk.database.close()


@contextmanager
def failing_commits(database: Database) -> Iterator[None]:
    """While this lasts, a database breaks off each writing transaction at its commit."""
    event.listen(database.engine, "commit", _disk_full)
    try:
        yield
    finally:
        event.remove(database.engine, "commit", _disk_full)


@contextmanager
def slack_world(directory: Path, **settings: str) -> Iterator[SlackWorld]:
    """A fresh workspace and a fresh desk that know each other."""
    with Sandbox() as sandbox:
        world = SlackWorld(sandbox, directory, **settings)
        try:
            yield world
            assert faults_of_workspace(world.workspace) == []
        finally:
            world.close()


def _disk_full(connection: Connection) -> None:
    if connection.get_execution_options().get("sqlite_begin") == "BEGIN IMMEDIATE":
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))


def words_of(node: object) -> str:
    """Every text in a message, a view or an answer, a line each."""
    return "\n".join(_texts(node))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, dict):
        for key, part in node.items():
            if key == "text" and isinstance(part, str):
                yield part
            elif key in {"text", "title", "blocks", "elements", "fields", "confirm", "deny"}:
                yield from _texts(part)
