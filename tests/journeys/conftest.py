"""The worlds of the journeys."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.promises import broken
from tests.journeys.world import World, journey


@contextmanager
def as_before() -> Iterator[None]:
    """Put back what the runtime sets for its whole process."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, os.environ.get(name, ""))
        patch.setattr(sys, "excepthook", sys.excepthook)
        patch.setattr(threading, "excepthook", threading.excepthook)
        yield


@pytest.fixture
def untouched() -> Iterator[None]:
    """The process as it was, once the test's bot has ended."""
    with as_before():
        yield


@pytest.fixture
def world(tmp_path: Path, untouched: None) -> Iterator[World]:
    """A desk whose mailbox is the sandbox's; at the end every promise must have been kept."""
    with journey(tmp_path) as running:
        yield running
        assert broken(running) == []


@pytest.fixture(scope="module")
def lasting_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One desk for all tests of a module: they ask, or are refused, and leave its cases as they are."""
    with as_before(), journey(tmp_path_factory.mktemp("lasting")) as running:
        yield running
        assert broken(running) == []


@pytest.fixture(params=["sandbox", pytest.param("dovecot", marks=pytest.mark.needs("dovecot"))])
def any_mailbox(request: pytest.FixtureRequest, tmp_path: Path, untouched: None) -> Iterator[World]:
    """A desk on the sandbox's mailbox, and once more on a real Dovecot's."""
    dovecot = request.getfixturevalue("dovecot") if request.param == "dovecot" else None
    with journey(tmp_path, dovecot) as running:
        yield running
        assert broken(running) == []
