"""`casebot tour`: the story told and checked, wherever it is told."""

import subprocess
from pathlib import Path

import pytest

from tests.demo.processes import HOSTILE, command, surroundings

LONGEST = 170
"""Seconds; an idle machine takes ten."""


@pytest.mark.timeout(LONGEST + 10)
def test_every_step_is_seen_in_hostile_surroundings(tmp_path: Path) -> None:
    """A dead proxy, another Casebot's variables and its .env file change nothing."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-of-a-file\nESCALATE_FOLLOWUPS=50\nPORT=no port\n")

    told = subprocess.run(
        command("tour"),
        cwd=tmp_path,
        env=surroundings(scratch, **HOSTILE),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        stdin=subprocess.DEVNULL,
    )

    assert told.returncode == 0, told.stdout + told.stderr
    assert "All " in told.stdout.splitlines()[-1]
    assert "✗" not in told.stdout
    assert told.stderr == ""
    assert list(scratch.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {".env", "scratch"}
