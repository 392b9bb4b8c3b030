"""The worlds of the journeys."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.promises import broken
from tests.journeys.world import World, journey


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back what the runtime sets for its whole process."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)


@pytest.fixture
def world(tmp_path: Path, untouched: None) -> Iterator[World]:
    """A desk whose mailbox is the sandbox's; at the end every promise must have been kept."""
    with journey(tmp_path) as running:
        yield running
        assert broken(running) == []


@pytest.fixture(params=["sandbox", pytest.param("dovecot", marks=pytest.mark.needs("dovecot"))])
def any_mailbox(request: pytest.FixtureRequest, tmp_path: Path, untouched: None) -> Iterator[World]:
    """A desk on the sandbox's mailbox, and once more on a real Dovecot's."""
    dovecot = request.getfixturevalue("dovecot") if request.param == "dovecot" else None
    with journey(tmp_path, dovecot) as running:
        yield running
        assert broken(running) == []
