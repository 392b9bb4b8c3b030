"""Files: which are passed on, and who reads them."""

import pytest

from bot.cases.files import Shelves, withheld
from bot.cases.programs import is_program


@pytest.mark.parametrize(
    ("name", "kind", "size", "begins", "why"),
    [
        ("invoice.pdf", "application/pdf", 100, b"%PDF", ""),
        ("invoice.pdf", "application/pdf", 1_000_001, b"%PDF", "larger than 1 MB"),
        ("run.exe", "application/octet-stream", 100, b"", "looks executable"),
        ("invoice.pdf.exe", "application/pdf", 100, b"", "looks executable"),
        ("invoice.exe.pdf", "application/pdf", 100, b"", "looks executable"),
        ("report.docm", "application/msword", 100, b"", "looks executable"),
        ("picture.png", "image/png", 100, b"MZ\x90", "looks executable"),
        ("picture", "application/x-msdownload", 100, b"", "looks executable"),
    ],
)
def test_what_looks_executable_or_is_too_large_is_withheld(
    name: str, kind: str, size: int, begins: bytes, why: str
) -> None:
    assert withheld(size, 1_000_000, executable=is_program(name, kind, begins)) == why


def test_a_file_is_read_from_its_own_shelf() -> None:
    shelves = Shelves({"mail": str.encode, "slack": lambda held: b"slack!"})

    assert (shelves.read("mail:7:2"), shelves.read("slack:F1")) == (b"mail:7:2", b"slack!")


def test_a_file_on_no_shelf_is_gone() -> None:
    with pytest.raises(LookupError, match="nobody here can read it"):
        Shelves({}).read("mail:7:2")
