"""The whole ordeal: a trial on SQLite and one on PostgreSQL with two processes, told on the console."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path

from bot.chaos.fleet import Fleet
from bot.chaos.run import PATIENCE_SECONDS, Outcome, Trial
from bot.chaos.servers import dovecot, postgresql
from bot.chaos.servers.dovecot import Dovecot
from bot.chaos.servers.postgresql import Postgres
from bot.sandbox.server import Sandbox

Say = Callable[[str], None]
PROCESSES = 2


class Ground(StrEnum):
    """The database of a trial."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class Missing(Exception):
    """A server that was asked for is not installed here."""


def chaos(
    say: Say,
    seed: int,
    rounds: int,
    grounds: Sequence[Ground],
    *,
    strict: bool = False,
    deaths: int = 0,
    logs: Path | None = None,
    patience: float = PATIENCE_SECONDS,
) -> bool:
    """Put the desk through it on each ground, after so many `deaths` at commits.

    Returns whether everything came out right wherever it was run. What can't be run here is said; Missing under
    `strict`.
    """
    say(f"casebot chaos · seed {seed} · {deaths} deaths at commits and {rounds} rounds on each database")
    absent = list(_absent(grounds))
    for what in absent:
        say(f"NOT RUN: {what}")
    if strict and absent:
        raise Missing(f"not installed here: {'; '.join(absent)}")
    outcomes = {}
    for ground in grounds:
        if ground is Ground.POSTGRESQL and postgresql.programs() is None:
            continue
        with _folder(logs, ground) as folder, _fleet(ground, folder, say) as fleet:
            outcomes[ground] = Trial(fleet, seed, say, patience).run(rounds, deaths)
            _tell(say, ground, outcomes[ground])
    right = bool(outcomes) and all(outcome.account.is_clean for outcome in outcomes.values())
    if not right:
        say(f"The same again: casebot chaos --seed {seed} --rounds {rounds} --deaths {deaths}")
    return right


@contextmanager
def _fleet(ground: Ground, folder: Path, say: Say) -> Iterator[Fleet]:
    with ExitStack() as ends:
        sandbox = ends.enter_context(Sandbox())
        mailbox = _mailbox(ends)
        if ground is Ground.POSTGRESQL:
            server = Postgres()
            ends.callback(server.remove)
            server.start()
            url = ends.enter_context(server.database())
            say(f"PostgreSQL, {PROCESSES} processes:")
            fleet = Fleet(sandbox, folder, url, PROCESSES, dovecot=mailbox, postgres=server)
        else:
            say("SQLite, one process:")
            fleet = Fleet(sandbox, folder, f"sqlite:///{folder / 'cases.db'}", dovecot=mailbox)
        ends.callback(fleet.stop)
        yield fleet


def _absent(grounds: Sequence[Ground]) -> Iterator[str]:
    if dovecot.program() is None:
        yield "the mailbox on Dovecot 2.3; the sandbox's mailbox stands in for it (apt-get install dovecot-imapd)"
    if Ground.POSTGRESQL in grounds and postgresql.programs() is None:
        yield "two processes on PostgreSQL (apt-get install postgresql)"


def _mailbox(ends: ExitStack) -> Dovecot | None:
    if dovecot.program() is None:
        return None
    server = Dovecot()
    ends.callback(server.remove)
    server.start()
    return server


def _tell(say: Say, ground: Ground, outcome: Outcome) -> None:
    seconds, after = outcome.slowest
    say(
        f"{ground}: {outcome.account.line()} · slowest recovery {seconds:.1f} s ({after}) · {outcome.sent} sent in · "
        f"{outcome.kills} SIGKILLs, {outcome.points_struck} of {outcome.points_seen} commit points struck"
    )
    for word, faults in (
        ("LOST", outcome.account.lost),
        ("DOUBLED", outcome.account.doubled),
        ("UNSAID", outcome.account.unsaid),
    ):
        for fault in faults:
            say(f"  {word}: {fault}")


@contextmanager
def _folder(logs: Path | None, ground: Ground) -> Iterator[Path]:
    """Where a trial keeps the bots' logs and its SQLite file; gone afterwards, unless they were asked for."""
    if logs is None:
        with tempfile.TemporaryDirectory(prefix="casebot-chaos-") as folder:
            yield Path(folder)
        return
    kept = Path(tempfile.mkdtemp(prefix=f"{ground}-", dir=logs))
    yield kept
