"""What the desk's reads, its sweep and the outbox's claim cost on desks of different sizes.

    python -m bench.desk [--cases 1000,100000,1000000] [--db sqlite|postgresql] [--runs 3] [--calls 200] [--plans]
                         [--only "search uncommon,sweep"] [--keep FOLDER]

Times are milliseconds, p50 and p99 of many calls, each the median of the rounds, in which the desks take turns. `cpu`
is the time of our own thread, which on SQLite is all of it, and on PostgreSQL (on Linux) that of our server process
too: on a machine with other work it tells more than the clock. The ratios (p50, cpu) compare the largest desk with the
smallest. The server of PostgreSQL is a private one with fsync off; nothing measured here writes more than a claim. A
kept folder holds the filled desks for the next run, which brings them to today's schema and begins at once.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import SQLModel

from bench.address import addresses
from bench.desk_rows import ADMIN, BYGONE, COMMON, NOW, UNCOMMON, backlog, clear_backlog, fill, is_filled
from bench.table import Mark, Table, arguments, machine_line, tell
from bot.cases.board import Filter
from bot.cases.inbound import Author
from bot.cases.queries import CaseQueries
from bot.cases.rules import Rules
from bot.db import Database
from bot.escalation.sweep import Sweep
from bot.log import configure
from bot.migrations.migrate import migrate
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman
from bot.outbox.sending import Parcel, Posted
from tests.cases.desk import StillClock
from tests.cases.plans import plans_of

# Whoever wires every room has every table.
import_module("bot.wiring")

Act = Callable[[], object]


class Figures(NamedTuple):
    """Milliseconds of one act."""

    p50: float
    p99: float
    cpu: float


Times = dict[str, Figures]

_MIA = Author(ADMIN, "Mia", is_admin=True)
_WAITING = 1_000
_FEWEST_CALLS, _MOST_SECONDS = 5, 2.0


class _Nobody:
    """A sender that is never reached: only the claim is measured."""

    def send(self, parcel: Parcel) -> Posted | None:
        raise AssertionError(parcel)


def acts_of(database: Database, cases: int) -> dict[str, Act]:
    """Return what is measured, by its name."""
    queries, rng = CaseQueries(database), random.Random(2)
    sweep = Sweep(database, StillClock(NOW), Rules())
    customer = Author(f"c{cases // 3 - 1}@example.com", "Customer")
    deep = {which: _deep(queries, which) for which in (Filter.OPEN, Filter.CLOSED)}

    def some() -> str:
        return f"CASE-{rng.randint(1, cases)}"

    def search(typed: str, viewer: Author = _MIA, after: str = "") -> Act:
        return lambda: queries.search(typed, viewer, after=after)

    second = queries.search(COMMON, _MIA).after
    return {
        "case status": lambda: queries.sheet_for(some(), _MIA),
        "customer's cases": lambda: queries.of_customer(customer.identity),
        "home (25 of open)": lambda: queries.board(25, viewer=ADMIN, today=NOW.replace(hour=0)),
        **{f"list {which}": _list(queries, which) for which in Filter},
        **{f"list {which}, deep": _list(queries, which, after) for which, after in deep.items()},
        "search one case": lambda: queries.search(f"only{rng.randint(1, cases)}", _MIA),
        "search uncommon": search(UNCOMMON),
        "search common": search(COMMON),
        "search common, page 2": search(COMMON, after=second),
        "search beginning": search(COMMON[:4]),
        "search 2 letters": search(COMMON[:2]),
        "search 2 words": search(f"{COMMON} {UNCOMMON}"),
        "search bygone": search(BYGONE),
        "search nothing": search("unheardof"),
        "search address": search(customer.identity),
        "search by customer": search(COMMON, customer),
        "sweep, nothing due": sweep._due,
        "claim, nothing waits": _claim(database),
    }


def _list(queries: CaseQueries, which: Filter, after: str = "") -> Act:
    return lambda: queries.board(10, which, ADMIN, after)


def _deep(queries: CaseQueries, which: Filter) -> str:
    """Return where a page begins that lies behind up to 10,000 cases."""
    after = ""
    for _ in range(20):
        after = queries.board(500, which, after=after).after or after
    return after


def measured(desks: Mapping[int, Database], acts: Mapping[int, Act], asked: argparse.Namespace) -> dict[int, Figures]:
    """Return what an act costs on each desk; they take turns, so that what else the machine does meets them all."""
    rounds: dict[int, list[Figures]] = {size: [] for size in desks}
    works = {size: _work_of(database) for size, database in desks.items()}
    for act in acts.values():
        act()
    for _ in range(asked.runs):
        for size, act in acts.items():
            rounds[size].append(_round(act, works[size], asked.calls))
    return {size: _middle(found) for size, found in rounds.items()}


def _middle(found: Sequence[Figures]) -> Figures:
    p50, p99, cpu = (statistics.median(each) for each in zip(*found, strict=True))
    return Figures(p50, p99, cpu)


def _round(act: Act, work: Callable[[], float], calls: int) -> Figures:
    walls: list[float] = []
    cpus: list[float] = []
    ends = time.monotonic() + _MOST_SECONDS
    while len(walls) < calls and (time.monotonic() < ends or len(walls) < _FEWEST_CALLS):
        begun, worked = time.perf_counter(), work()
        act()
        walls.append((time.perf_counter() - begun) * 1000)
        cpus.append((work() - worked) * 1000)
    walls.sort()
    return Figures(statistics.median(walls), walls[int(len(walls) * 0.99)], statistics.median(cpus))


def _work_of(database: Database) -> Callable[[], float]:
    """Return the clock of the work that is done for us: our thread's, and that of our server process if we have one."""
    if database.is_sqlite:
        return time.thread_time
    with database.readers.begin() as session:
        server = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
    told = Path(f"/proc/{server}/schedstat")
    return lambda: time.thread_time() + (int(told.read_text().split()[0]) / 1e9 if told.exists() else 0)


def measure(asked: argparse.Namespace, sizes: Sequence[int]) -> dict[int, Times]:
    """Build the desks, or take those that are kept, and measure them."""
    with ExitStack() as stack:
        urls = stack.enter_context(addresses(asked.db, [f"desk_{size}" for size in sizes], asked.keep))
        desks = {size: stack.enter_context(_filled(url, size)) for size, url in zip(sizes, urls, strict=True)}
        acts = {size: acts_of(database, size) for size, database in desks.items()}
        times: dict[int, Times] = {size: {} for size in sizes}

        def add(name: str, acts: Mapping[int, Act]) -> None:
            for size, figures in measured(desks, acts, asked).items():
                times[size][name] = figures

        if asked.plans:
            print_plans(desks[max(sizes)], acts[max(sizes)])
        for name in acts[sizes[0]]:
            if _is_asked(asked, name):
                add(name, {size: acts[size][name] for size in sizes})
        name = f"claim, {_WAITING} wait"
        if _is_asked(asked, name):
            for database in desks.values():
                backlog(database, _WAITING)
            add(name, {size: _claim(database) for size, database in desks.items()})
            for database in desks.values():
                clear_backlog(database)
        return times


def _claim(database: Database) -> Act:
    return Postman(database, StillClock(NOW), _Nobody(), Pacing())._claim


def _is_asked(asked: argparse.Namespace, name: str) -> bool:
    return not asked.only or any(word in name for word in asked.only.split(","))


@contextmanager
def _filled(url: str, cases: int) -> Iterator[Database]:
    database = Database(url)
    try:
        migrate(database.engine, SQLModel.metadata)
        begun, had = time.monotonic(), is_filled(database, cases)
        if not had:
            fill(database, cases)
        size = Path(database.url.database or "").stat().st_size / 1e6 if database.is_sqlite else 0
        done = "kept" if had else f"built in {time.monotonic() - begun:.0f} s"
        print(f"{cases} cases {done}" + f", {size:.0f} MB" * bool(size), flush=True)
        yield database
    finally:
        database.close()


def print_plans(database: Database, acts: dict[str, Act]) -> None:
    """Show how the database answers each statement."""
    for name, act in acts.items():
        print(f"\n-- {name}")
        for table in ("cases", "messages", "s", "deliveries", "escalations", "("):
            for plan in plans_of(database, act, table):
                print(f"[{table}]\n{plan}")


def print_table(kind: str, by_size: dict[int, Times]) -> None:
    """Print p50, p99 and cpu for each size, and how the largest compares with the smallest."""
    sizes = sorted(by_size)
    print(f"\n{kind:24}" + "".join(f"{size:>11,} p50     p99    cpu" for size in sizes) + "      ratios")
    for name, least in by_size[sizes[0]].items():
        rows = [by_size[size][name] for size in sizes]
        shown = "".join(f"{one:>15.2f}{most:>8.2f}{own:>7.2f}" for one, most, own in rows)
        print(f"{name:24}{shown}{rows[-1].p50 / least.p50:>7.1f}{rows[-1].cpu / least.cpu:>6.2f}")


def marks(kind: str, by_size: dict[int, Times]) -> list[Mark]:
    """Return what was asked of the largest desk: the worst of all that was measured."""
    small, large = by_size[min(by_size)], by_size[max(by_size)]
    grown = {name: found.cpu / small[name].cpu for name, found in large.items()}
    slowest, worst = max(large, key=lambda name: large[name].p50), max(grown, key=lambda name: grown[name])
    size = f"{max(by_size):,} cases ({kind})"
    return [
        Mark(f"{size}: CPU time against {min(by_size):,}, worst: {worst}", 2, grown[worst], at_most=True),
        Mark(f"{size}: p50 ms, slowest: {slowest}", 50, large[slowest].p50, at_most=True),
    ]


def main() -> None:
    """Build, measure, tell."""
    parser = arguments(__doc__)
    parser.add_argument("--cases", default="1000,100000,1000000")
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--calls", type=int, default=200, help="of each act in a round, at most")
    parser.add_argument("--plans", action="store_true", help="show how the database answers each statement")
    parser.add_argument("--only", default="", help="measure what has one of these words in its name")
    parser.add_argument("--keep", type=Path, help="the folder that keeps the filled desks")
    asked = parser.parse_args()
    configure("ERROR", "console")
    print(machine_line(), flush=True)
    by_size = measure(asked, [int(size) for size in asked.cases.split(",")])
    print_table(asked.db, by_size)
    found = marks(asked.db, by_size)
    tell("desk", [_as_table(asked.db, by_size)] if asked.json else [], found, asked.json)


def _as_table(kind: str, by_size: dict[int, Times]) -> Table:
    """Return the same for the JSON file, a row for each act and size."""
    table = Table(f"The desk on {kind}, milliseconds", ("p50", "p99", "cpu"))
    for size, times in by_size.items():
        for name, found in times.items():
            table.add(f"{name}, {size:,}", [found._asdict()])
    return table


if __name__ == "__main__":
    main()
