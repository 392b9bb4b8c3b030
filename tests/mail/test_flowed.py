"""Paragraphs that a program broke at the width of its window are whole again (RFC 3676)."""

import pytest

from bot.cases.rules import Rules, keywords_in
from bot.mail.parser import parse
from bot.mail.quoting import new_text


def text(words: str, more: str = "") -> str:
    return parse(f"From: a@b.test\nContent-Type: text/plain; format=flowed{more}\n\n{words}".encode()).text


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("One two \nthree.\nFour.", "One two three.\nFour."),
        ("One \n\nTwo", "One \n\nTwo"),
        (" From here\n  stuffed", "From here\n stuffed"),
        ("> quoted \n> words\nmine", "> quoted words\nmine"),
        ("> quoted \n>> more \nmine", "> quoted \n>> more \nmine"),
        ("Bye \n-- \nCarla \nof Paris", "Bye \n-- \nCarla of Paris"),
    ],
)
def test_soft_line_ends_are_joined(sent: str, read: str) -> None:
    assert text(sent) == read


def test_words_cut_in_two_are_one_again() -> None:
    assert text("ありが \nとう", "; DelSp=Yes") == "ありがとう"


def test_a_fixed_text_stays_as_it_is() -> None:
    assert parse(b"Content-Type: text/plain; format=fixed\n\none \ntwo").text == "one \ntwo"


def test_a_keyword_broken_by_a_program_is_found() -> None:
    said = new_text(
        text("It is ur \ngent.\n\nOn 2 Mar 2026 at 10:00, Ada \n<ada@desk.test> wrote:\n> Hi", "; delsp=yes")
    )

    assert said == "It is urgent."
    assert keywords_in(said, Rules().keywords)
