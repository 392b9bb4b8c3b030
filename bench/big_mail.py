"""Peak memory and seconds while one large mail passes, from a real Dovecot into the database.

    python -m bench.big_mail [MB ...]          (default: 1 10 50)

Each size is measured in a process of its own; "idle" is the same process before the mail came.
"""

import base64
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.cases.intake import Intake
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.clock import SystemClock
from bot.log import configure
from bot.settings import load_settings
from bot.wiring.mail_edge import mail_watcher
from tests.services.dovecot import Dovecot
from tests.services.standing import opened

MEGABYTE = 1_000_000
_DESK = {
    "SLACK_BOT_TOKEN": "xoxb-1-bench",
    "SLACK_APP_TOKEN": "xapp-1-bench",
    "SUPPORT_SLACK_CHANNEL": "#support",
    "ALERTING_SLACK_CHANNEL": "#alerts",
    "LOGGING_SLACK_CHANNEL": "#log",
    "IMAP_START": "all",
    "MAX_MAIL_SIZE": "100MB",
}


def mail_of(megabytes: int) -> bytes:
    """A mail of about this size as it stands on the wire: a few words and one attachment that does not compress."""
    content = random.Random(megabytes).randbytes(int(megabytes * MEGABYTE / 1.37))
    head = (
        "From: Carla <carla@example.com>\r\nTo: support@example.test\r\nSubject: The scan\r\n"
        f"Message-ID: <{megabytes}@example.com>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nHere is the scan.\r\n"
        "--b\r\nContent-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n") + b"--b--\r\n"


def peak() -> float:
    """Megabytes. Of /proc, because getrusage's figure is inherited from whoever started the process."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def collect_once() -> None:
    """The child: take in what is there, and print what it cost."""
    settings = load_settings(_DESK | dict(os.environ), None)
    configure("ERROR", "console")
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/bench.db") as database:
        clock = SystemClock()
        replies = Replies(database, clock, Rules(), mail_leaves=False)
        intake = Intake(database, clock, Rules(), replies)
        watcher = mail_watcher(settings, database, clock, intake, lambda *_: None)
        before, begun = peak(), time.monotonic()
        taken = watcher.collect()
        seconds = time.monotonic() - begun
        watcher.close()
        kept = sum(path.stat().st_size for path in Path(folder).rglob("*.zz")) / MEGABYTE
        print(json.dumps({"taken": taken, "idle": before, "peak": peak(), "seconds": seconds, "file": kept}))


def main(sizes: list[int]) -> None:
    server = Dovecot()
    try:
        server.start()
        print(f"{'mail':>8} {'idle':>9} {'peak':>9} {'more':>9} {'seconds':>8} {'file':>9}")
        for size in sizes:
            server.reset()
            server.deliver(mail_of(size))
            child = subprocess.run(
                [sys.executable, "-m", "bench.big_mail", "--child"],
                env=os.environ | server.environment(),
                cwd=Path(__file__).parents[1],
                check=True,
                capture_output=True,
                text=True,
            )
            cost = json.loads(child.stdout)
            assert cost["taken"] == 1
            more = cost["peak"] - cost["idle"]
            print(
                f"{size:>5} MB {cost['idle']:>6.0f} MB {cost['peak']:>6.0f} MB {more:>6.0f} MB"
                f" {cost['seconds']:>8.2f} {cost['file']:>6.1f} MB"
            )
    finally:
        server.remove()


if __name__ == "__main__":
    if sys.argv[1:] == ["--child"]:
        collect_once()
    else:
        main([int(word) for word in sys.argv[1:]] or [1, 10, 50])
