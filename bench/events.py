"""How soon an event is stored and acked: envelopes over a real WebSocket, evenly and in bursts.

    python -m bench.events [--rates 20,100,200] [--bursts 100,1000,3000] [--seconds 4] [--runs 3]
    python -m bench.events --db postgresql --processes 1,2,4

The sandbox sends Slack's envelopes and takes the time until the ack (which Casebot sends after its commit). The floor
is a hello-world Bolt listener, which stores nothing, in the same run. Both are processes of their own. An event that
is not acked within 3 s is sent again, three times, as Slack does: `again` counts these. `given up` are those that were
not acked after the last of them, 12 s after the first; `lost` are events that are in no case at the end, `doubled`
those that are in one twice.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlmodel import select

from bench.address import address
from bench.program import Program, casebot
from bench.table import Figures, Mark, Table, arguments, machine_line, percentile, tell
from bot.cases.models import Message
from bot.db import Database
from bot.log import configure
from bot.sandbox.events import told_of
from bot.sandbox.server import Sandbox
from bot.sandbox.shapes import Envelope, Json

CUSTOMERS = 250
CHANNEL = "customers"
PATIENCE_SECONDS = 90.0
HELLO, CASEBOT = "hello-world", "casebot"
COLUMNS = ("p50 ms", "p99 ms", "last ack s", "given up", "again", "lost", "doubled")


@dataclass(eq=False)
class Round:
    """Envelopes that were sent, and when each was acked (monotonic seconds)."""

    sent: dict[str, float] = field(default_factory=dict)
    acked: dict[str, float] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)
    wanted: int = 0

    def send(self, sandbox: Sandbox, event: Json) -> None:
        """Hand one event over and note the time."""
        ts = event["ts"]

        def settle(outcome: str, _payload: Json | None) -> None:
            if outcome == "acked":
                self.acked.setdefault(ts, time.monotonic())
            self.wanted -= 1
            if self.wanted == 0:
                self.done.set()

        envelope = Envelope("events_api", told_of(sandbox.workspace, event), settle)
        self.sent[ts] = time.monotonic()
        sandbox.link.send(envelope)

    @property
    def milliseconds(self) -> list[float]:
        """How long each ack took."""
        return [(at - self.sent[ts]) * 1000 for ts, at in self.acked.items()]


class Ground:
    """A sandbox with customers in one channel, and what they are going to say."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        workspace = sandbox.workspace
        for number in range(CUSTOMERS):
            workspace.settle_in(f"C{number}", f"Customer {number}", f"c{number}@example.com", CHANNEL)
        self._said = 0

    def words(self, count: int) -> list[Json]:
        """Let customers say so much; it stands in the channel, and nobody is told yet."""
        spoken = range(self._said, self._said + count)
        self._said += count
        workspace, now = self.sandbox.workspace, self.sandbox.clock.now()
        return [
            workspace.recall(f"U0C{number % CUSTOMERS}", CHANNEL, f"Where is my order {number}, please?", now)
            for number in spoken
        ]

    def evenly(self, rate: int, seconds: float) -> Round:
        """Send so many events a second for so long and wait for the acks."""
        events = self.words(int(rate * seconds))
        heard, begun = Round(wanted=len(events)), time.monotonic()
        for number, event in enumerate(events):
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
            heard.send(self.sandbox, event)
        return self._settled(heard)

    def at_once(self, count: int) -> Round:
        """Send so many events in one go and wait for the acks."""
        events = self.words(count)
        heard = Round(wanted=len(events))
        for event in events:
            heard.send(self.sandbox, event)
        return self._settled(heard)

    def _settled(self, heard: Round) -> Round:
        if not heard.done.wait(PATIENCE_SECONDS):
            raise TimeoutError(f"{heard.wanted} envelopes wait for their ack:\n{self.sandbox.link.describe()}")
        return heard


def figures(ground: Ground, act: Callable[[], Round], stored: Callable[[], list[str]] | None) -> Figures:
    """Do one round and say what came of it; who stores nothing loses what was not acked."""
    again = ground.sandbox.link.retried
    heard = act()
    there = _stored(heard, stored) if stored else list(heard.acked)
    return {
        "p50 ms": percentile(heard.milliseconds, 0.5),
        "p99 ms": percentile(heard.milliseconds, 0.99),
        "last ack s": max(heard.acked.values()) - min(heard.sent.values()),
        "given up": len(heard.sent) - len(heard.acked),
        "again": ground.sandbox.link.retried - again,
        "lost": len(heard.sent) - len(set(there)),
        "doubled": len(there) - len(set(there)),
    }


def _stored(heard: Round, stored: Callable[[], list[str]]) -> list[str]:
    """Return what is in cases in the end: an event that Slack gave up may still wait in the listener's hands."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        there = [ts for ts in stored() if ts in heard.sent]
        if len(there) >= len(heard.sent) or time.monotonic() > deadline:
            return there
        time.sleep(0.2)


def names_of(database: Database) -> list[str]:
    """Return the ts of every message that is in a case."""
    with database.readers.begin() as session:
        return list(session.exec(select(Message.external_id).where(Message.source == "slack")))


def listening(stack: ExitStack, processes: int, sandbox: Sandbox, folder: Path, url: str) -> list[Program]:
    """Start so many bots on one database, or with 0 the hello-world listener; return them connected."""
    without_mail = {"IMAP_SERVER": "", "SMTP_SERVER": "", "CUSTOMER_SLACK_CHANNELS": "#customers"}
    environment = sandbox.environment() | without_mail
    programs = [stack.enter_context(casebot(environment, folder, url)) for _ in range(processes)]
    if not processes:
        programs = [Program(["-m", "bench.hello"], environment, folder / "hello.log")]
        stack.callback(programs[0].stop)
    programs[-1].wait(lambda: sandbox.link.connections >= len(programs), "all sockets")
    return programs


def measure(processes: int, asked: argparse.Namespace) -> dict[str, Figures]:
    """Run through every round once, in a fresh workspace on a fresh database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-events-")))
        url = stack.enter_context(address(asked.db))
        sandbox = stack.enter_context(Sandbox())
        ground = Ground(sandbox)
        programs = listening(stack, processes, sandbox, folder, url)
        database = Database(url)
        stack.callback(database.close)
        stored = partial(names_of, database) if processes else None
        ground.evenly(20, 1)  # what is imported, prepared and cached at the first event is not measured
        rounds = {f"{rate}/s": partial(ground.evenly, rate, asked.seconds) for rate in asked.rates}
        rounds |= {f"{burst:,} at once": partial(ground.at_once, burst) for burst in asked.bursts}
        found = {name: figures(ground, act, stored) for name, act in rounds.items()}
        used = sum(program.cpu_seconds for program in programs)
        print(f"  {name_of(processes)}: {programs[0].peak_megabytes:.0f} MB, {used:.1f} s of CPU", flush=True)
        return found


def name_of(processes: int) -> str:
    """Return what the tables call so many processes."""
    return {0: HELLO, 1: CASEBOT}.get(processes, f"{CASEBOT} × {processes}")


def tables(runs: dict[str, list[dict[str, Figures]]]) -> list[Table]:
    """Return a table for each kind of round."""
    made = []
    for name in runs[HELLO][0]:
        ratios = {"p50 of the floor": ("p50 ms", HELLO), "last ack of the floor": ("last ack s", HELLO)}
        table = Table(f"Events, {name}", COLUMNS, ratios)
        for which, found in runs.items():
            table.add(which, [run[name] for run in found])
        made.append(table)
    return made


def marks(made: Sequence[Table]) -> list[Mark]:
    """Return what was asked of these rounds: over all of them nothing lost or doubled, and more at some."""
    by_title = {table.title.removeprefix("Events, "): table for table in made}
    names = [name for name in made[0].runs if name != HELLO]
    found = [
        Mark(f"{what}, all rounds, {name}", 0, max(table.figure(what, name) for table in made), at_most=True)
        for what in ("lost", "doubled", "given up")
        for name in names
    ]
    if (table := by_title.get("100/s")) is not None and CASEBOT in names:
        found.append(Mark("ack p50, of hello-world, 100/s", 3, table.ratio("p50 ms", CASEBOT, HELLO), at_most=True))
        found.append(Mark("ack p99 ms, 100/s", 30, table.figure("p99 ms", CASEBOT), at_most=True))
    return found


def main() -> None:
    """Measure, tell."""
    parser = arguments(__doc__)
    parser.add_argument("--rates", type=_numbers, default=[20, 100, 200], help="events a second")
    parser.add_argument("--bursts", type=_numbers, default=[100, 1000, 3000], help="events at once")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each rate")
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=_numbers, default=[1], help="on one PostgreSQL: 1,2,4")
    asked = parser.parse_args()
    configure("CRITICAL", "console")
    print(machine_line(), flush=True)
    runs: dict[str, list[dict[str, Figures]]] = {}
    for _ in range(asked.runs):
        for processes in (0, *asked.processes):
            runs.setdefault(name_of(processes), []).append(measure(processes, asked))
    made = tables(runs)
    tell("events", made, marks(made), asked.json)


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split(",") if word]


if __name__ == "__main__":
    main()
