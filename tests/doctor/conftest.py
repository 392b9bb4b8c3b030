"""The desk that the doctor's tests break."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor.ward import Ward, ward


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Ward]:
    with ward(tmp_path) as world:
        yield world
