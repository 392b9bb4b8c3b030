"""What makes a whole run cheaper on the processor and changes nothing that a test sees; pyproject.toml loads it."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

OBJECTS = 50_000
"""After so many new ones the collector looks; Python's 700 cost a tenth of all the tests' time."""
MEMORY = Path("/dev/shm")
ENOUGH = 4 << 30
"""Bytes; a run leaves about a tenth of it there at its height."""


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Keep bytecode even where PYTHONDONTWRITEBYTECODE is set: each process that a test starts would compile anew."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    gc.disable()
    _stay_in_memory()


def pytest_collection_finish() -> None:
    """Modules and tests live as long as the run: the collector need not look through them again and again."""
    gc.freeze()
    gc.set_threshold(OBJECTS)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished() -> None:
    """Whoever only hands tests to workers collects none itself."""
    gc.enable()


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """Twice as many workers as cores: the tests wait for servers about as often as they compute."""
    return (os.cpu_count() or 1) * 2


def _stay_in_memory() -> None:
    """Put temporary folders where nothing is written to a disk, if there is room: databases sync at each commit."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)
