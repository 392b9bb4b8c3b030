"""How benchmarks tell their figures: the machine first, tables with ratios, marks reached or not, the same as JSON.

    table = Table("mail to case", ("mails/s", "peak MB"), ratios={"of the floor": ("mails/s", "floor")})
    table.add("floor", [{"mails/s": 640.0, "peak MB": 40.0}, ...])     # one mapping a run; the table shows medians
    table.add("casebot", [...])
    marks = [Mark("mail, of the floor", wanted=0.6, found=table.ratio("mails/s", "casebot", "floor"))]
    tell("mail", [table], marks, json_file=asked.json)

Tables are Markdown, so that they can stand in RESULTS.md as they were printed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Figures = Mapping[str, float]


def machine_line() -> str:
    """Return where this is measured: cores, how busy others keep them, versions."""
    load = os.getloadavg()[0]
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} cores of {_processor()}, load {load:.1f}, {platform.system()}, {versions}"


def median(values: Iterable[float]) -> float:
    """Return the middle value; of no values, not-a-number."""
    found = list(values)
    return statistics.median(found) if found else float("nan")


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


@dataclass
class Table:
    """Medians of several runs, a row each; `ratios` are further columns: title → (column, the row it is divided by)."""

    title: str
    columns: Sequence[str]
    ratios: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    runs: dict[str, list[Figures]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, runs: Sequence[Figures]) -> None:
        """Add a row; one mapping from column to figure for each run."""
        self.runs.setdefault(name, []).extend(runs)

    def leave_out(self, name: str, reason: str) -> None:
        """Say loudly why a row is missing."""
        self.absent[name] = reason

    def figure(self, column: str, name: str) -> float:
        """Return the median of a column over the runs of a row; not-a-number where there is none."""
        return median(run[column] for run in self.runs.get(name, []) if column in run)

    def ratio(self, column: str, name: str, floor: str) -> float:
        """Return how the medians of two rows compare."""
        return self.figure(column, name) / (self.figure(column, floor) or float("nan"))

    def markdown(self) -> str:
        """Return the table with its title, and what is missing below it."""
        rows = [[name, *self._cells(name)] for name in self.runs]
        shown = _lines(["", *self.columns, *self.ratios], rows)
        missing = [f"NOT MEASURED: {name}: {reason}" for name, reason in self.absent.items()]
        return "\n".join([f"{self.title}", "", *shown, *([""] if missing else []), *missing])

    def as_json(self) -> dict[str, object]:
        """Return every run, the medians and the ratios."""
        medians = {name: {column: _known(self.figure(column, name)) for column in self.columns} for name in self.runs}
        ratios = {
            name: {title: _known(self.ratio(column, name, floor)) for title, (column, floor) in self.ratios.items()}
            for name in self.runs
        }
        return {"title": self.title, "medians": medians, "ratios": ratios, "runs": self.runs, "absent": self.absent}

    def _cells(self, name: str) -> Iterable[str]:
        yield from (_number(self.figure(column, name)) for column in self.columns)
        yield from (f"{_number(self.ratio(column, name, floor))} ×" for column, floor in self.ratios.values())


@dataclass(frozen=True)
class Mark:
    """A figure to reach: at least `wanted`, or with `at_most` no more than it. Not-a-number was not measured."""

    what: str
    wanted: float
    found: float
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether it was measured and is good enough."""
        return self.found <= self.wanted if self.at_most else self.found >= self.wanted

    @property
    def verdict(self) -> str:
        """The same in words."""
        if self.found != self.found:  # not-a-number equals nothing, itself included
            return "not measured"
        return "reached" if self.reached else "NOT REACHED"

    def cells(self) -> list[str]:
        """Return its line of a table."""
        return [self.what, f"{'≤' if self.at_most else '≥'} {self.wanted:g}", _number(self.found), self.verdict]


def arguments(description: str | None, runs: int = 3) -> argparse.ArgumentParser:
    """Return a parser that knows what every benchmark is asked: --runs and --json."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=runs, help=f"of each row; the table shows medians ({runs})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    return parser


def tell(name: str, tables: Sequence[Table], marks: Sequence[Mark] = (), json_file: Path | None = None) -> bool:
    """Print tables and marks, write them as JSON where asked; returns whether every mark was reached."""
    for table in tables:
        print(f"\n{table.markdown()}", flush=True)
    if marks:
        print(
            "\n" + "\n".join(_lines(["mark", "wanted", "measured", ""], [mark.cells() for mark in marks])), flush=True
        )
    if json_file is not None:
        held = [{"what": m.what, "wanted": m.wanted, "found": _known(m.found), "verdict": m.verdict} for m in marks]
        told = {"benchmark": name, "machine": machine_line(), "tables": [t.as_json() for t in tables], "marks": held}
        json_file.write_text(json.dumps(told, indent=1) + "\n")
    return all(mark.reached for mark in marks)


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        name, *figures = zip(cells, widths, strict=True)
        return "| " + " | ".join([name[0].ljust(name[1]), *(cell.rjust(width) for cell, width in figures)]) + " |"

    rule = "|" + "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])]) + "|"
    return [line(head), rule, *map(line, rows)]


def _known(figure: float) -> float | None:
    """JSON knows no not-a-number."""
    return None if figure != figure else figure


def _number(figure: float) -> str:
    if figure != figure:
        return "-"
    digits = 0 if abs(figure) >= 100 else 1 if abs(figure) >= 10 else 2
    return f"{figure:,.{digits}f}"


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
