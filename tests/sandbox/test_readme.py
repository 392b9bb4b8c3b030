"""The sandbox's README tells the truth: each of its Python blocks runs against a real sandbox."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "bot" / "sandbox" / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_it_has_examples() -> None:
    assert len(BLOCKS) >= 6


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_runs_as_it_stands(block: str) -> None:
    exec(compile(block, str(README), "exec"), {"__name__": "readme"})
