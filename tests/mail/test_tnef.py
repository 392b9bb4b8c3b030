"""Outlook's container: what is in it, and what becomes of a broken one."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.tnef import MAX_ENCLOSED, NotTnef, read_container
from tests.mail.containers import attribute, binary, container, embedded, file, number, properties, rich, text


def test_files_come_with_their_long_names() -> None:
    found = read_container(container(file("Zähler 2026.pdf", b"%PDF-1"), file("b.txt", b"two", text(0x3712, "<b@x>"))))

    assert [(one.name, bytes(one.content), one.content_id) for one in found.files] == [
        ("Zähler 2026.pdf", b"%PDF-1", ""),
        ("b.txt", b"two", "<b@x>"),
    ]
    assert not found.has_more


def test_the_text_is_read_from_the_mails_properties() -> None:
    words = properties(number(0x0017, 1), text(0x1000, "Die Tür klemmt."), binary(0x1013, b"<p>Die T&uuml;r</p>"))

    found = read_container(container(attribute(0x9003, words, level=1)))

    assert (found.text, found.markup) == ("Die Tür klemmt.", "<p>Die T&uuml;r</p>")


def test_an_old_text_is_read_by_its_code_page() -> None:
    found = read_container(container(attribute(0x800C, "Дверь\x00".encode("cp1251"), level=1), codepage=1251))

    assert found.text == "Дверь"


@pytest.mark.parametrize(
    "content",
    [
        embedded(b"a document of OLE", kind="0b00000000000000c000000000000046"),
        embedded(container(file("a.txt", b"words"))[:-20]),
        attribute(0x9003, properties(binary(0x1009, b"LZFu")), level=1),
    ],
)
def test_what_is_not_understood_is_told_of(content: bytes) -> None:
    assert read_container(container(content)).has_more


def test_a_mail_that_is_embedded_becomes_a_file_and_its_files_stand_behind_it() -> None:
    said = properties(text(0x0037, "The plan"), text(0x0C1A, "Amos"), text(0x1000, "See the drawing."))
    inner = container(attribute(0x9003, said, level=1), file("drawing.png", b"PNG"))

    found = read_container(container(embedded(inner), file("b.txt", b"two")))

    assert [(one.name, one.content_type, bytes(one.content)) for one in found.files] == [
        ("The plan.txt", "text/plain", b"From: Amos\nSubject: The plan\n\nSee the drawing.\n"),
        ("drawing.png", "application/octet-stream", b"PNG"),
        ("b.txt", "application/octet-stream", b"two"),
    ]
    assert not found.has_more


@pytest.mark.parametrize(
    "words",
    [binary(0x1013, b"<p>See <b>below</b></p>"), binary(0x1009, rich(b"{\\rtf1 See below}")),
     binary(0x1009, rich(b"{\\rtf1\\fromhtml1{\\*\\htmltag64 <p>}See below}"))],
)  # fmt: skip
def test_an_embedded_mail_is_read_in_every_form_of_text(words: bytes) -> None:
    inner = container(attribute(0x8004, b"Plan\x00", level=1), attribute(0x9003, properties(words), level=1))

    [found] = read_container(container(embedded(inner))).files

    assert bytes(found.content) == b"Subject: Plan\n\nSee below\n"


def test_mails_in_mails_end_somewhere() -> None:
    inner = container(attribute(0x800C, b"the innermost\x00", level=1))
    for _ in range(MAX_ENCLOSED + 1):
        inner = container(embedded(inner))

    found = read_container(inner)

    assert len(found.files) == MAX_ENCLOSED
    assert found.has_more


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 a zip",
        container(file("a.txt", b"words"))[:-20],
        container(attribute(0x9003, b"\xff\xff\xff\x7f" + b"\x1e\x10\x00\x10")),
        container(attribute(0x9003, properties(b"\x77\x07\x00\x10\x00\x00\x00\x00"))),
        container(attribute(0x9003, b"\x01\x00\x00\x00\x1e\x10\x00\x10\xff\xff\xff\xff")),
        container(*[file("a", b"x")] * 201),
    ],
)
def test_what_is_broken_is_no_container(content: bytes) -> None:
    with pytest.raises(NotTnef):
        read_container(content)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_whatever_the_bytes_are_nothing_else_is_raised(at: int, noise: bytes) -> None:
    whole = container(file("a.txt", b"words"), attribute(0x9003, properties(text(0x1000, "Hello")), level=1))

    with suppress(NotTnef):
        read_container(whole[:at] + noise + whole[at + len(noise) :])
