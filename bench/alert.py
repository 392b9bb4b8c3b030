"""How soon an urgent mail becomes an alert, and a click a redrawn alert: while it is quiet, and inside a burst.

    python -m bench.alert [--mails 20] [--burst 2000] [--urgent 4] [--runs 3] [--db sqlite|postgresql]

Mails are delivered into a real Dovecot; alert and redraw are what the sandbox was asked to show, by a `casebot run`
of its own. The sandbox keeps Slack's limit of one post a second per channel. Dovecot itself waits for half a second
before it tells a client that idles: a plain client alone takes that time first (two at once disturb each other), and
`ours` is what is left without the median of it. In a burst all mails arrive at once, then the urgent ones, one every
two seconds; the clicks go to their alerts.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path

from imapclient import IMAPClient

from bench.address import address
from bench.program import casebot
from bench.table import Figures, Mark, Table, arguments, machine_line, percentile, tell
from bot.log import configure
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace import text_of
from bot.slack.action_ids import ACKNOWLEDGE
from tests.services.dovecot import Dovecot

ALERTING = "#alerting"
PATIENCE_SECONDS = 120.0
POST_SECONDS = 1.0
BETWEEN_SECONDS = 2.5
IN_BURST_SECONDS = 2.0
SETTLED_SECONDS = 1.5
IDLE_MAILS = 5
QUIET, BURST = "quiet", "in the burst"
IDLE, ALERT, OURS, CLICK = "Dovecot's IDLE alone", "mail → alert", "ours", "click → redrawn"
COLUMNS = ("p50 ms", "p99 ms", "most ms")


class Watchman:
    """Notes when the sandbox was first asked to show an alert, and when to draw one again."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._channel = sandbox.workspace.channel(ALERTING)
        self._known = 0
        self.posted: dict[str, tuple[float, str]] = {}
        self.redrawn: dict[str, float] = {}
        sandbox.changes.listen(self._look)

    def _look(self) -> None:
        """Called while the sandbox's state is held, right after each change."""
        now, messages = time.monotonic(), self._channel.messages
        for ts, message in itertools.islice(messages.items(), self._known, None):
            self.posted[_customer(text_of(message))] = now, ts
        self._known = len(messages)
        for _, ts in self.posted.values():
            if ts not in self.redrawn and "acknowledged by" in str(messages[ts].get("text")):
                self.redrawn[ts] = now

    def alert_of(self, customer: str) -> tuple[float, str]:
        """Wait for a customer's alert; return when it was posted and its ts."""
        return self._sandbox.changes.wait_for(
            lambda: self.posted[customer], PATIENCE_SECONDS, lambda: f"no alert for {customer}"
        )

    def click(self, ts: str) -> float:
        """Acknowledge an alert; return the seconds until it was drawn again."""
        begun = time.monotonic()
        self._sandbox.workspace.click("ada", ALERTING, ts, ACKNOWLEDGE)
        drawn = self._sandbox.changes.wait_for(lambda: self.redrawn[ts], PATIENCE_SECONDS, lambda: "no redraw")
        return drawn - begun


class Idler:
    """A client that does nothing but idle: when it could know of a mail at the soonest."""

    def __init__(self, dovecot: Dovecot) -> None:
        self._dovecot = dovecot
        self._client = IMAPClient(dovecot.host, dovecot.port, ssl=False)
        self._client.login(dovecot.user, dovecot.password)
        self._client.select_folder("INBOX", readonly=True)

    def told(self, mail: bytes) -> float:
        """Deliver a mail; return the seconds until the server told of it."""
        self._client.idle()
        time.sleep(SETTLED_SECONDS)
        delivered = time.monotonic()
        self._dovecot.deliver(mail)
        while not any(b"EXISTS" in line for line in self._client.idle_check(timeout=PATIENCE_SECONDS)):
            continue
        took = time.monotonic() - delivered
        self._client.idle_done()
        return took

    def close(self) -> None:
        """Hang up."""
        self._client.shutdown()


def letter(customer: str, text: str, number: int) -> bytes:
    """Return a mail of some 2 kB."""
    mail = EmailMessage()
    mail["From"] = f"{customer} <{customer.replace(' ', '.').lower()}@example.com>"
    mail["To"] = "support@example.test"
    mail["Subject"] = f"Order {number}"
    mail["Message-ID"] = f"<{customer.replace(' ', '-')}.{number}@example.com>"
    mail.set_content(f"{text}\n\n{'I ordered it some time ago and would like to know where it is. ' * 25}\n")
    return mail.as_bytes()


class Stage:
    """One bot, one mailbox, one sandbox; `quiet` and `burst` return milliseconds by what was measured."""

    def __init__(self, sandbox: Sandbox, dovecot: Dovecot) -> None:
        self._dovecot = dovecot
        self._watchman = Watchman(sandbox)
        self._numbers = itertools.count(1)

    def idle(self, mails: int) -> list[float]:
        """Let a plain client idle alone; return how long it took until it was told of each mail."""
        idler = Idler(self._dovecot)
        took = [idler.told(letter("Carla", "Hello!", next(self._numbers))) for _ in range(mails)]
        idler.close()
        return took

    def quiet(self, mails: int) -> dict[str, list[float]]:
        """Deliver one urgent mail after the other, click on its alert, and wait a little."""
        found: dict[str, list[float]] = {ALERT: [], CLICK: []}
        for _ in range(mails):
            delivered, customer = self._deliver()
            posted, ts = self._watchman.alert_of(customer)
            found[ALERT].append(posted - delivered)
            found[CLICK].append(self._watchman.click(ts))
            time.sleep(BETWEEN_SECONDS)
        return found

    def burst(self, mails: int, urgent: int) -> dict[str, list[float]]:
        """Deliver so many mails at once, and while they are read an urgent one every two seconds."""
        self._dovecot.deliver_many(letter(f"Carla {number}", "Hello!", number) for number in range(mails))
        delivered = []
        for _ in range(urgent):
            delivered.append(self._deliver())
            time.sleep(IN_BURST_SECONDS)
        found: dict[str, list[float]] = {ALERT: [], CLICK: []}
        for at, customer in delivered:
            posted, ts = self._watchman.alert_of(customer)
            found[ALERT].append(posted - at)
            found[CLICK].append(self._watchman.click(ts))
        return found

    def _deliver(self) -> tuple[float, str]:
        number = next(self._numbers)
        customer = f"Urs {number} Urgent"
        mail = letter(customer, "This is urgent.", number)
        delivered = time.monotonic()
        self._dovecot.deliver(mail)
        return delivered, customer


def measure(mails: int, burst: int, urgent: int, kind: str) -> dict[str, dict[str, list[float]]]:
    """Go through it once, on a fresh desk."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-alert-")))
        url = stack.enter_context(address(kind))
        dovecot = Dovecot()
        stack.callback(dovecot.remove)
        dovecot.start()
        sandbox = stack.enter_context(Sandbox())
        sandbox.faults.pace_posts(POST_SECONDS)
        stage = Stage(sandbox, dovecot)
        waits = stage.idle(IDLE_MAILS)
        as_by_default = {"EMAIL_POLL_INTERVAL": "30"}
        environment = sandbox.environment() | dovecot.environment() | as_by_default
        stack.enter_context(casebot(environment, folder, url))
        stage.quiet(1)  # what is imported, prepared and cached at the first alert is not measured
        quiet = stage.quiet(mails)
        quiet |= {IDLE: waits, OURS: [took - statistics.median(waits) for took in quiet[ALERT]]}
        return {QUIET: quiet, BURST: stage.burst(burst, urgent)}


def figures(seconds: Sequence[float]) -> Figures:
    """Return what a table shows of many times."""
    found = [second * 1000 for second in seconds]
    return {"p50 ms": percentile(found, 0.5), "p99 ms": percentile(found, 0.99), "most ms": max(found)}


def tables(runs: Sequence[dict[str, dict[str, list[float]]]]) -> tuple[Table, Table]:
    """Return a table for each state of affairs."""
    quiet = Table("Alerts, while it is quiet", COLUMNS, {"of IDLE alone": ("p50 ms", IDLE)})
    burst = Table("Alerts, inside a burst of mails", COLUMNS)
    for table, state in ((quiet, QUIET), (burst, BURST)):
        for run in runs:
            for name, seconds in run[state].items():
                table.add(name, [figures(seconds)])
    return quiet, burst


def marks(quiet: Table, burst: Table) -> list[Mark]:
    """Return what was asked of these times."""
    return [
        Mark("mail → alert beyond Dovecot's wait, p50 ms", 50, quiet.figure("p50 ms", OURS), at_most=True),
        Mark("the same, p99 ms", 150, quiet.figure("p99 ms", OURS), at_most=True),
        Mark("urgent mail in a burst → alert, p99 ms", 2000, burst.figure("p99 ms", ALERT), at_most=True),
        Mark("click → redrawn, p99 ms", 300, quiet.figure("p99 ms", CLICK), at_most=True),
        Mark("the same in a burst", 300, burst.figure("p99 ms", CLICK), at_most=True),
    ]


def _customer(text: str) -> str:
    found = text.find("Urs ")
    return text[found : text.find(" Urgent", found) + len(" Urgent")]


def _asked() -> argparse.Namespace:
    parser = arguments(__doc__)
    parser.add_argument("--mails", type=int, default=20, help="of the quiet time")
    parser.add_argument("--burst", type=int, default=2000)
    parser.add_argument("--urgent", type=int, default=4, help="mails inside the burst")
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


def main() -> None:
    """Measure, tell."""
    asked = _asked()
    configure("CRITICAL", "console")
    print(machine_line(), flush=True)
    runs = [measure(asked.mails, asked.burst, asked.urgent, asked.db) for _ in range(asked.runs)]
    quiet, burst = tables(runs)
    tell("alert", [quiet, burst], marks(quiet, burst), asked.json)


if __name__ == "__main__":
    main()
