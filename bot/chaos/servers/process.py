"""A server of our own for the length of a run: a child process on loopback, in a folder of its own."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"
_BELOW_EPHEMERAL = range(20_000, 32_000)
_LEAVING_TRIES = 10


def free_port() -> int:
    """A port nobody listens on, below the ephemeral range.

    A client that knocks again and again on an ephemeral port whose server is away can end up connected to itself.
    """
    while True:
        port = random.choice(_BELOW_EPHEMERAL)  # noqa: S311 - no secret
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Look every few milliseconds until `holds` says yes; after `seconds` fail with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for: {what}")
        time.sleep(0.01)


def short_folder(name: str) -> Path:
    """A fresh folder every user may walk into, with a path short enough for the Unix sockets below it."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    folder.chmod(0o755)
    return folder.resolve()


class ServerProcess(ABC):
    """One foreground server and all it forks; `restart` keeps folder and port, `kill` is a power cut."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.host = LOOPBACK
        self.port = free_port()
        self.folder = short_folder(name)
        self._child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """What to run; it must stay in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client would be served now."""

    def run_as(self) -> str | None:
        """As whom to run; None stays who we are."""
        return None

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Returns once the server answers."""
        if self.running:
            return
        self._reap()
        user = self.run_as()
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - the subclass's own words
                [os.fspath(word) for word in self.command()],
                cwd=self.folder,
                user=user,
                group=user and _group_of(user),
                extra_groups=[] if user else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait_until(self._up, f"{self.name} on {self.host}:{self.port}")
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Ask it to end, as an operator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it and everything it forked at once; every connection breaks."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start it; folder and port stay."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop for good and leave nothing behind."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> str:
        """What the server printed so far."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _up(self) -> bool:
        if not self.running:
            raise RuntimeError(f"{self.name} ended while starting:\n{self.log}")
        return self.answers()

    def _end(self, how: signal.Signals) -> None:
        if self._child is None:
            return
        if self.running:
            self._signal(how)
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
        self._reap()

    def _signal(self, how: signal.Signals) -> None:
        if self._child is not None and how is signal.SIGKILL:
            os.killpg(self._child.pid, how)
        elif self._child is not None:
            self._child.send_signal(how)

    def _reap(self) -> None:
        """A master that is gone may have left children; they belong to its process group, and hold its sockets."""
        if self._child is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
            for _ in range(_LEAVING_TRIES):
                os.killpg(self._child.pid, 0)
                time.sleep(0.02)
        self._child.wait()
        self._child = None


def _group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid
