"""The bot as a child process that can be killed and started again, like on a machine that loses power."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from bot.leases import TERM_SECONDS
from bot.settings import SETTING_NAMES

DATABASE = "cases.db"
READY_SECONDS = 30.0
STOP_SECONDS = 10.0


class NotReady(Exception):
    """The bot's process did not come up; the text holds the end of its log."""


class BotProcess:
    """One bot, whose settings are `environment` and nothing that this machine has set.

    Its database is an SQLite file in `directory`, unless `environment` names another; `name` is its log's, `module`
    the child's program.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        directory: Path,
        name: str = "bot",
        term_seconds: float = TERM_SECONDS,
        module: str = "bot.demo.child",
    ) -> None:
        self._term = term_seconds
        self._module = module
        self._settings = dict(environment)
        self._directory = directory
        self.log = directory / f"{name}.log"
        self._ahead = timedelta(0)
        self._child: subprocess.Popen[str] | None = None

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """The process's number; 0 while there is none."""
        return self._child.pid if self._child is not None else 0

    @property
    def database_url(self) -> str:
        """Where the bot keeps its cases."""
        return f"sqlite:///{self._directory / DATABASE}"

    def start(self, *, wait: bool = True) -> None:
        """Start the process; with `wait`, return when everything it needs is connected."""
        self._reap_dead()
        self._settings["PORT"] = str(_free_port())
        inherited = {name: value for name, value in os.environ.items() if name.upper() not in SETTING_NAMES}
        command = [sys.executable, "-m", self._module, str(self._ahead.total_seconds()), str(self._term)]
        with self.log.open("a", encoding="utf-8") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own module
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                env=inherited | {"DATABASE_URL": self.database_url} | self._settings,
                start_new_session=True,  # Ctrl-C is the parent's; it stops the child in order
            )
        if wait:
            self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Return when /health says that all works; NotReady tells what it said last."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.running:
            if self.healthy():
                return
            time.sleep(0.05)
        raise NotReady(f"the bot did not become healthy; the end of its log:\n{self._last_lines()}")

    def healthy(self) -> bool:
        """Return whether /health answers 200."""
        connection = http.client.HTTPConnection("127.0.0.1", int(self._settings["PORT"]), timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def advance_clock(self, length: timedelta) -> None:
        """Move the bot's clock, forward or back; it sweeps at once. A bot that is down starts with it."""
        self._ahead += length
        self.order(f"clock {self._ahead.total_seconds()}")

    def order(self, words: str) -> None:
        """Tell the child to do something, if it lives."""
        if self._child is None or self._child.stdin is None:
            return
        with contextlib.suppress(OSError):  # it is dying
            self._child.stdin.write(f"{words}\n")
            self._child.stdin.flush()

    def kill(self) -> None:
        """End the process without a word (SIGKILL), as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._reap()

    def stop(self) -> None:
        """End the process in order (SIGTERM); a process that does not obey is killed."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
        self._reap()

    def _reap_dead(self) -> None:
        """Let go of a child that ended by itself."""
        if not self.running:
            self._reap()

    def _reap(self) -> None:
        if self._child is not None:
            self._child.wait()
            if self._child.stdin is not None:
                with contextlib.suppress(OSError):
                    self._child.stdin.close()
            self._child = None

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
