"""A private PostgreSQL: a fresh cluster on loopback, a fresh database for whoever asks."""

import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bot.chaos.servers.process import ServerProcess

_OWNER = "casebot"
_COUNT = itertools.count(1)
_KEPT_IN = (  # folder, pattern: packagers keep the server's programs off the PATH
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql*/bin"),
    ("/usr/local/opt", "postgresql*/bin"),
)


def programs() -> Path | None:
    """The folder with `postgres` and `initdb`, if there is one: the PATH's, else the newest that is installed."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    for folder, pattern in _KEPT_IN:
        folders += sorted(Path(folder).glob(pattern), key=_version, reverse=True)
    return next((f for f in folders if all(os.access(f / p, os.X_OK) for p in ("postgres", "initdb"))), None)


def _version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]


class Postgres(ServerProcess):
    """Trusts everybody on loopback and keeps nothing safe: fsync is off."""

    def __init__(self) -> None:
        super().__init__("postgres")
        self._cluster = self.folder / "cluster"

    def start(self) -> None:
        """Returns once it answers; the first time it makes its cluster."""
        if not self._cluster.exists():
            self._create_cluster()
        super().start()

    def command(self) -> list[str | Path]:
        """The server, in the foreground."""
        switched_off = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
        # What it shares in memory is a file of the cluster: elsewhere a killed server would leave it behind for good.
        options = [f"-c{name}=off" for name in switched_off] + ["-cdynamic_shared_memory_type=mmap"]
        where: list[str | Path] = ["-D", self._cluster, "-k", self.folder, "-h", self.host, "-p", str(self.port)]
        return [self._program("postgres"), *where, *options]

    def run_as(self) -> str | None:
        """PostgreSQL refuses to run as root."""
        if os.getuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def answers(self) -> bool:
        """Whether it lets us in."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Fast shutdown: open connections are ended, nothing is awaited."""
        self._end(signal.SIGINT)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The SQLAlchemy URL of a new, empty database, dropped with its connections at the end."""
        name = f"test_{next(_COUNT)}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self.start()
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://{_OWNER}@{self.host}:{self.port}/{database}"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=self.host, port=self.port, user=_OWNER, dbname="postgres", connect_timeout=5, autocommit=True
        )

    def _execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.encode())

    def _create_cluster(self) -> None:
        user = self.run_as()
        if user is not None:
            shutil.chown(self.folder, user)
        choices = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", f"--username={_OWNER}"]
        done = subprocess.run(  # noqa: S603 - our own words
            [self._program("initdb"), "-D", self._cluster, *choices],
            cwd=self.folder,
            user=user,
            extra_groups=[] if user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _program(self, name: str) -> Path:
        folder = programs()
        if folder is None:
            raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql")
        return folder / name
