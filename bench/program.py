"""A program that is measured: a process of its own, until when it is ready, how much memory and processor it takes."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.settings import SETTING_NAMES
from tests.services.process import free_port

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
LOOK_SECONDS = 0.005
# Python finds its compiled modules here, as an installed program does at its second start.
COMPILED = Path(tempfile.gettempdir()) / f"casebot-bench-bytecode-{os.getuid()}"


class Program:
    """One child process; its words go to `log`, and its environment holds no setting but those given."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        inherited = {name: value for name, value in os.environ.items() if name.upper() not in SETTING_NAMES}
        inherited.pop("PYTHONDONTWRITEBYTECODE", None)
        self._log = log
        self.begun = time.monotonic()
        with log.open("ab") as words:
            self._child = subprocess.Popen(
                [sys.executable, *command],
                stdout=words,
                stderr=words,
                env=inherited | {"PYTHONPYCACHEPREFIX": str(COMPILED)} | dict(environment),
                cwd=Path(__file__).parents[1],
                start_new_session=True,
            )

    @property
    def megabytes(self) -> float:
        """Resident memory now."""
        return self._memory("VmRSS")

    @property
    def peak_megabytes(self) -> float:
        """The most memory it ever held."""
        return self._memory("VmHWM")

    @property
    def cpu_seconds(self) -> float:
        """Processor time of all its threads, children not counted."""
        fields = Path(f"/proc/{self._child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def wakeups(self) -> int:
        """How often its threads gave up the processor to wait for something."""
        threads = Path(f"/proc/{self._child.pid}/task").glob("*/status")
        return sum(_number(thread.read_text(), "voluntary_ctxt_switches") for thread in threads)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._child.pid

    def wait(self, holds: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> float:
        """Wait until it holds; return the seconds since the process began. Its last words come with a failure."""
        while not holds():
            if self._child.poll() is not None or time.monotonic() - self.begun > seconds:
                raise TimeoutError(f"waited in vain for {what}; the program's last words:\n{self._last_words()}")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - self.begun

    def stop(self) -> None:
        """End it in order; who does not obey is killed."""
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _memory(self, name: str) -> float:
        return _number(Path(f"/proc/{self._child.pid}/status").read_text(), name) / 1024

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])


@contextmanager
def casebot(environment: Mapping[str, str], folder: Path, database_url: str = "") -> Iterator[Program]:
    """Run the bot as people do (`casebot run`) until the block ends; yields it healthy."""
    port = free_port()
    where = {"DATABASE_URL": database_url or f"sqlite:///{folder / 'cases.db'}", "PORT": str(port)}
    quiet = {"LOG_LEVEL": "WARNING", "LOG_FORMAT": "json"}
    program = Program(["-m", "bot", "run"], quiet | dict(environment) | where, folder / f"bot-{port}.log")
    try:
        program.wait(lambda: answers(port, "/health"), "the bot's health")
        yield program
    finally:
        program.stop()


def answers(port: int, path: str) -> bool:
    """Whether something on this machine answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _number(status: str, name: str) -> int:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{name}:"))
