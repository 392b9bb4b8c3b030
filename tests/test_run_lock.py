"""One run per SQLite file, whoever dies how."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.run_lock import AlreadyRunning, alone_on

HOLD = "import sys; from bot.run_lock import alone_on\nwith alone_on(sys.argv[1]): print('held', flush=True); input()"


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs on the database, until it is killed."""
    words = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "held\n"
            yield child
        finally:
            child.kill()


def test_a_second_run_is_told_who_runs(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/cases.db"
    with holder(url) as child, pytest.raises(AlreadyRunning, match=rf"process {child.pid}.*PostgreSQL"), alone_on(url):
        pass


def test_a_kill_frees_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/cases.db"
    with holder(url) as child:
        child.kill()
        child.wait()
        with alone_on(url):
            assert (tmp_path / "cases.db.lock").read_text() == f"{os.getpid()}\n"


def test_one_file_is_one_database_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with alone_on(f"sqlite:///{tmp_path}/cases.db"):
        with pytest.raises(AlreadyRunning), alone_on(f"sqlite:///{tmp_path}/link/cases.db"):
            pass
        with alone_on(f"sqlite:///{tmp_path}/other.db"):
            pass


def test_it_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        with alone_on(f"sqlite:///{tmp_path}/cases.db"):
            pass


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:9/cases", "sqlite://", "sqlite:///:memory:"])
def test_what_many_may_use_and_what_nobody_shares_is_not_locked(url: str, tmp_path: Path) -> None:
    with alone_on(url), alone_on(url):
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_left_to_the_database_to_tell(tmp_path: Path) -> None:
    with alone_on(f"sqlite:///{tmp_path}/nowhere/cases.db"):
        assert not (tmp_path / "nowhere").exists()
