"""Every benchmark, smaller than each by itself, in less than ten minutes: `make bench`.

python -m bench [NAME ...] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from bench.table import Mark, machine_line, tell

# What each is asked for here; by themselves they take their time.
PARTS: dict[str, tuple[str, ...]] = {
    "mail": ("--mails", "1000", "--peer-mails", "150"),
    "events": ("--seconds", "2"),
    "alert": ("--mails", "5", "--urgent", "3"),
    "weight": ("--rest", "15", "--load", "3"),
    "desk": ("--cases", "1000,20000", "--calls", "40"),
}


def run(name: str, folder: Path) -> list[Mark]:
    """Run one of them, which prints its tables; return its marks, and one that says so where it failed."""
    told = folder / f"{name}.json"
    print(f"\n# {name}\n", flush=True)
    begun = time.monotonic()
    ended = subprocess.run([sys.executable, "-m", f"bench.{name}", *PARTS[name], "--json", told], check=False)
    print(f"\n{name}: {time.monotonic() - begun:.0f} s", flush=True)
    if ended.returncode != 0 or not told.exists():
        return [Mark(f"{name}: it ran to its end", 1, 0)]
    return [_mark(name, row) for row in json.loads(told.read_text())["marks"]]


def _mark(name: str, row: dict[str, float | str | bool | None]) -> Mark:
    wanted, found = float(row["wanted"] or 0), row["found"]
    measured = float("nan") if found is None else float(found)
    # The file does not say in which direction: its verdict does.
    at_most = (measured <= wanted) == (row["verdict"] == "reached")
    return Mark(f"{name}: {row['what']}", wanted, measured, at_most)


def main() -> None:
    """Run them one after the other, then tell all marks in one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PARTS)}; all, if none is named")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all marks there too")
    asked = parser.parse_args()
    here = [name for name in asked.names or PARTS if find_spec(f"bench.{name}") is not None]
    print(machine_line(), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        marks = [mark for name in here for mark in run(name, Path(folder))]
    print(f"\n# Marks\n\n{machine_line()}", flush=True)
    tell("all", [], marks, asked.json)


if __name__ == "__main__":
    main()
