"""Casebot started as people start it, in surroundings that should not matter to it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.services.process import wait_until

# What a machine may have set for another Casebot, and a proxy that nobody answers at.
HOSTILE = {
    "SLACK_BOT_TOKEN": "xoxb-somebody-elses",
    "SLACK_APP_TOKEN": "xapp-somebody-elses",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    "SUPPORT_SLACK_CHANNEL": "#elsewhere",
    "ADMIN_SLACK_USERS": "U0NOBODY",
    "IMAP_SERVER": "imap.invalid",
    "IMAP_EMAIL": "nobody@imap.invalid",
    "IMAP_PASSWORD": "wrong",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
    "ESCALATE_FOLLOWUPS": "99",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}
NO_DISPLAY = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "PYTHONUNBUFFERED": "1"}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "bot", *words]


def surroundings(scratch: Path, **more: str) -> dict[str, str]:
    """The environment of a started process; its temporary folders lie in `scratch`."""
    return dict(os.environ) | NO_DISPLAY | {"TMPDIR": str(scratch)} | more


class Spoken:
    """A running command whose words are read from a file as they come."""

    def __init__(self, words: list[str], folder: Path, **more: str) -> None:
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self._output = folder / "output.txt"
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                words, stdout=output, stderr=output, cwd=folder, env=surroundings(self.scratch, **more)
            )

    @property
    def text(self) -> str:
        return self._output.read_text()

    def says(self, words: str) -> str:
        """Everything said so far, once these words are among it."""
        wait_until(lambda: words in self.text or self.process.poll() is not None, f"{words!r}", 30)
        assert words in self.text, self.text
        return self.text

    def ends(self) -> int:
        return self.process.wait(20)


def children_of(pid: int) -> list[int]:
    """The processes that this one started (Linux and macOS both have pgrep)."""
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    return [int(line) for line in listed.split()]


def lives(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")
