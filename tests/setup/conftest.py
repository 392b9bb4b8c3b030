"""A newcomer and the accounts of a desk that nobody set up yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.doctor.ward import ward
from tests.setup.wizardry import Newcomer


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    folder = tmp_path / "casebot"
    folder.mkdir()
    before = structlog.get_config()
    with ward(tmp_path) as desk:
        yield Newcomer(desk, folder, monkeypatch)
    structlog.configure(**before)
