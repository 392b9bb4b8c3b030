"""Which words a text is found by, and how what somebody types is read."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.excerpts import excerpt
from bot.cases.wording import LONGEST_ADDRESS, MOST_WORDS, asked, spans, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The PRINTER smokes!", {"the", "printer", "smokes"}),
        ("Café in der Großen Straße", {"cafe", "in", "der", "grossen", "strasse"}),
        ("Ёлка и Σίσυφος", {"елка", "и", "σισυφοσ"}),
        ("INV-2024_001", {"inv", "2024", "001"}),
        ("write to Ada.L@Example.com.", {"write", "to", "ada.l@example.com", "ada", "l", "example", "com"}),
        ("東京都", {"東京", "京都", "都"}),
        ("ﾌﾟﾘﾝﾀ用 iPhone15を", {"プリ", "リン", "ンタ", "タ用", "用", "iphone15", "を"}),
        ("नमस्ते दुनिया", {"नमस्ते", "दुनिया"}),
        ("شُكْرًا", {"شكرا"}),
        ("프린터가", {"프린터가"}),
        ("\u2014 \U0001f525 ''", set()),
    ],
)
def test_a_text_is_found_by_its_folded_words(text: str, words: set[str]) -> None:
    assert words_of(text) == words


def test_a_flood_of_words_has_an_end() -> None:
    text = " ".join(f"w{number}" for number in range(50_000))

    assert len(words_of(text)) == MOST_WORDS


@pytest.mark.parametrize(
    ("typed", "exact", "beginnings"),
    [
        ("printer smo", {"printer"}, {"smo"}),
        ("x", {"x"}, set()),
        ("order 4711", {"order", "4711"}, set()),
        ("ada@exa", set(), {"ada@exa"}),
        ("ada@example.com print", set(), {"ada@example.com", "print"}),
        ("@example.com", {"example"}, {"com"}),
        ("東京都", {"東京", "京都"}, set()),
        ("都", set(), {"都"}),
        ('"paper OR (jam*" NOT', {"paper", "or", "jam"}, {"not"}),
        ("''):*&|!<->", set(), set()),
    ],
)
def test_what_is_typed_is_words_and_the_last_may_go_on(typed: str, exact: set[str], beginnings: set[str]) -> None:
    wanted = asked(typed)

    assert (set(wanted.exact), set(wanted.beginnings)) == (exact, beginnings)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("CASE-42", ("CASE-42",)),
        ("case 42 and #7, please", ("CASE-42", "CASE-7")),
        (" 42 ", ("CASE-42",)),
        ("order 42", ()),
        ("C#7", ()),
        ("case-0007", ("CASE-7",)),
    ],
)
def test_cases_are_named_by_their_numbers(typed: str, numbers: tuple[str, ...]) -> None:
    assert asked(typed).numbers == numbers


@given(st.text(max_size=300))
def test_every_word_of_a_text_can_be_asked_for(text: str) -> None:
    kept = words_of(text)
    wanted = asked(text)

    assert wanted.exact <= kept
    assert all(len(word) <= LONGEST_ADDRESS and not set(word) & set(" '\"\\&|!():*<>") for word in kept)


@given(st.text(max_size=300), st.text(max_size=40))
def test_marks_lie_in_the_text_and_beside_each_other(text: str, typed: str) -> None:
    marks = list(spans(text, asked(typed)))

    assert all(0 <= start < end <= len(text) for start, end in marks)
    assert all(one[1] <= other[0] for one, other in pairwise(marks))


def test_an_excerpt_begins_near_the_first_marked_word() -> None:
    text = "Hello,\n\n" + "so much to tell " * 30 + "but the Größe of it\nmatters " + "and more " * 40

    pieces = excerpt(text, asked("grosse matt"))

    assert [piece.text for piece in pieces if piece.marked] == ["Größe", "matters"]
    assert (pieces[0].text, pieces[-1].text) == ("… ", " …")
    assert sum(len(piece.text) for piece in pieces) < 170


def test_an_excerpt_without_the_word_is_the_beginning() -> None:
    assert [piece.text for piece in excerpt("Short\nand plain", asked("printer"))] == ["Short and plain"]
