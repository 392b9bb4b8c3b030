"""Mails a second from a real Dovecot into cases, beside a floor script and beside django-helpdesk, in one sitting.

    python -m bench.mail [--mails 2000] [--runs 3] [--db sqlite,postgresql] [--no-peer] [--json FILE]

Every run is a process of its own on a mailbox and a database of its own; the runs take turns, so that a busy moment
of the machine meets all alike. The floor (bench/mail_floor.py) fetches, parses with compat32 and makes one durable
transaction a mail, with nothing around it. PostgreSQL is a private server with its defaults: fsync is on. The peer
is installed with pip into a folder of its own; where that fails, it is said and its rows are missing. It gets the
first 300 of the mails: its rate does not depend on their number, and the whole would take it minutes.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient
from sqlalchemy.engine import make_url

from bench.mail_letters import mixed_mails
from bench.mail_peer import Helpdesk, PeerMissing
from bench.table import Figures, Mark, Table, arguments, machine_line, tell
from tests.services.dovecot import Dovecot
from tests.services.postgresql import Postgres

ROOT = Path(__file__).parents[1]
PEER = "django-helpdesk"
COLUMNS = ("mails/s", "CPU ms a mail", "peak MB")
RATIOS = {"of the floor": ("mails/s", "floor"), "of the peer": ("mails/s", PEER)}
OF_FLOOR, OF_PEER = 0.6, {"sqlite": 10.0, "postgresql": 8.0}


class _Durable(Postgres):
    """A private server as it comes: what is committed is on disk."""

    def command(self) -> list[str | Path]:
        return [word for word in super().command() if not str(word).startswith("-c")]


@dataclass
class _Sitting:
    """What all runs share: the mails, the servers, a folder for what they leave."""

    mails: list[bytes]
    for_peer: int
    folder: Path
    dovecot: Dovecot
    postgres: Postgres | None

    @contextmanager
    def database(self, kind: str) -> Iterator[str]:
        """Lend the address of an empty database."""
        if kind == "sqlite":
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                yield f"sqlite:///{folder}/desk.db"
        elif self.postgres is not None:
            with self.postgres.database() as url:
                yield url

    def mailbox(self, mails: Sequence[bytes]) -> Mapping[str, str]:
        """Fill a new mailbox and return how it is reached; the scan of a fresh folder is nobody's time."""
        self.dovecot.reset()
        self.dovecot.deliver_many(mails)
        client = IMAPClient(self.dovecot.host, self.dovecot.port, ssl=False)
        client.login(self.dovecot.user, self.dovecot.password)
        client.select_folder("INBOX", readonly=True)
        client.search("ALL")
        client.logout()
        return self.dovecot.environment()


def of_module(sitting: _Sitting, kind: str, module: str) -> Figures:
    """Run one of our own readers once."""
    with sitting.database(kind) as url:
        given = dict(os.environ) | dict(sitting.mailbox(sitting.mails))
        words = [sys.executable, "-m", module, url]
        done = subprocess.run(words, check=False, cwd=ROOT, env=given, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-2_000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    if found["mails"] != len(sitting.mails):
        raise RuntimeError(f"{module} took in {found['mails']} of {len(sitting.mails)} mails")
    return _figures(len(sitting.mails), found)


def of_peer(sitting: _Sitting, kind: str, helpdesk: Helpdesk) -> Figures:
    """Run the peer once."""
    mails = sitting.mails[: sitting.for_peer]
    with sitting.database(kind) as url:
        found = helpdesk.measure(sitting.mailbox(mails), _for_django(url))
    if found["notes"] < len(mails) // 2:
        raise PeerMissing(f"of {len(mails)} mails it made {found['notes']:.0f} notes")
    return _figures(len(mails), found)


def _figures(mails: int, found: Mapping[str, float]) -> Figures:
    cpu = 1_000 * found["cpu"] / mails
    return {"mails/s": mails / found["seconds"], "CPU ms a mail": cpu, "peak MB": found["peak"]}


def _for_django(url: str) -> dict[str, str]:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": address.database or ""}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.database or "",
        "USER": address.username or "",
        "HOST": address.host or "",
        "PORT": str(address.port),
    }


def measure(sitting: _Sitting, tables: Mapping[str, Table], runs: int, helpdesk: Helpdesk | None, why_not: str) -> None:
    """Let every reader take its turn on every database, so often."""
    for turn, (kind, table) in itertools.product(range(runs), tables.items()):
        table.add("floor", [of_module(sitting, kind, "bench.mail_floor")])
        table.add("Casebot", [of_module(sitting, kind, "bench.mail_casebot")])
        if helpdesk is None:
            table.leave_out(PEER, why_not)
        else:
            _measure_peer(sitting, kind, helpdesk, table)
        print(f"turn {turn + 1} of {runs} on {kind} done", file=sys.stderr, flush=True)


def _measure_peer(sitting: _Sitting, kind: str, helpdesk: Helpdesk, table: Table) -> None:
    try:
        table.add(PEER, [of_peer(sitting, kind, helpdesk)])
    except PeerMissing as missing:
        table.leave_out(PEER, str(missing))


def marks_of(kind: str, table: Table) -> Iterator[Mark]:
    """Compare with what is to be reached."""
    if kind == "sqlite":
        yield Mark(f"mails/s of the floor, {kind}", OF_FLOOR, table.ratio("mails/s", "Casebot", "floor"))
    yield Mark(f"mails/s of {PEER}, {kind}", OF_PEER[kind], table.ratio("mails/s", "Casebot", PEER))


def main() -> None:
    """Measure and tell."""
    parser = arguments(__doc__)
    parser.add_argument("--mails", type=int, default=2_000)
    parser.add_argument("--db", default="sqlite,postgresql", help="sqlite, postgresql or both")
    parser.add_argument("--peer-mails", type=int, default=300, help="so many of them for the peer, which is slow (300)")
    parser.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args()
    kinds = asked.db.split(",")
    print(machine_line(), flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casebot-mail-")))
        helpdesk, why_not = _installed(folder / "peer") if asked.peer else (None, "left out (--no-peer)")
        dovecot, postgres = Dovecot(), _Durable() if "postgresql" in kinds else None
        for server in (dovecot, postgres):
            if server is not None:
                stack.callback(server.remove)
                server.start()
        sitting = _Sitting(list(mixed_mails(asked.mails)), asked.peer_mails, folder, dovecot, postgres)
        title = f"{asked.mails:,} mixed mails from Dovecot into cases, {asked.runs} runs"
        tables = {kind: Table(f"{title}, {kind}", COLUMNS, RATIOS) for kind in kinds}
        measure(sitting, tables, asked.runs, helpdesk, why_not)
    marks = [mark for kind, table in tables.items() for mark in marks_of(kind, table)]
    tell("mail", list(tables.values()), marks, asked.json)


def _installed(folder: Path) -> tuple[Helpdesk | None, str]:
    folder.mkdir()
    helpdesk = Helpdesk(folder)
    try:
        print(helpdesk.install(), flush=True)
    except (PeerMissing, OSError, subprocess.SubprocessError) as error:
        print(f"NO PEER: django-helpdesk could not be installed: {error}", flush=True)
        return None, f"it could not be installed: {error}"
    return helpdesk, ""


if __name__ == "__main__":
    main()
