"""SIGTERM: what is in hand is finished, in bounded time; asked twice, the process ends at once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.db import Database
from bot.leases import Lease
from bot.outbox.models import Delivery, DeliveryState
from bot.sandbox.server import Sandbox
from tests.services.process import free_port, wait_until
from tests.services.standing import lay_down


class Running:
    """`casebot run`, with a customer's words on their way to Slack that Slack takes its time to answer."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        url = f"sqlite:///{folder}/cases.db"
        lay_down(url)
        self._port = free_port()
        self.log = folder / "log.txt"
        environment = dict(os.environ) | sandbox.environment() | {"DATABASE_URL": url, "PORT": str(self._port)}
        with self.log.open("w") as log:
            words = [sys.executable, "-m", "bot", "run"]
            self.process = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log)
        wait_until(lambda: sandbox.link.connections == 1, "the bot to hear", 60)
        self.database = Database(url)

    def has_in_hand(self, seconds: float) -> None:
        """Let a post be under way that Slack answers after so long."""
        self.sandbox.faults.slow("chat.postMessage", seconds)
        self.sandbox.workspace.say("cosmo", self.sandbox.workspace.dm("cosmo"), "The shop is down!")
        wait_until(lambda: DeliveryState.SENDING in self.states(), "a post under way")

    def states(self) -> list[str]:
        with self.database.readers.begin() as session:
            return list(session.exec(select(Delivery.state)))

    def leases(self) -> list[str]:
        with self.database.readers.begin() as session:
            return list(session.exec(select(Lease.role)))

    def ends(self) -> int:
        return self.process.wait(40)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with Sandbox() as sandbox:
        running = Running(sandbox, tmp_path)
        yield running
        running.process.kill()
        running.process.wait()
        running.database.close()


def test_what_is_in_hand_is_finished_and_the_leases_are_handed_over(running: Running) -> None:
    wait_until(lambda: bool(running.leases()), "the roles to be taken")
    running.has_in_hand(seconds=1)

    running.process.terminate()

    assert running.ends() == 0
    assert DeliveryState.SENDING not in running.states()
    assert DeliveryState.SENT in running.states()
    assert running.leases() == []
    assert "not finished in time" not in running.log.read_text()


def test_what_takes_too_long_is_left_behind(running: Running) -> None:
    running.has_in_hand(seconds=60)

    running.process.terminate()

    assert running.ends() == 0
    assert "postman" in running.log.read_text().split("not finished in time")[1]
    assert DeliveryState.SENDING in running.states()


def test_asked_twice_it_ends_at_once(running: Running) -> None:
    running.has_in_hand(seconds=60)
    running.process.terminate()
    wait_until(lambda: "casebot stops" in running.log.read_text(), "the stop")

    running.process.terminate()

    assert running.ends() == 128 + signal.SIGTERM
